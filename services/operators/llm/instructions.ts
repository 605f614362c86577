import { z } from 'zod'
import type { Subject } from '../../../topologies/operator.ts'
import { str } from '../python/spelling.ts'

/** Where knowledge comes from that the model is told beside the text. */
export const groundingParameters = {
  knowledge_grounding_key: z.string().nullish().describe('field with knowledge that the model is told first'),
  knowledge_grounding_fixed: z
    .string()
    .nullish()
    .describe('knowledge that the model is told first, the same for every document'),
}

/** How the model is led to its answer. */
export const strategyParameters = {
  strategy: z
    .enum(['direct', 'cot', 'few_shot', 'cot_shot'])
    .nullish()
    .describe('direct; by thinking step by step (cot); by examples (few_shot); or both (cot_shot)'),
  examples: z.string().nullish().describe('examples for the last two strategies'),
}

interface Grounding {
  knowledge_grounding_key?: string | null | undefined
  knowledge_grounding_fixed?: string | null | undefined
}

interface Strategy {
  strategy?: 'direct' | 'cot' | 'few_shot' | 'cot_shot' | null | undefined
  examples?: string | null | undefined
}

/** What the model is told beside the text; null where there is nothing. */
export function grounding(
  subject: Subject,
  { knowledge_grounding_key: key, knowledge_grounding_fixed: fixed }: Grounding,
): string | null {
  if (fixed) return fixed
  const value = key ? subject.exact(key) : undefined
  return value === undefined || value === null ? null : str(value)
}

/** The question whether a text meets a condition. */
export function conditionQuestion(condition: string, way: Strategy): (text: string, known: string | null) => string {
  return (text, known) =>
    composed({ known, ...way }, [`# Text\n${text}`, `# Condition\n${condition}`], {
      plain: 'Does the text meet the condition? Answer yes or no.',
      stepwise: 'Think through the text and the condition step by step; begin your answer with yes or no.',
    })
}

/** The question for the values of named fields. */
export function extractionQuestion(
  schema: { [key: string]: string },
  way: Strategy,
): (text: string, known: string | null) => string {
  const wanted = Object.entries(schema).map(([key, instruction]) => `- ${key}: ${instruction}`)
  return (text, known) =>
    composed({ known, ...way }, [`# Text\n${text}`, `# Keys, and what belongs under each\n${wanted.join('\n')}`], {
      plain: 'Answer with one JSON object that has these keys, and nothing else.',
      stepwise: 'Think step by step about each key; then give one JSON object that has these keys.',
    })
}

function composed(
  { known, strategy, examples }: Strategy & { known: string | null },
  parts: string[],
  ending: { plain: string; stepwise: string },
): string {
  const byExample = strategy === 'few_shot' || strategy === 'cot_shot'
  const stepwise = strategy === 'cot' || strategy === 'cot_shot'
  return [
    ...(known ? [`# Background\n${known}`] : []),
    ...(byExample ? [`# Examples\n${examples ?? ''}`] : []),
    ...parts,
    stepwise ? ending.stepwise : ending.plain,
  ].join('\n\n')
}

import type { z } from 'zod'
import type { BatchMapper, OperatorContext } from '../../../topologies/operator.ts'
import { commonParameters } from '../../../topologies/parameters.ts'
import { askingOf } from './asking.ts'
import { type Pair, pairKeys, pairOf, rewriting } from './pairs.ts'
import { hostedParameters, modelName, prompt } from './parameters.ts'
import { template } from './templates.ts'

/** The model that Data-Juicer runs for these; an endpoint such as vLLM's serves it under this name. */
export const INSTRUCTED = 'Qwen/Qwen2.5-7B-Instruct'

/** The parameters of mappers that make a pair better. */
export const optimizingParameters = commonParameters.extend({
  query_key: commonParameters.shape.query_key.describe('field of the question; query when not given'),
  response_key: commonParameters.shape.response_key.describe('field of the answer; response when not given'),
  api_or_hf_model: modelName(INSTRUCTED),
  system_prompt: prompt('instruction to the model; one of ours when not given'),
  input_template: prompt('question to the model, with {} for the pair'),
  qa_pair_template: prompt('the pair in the question, with {} for the question and {} for the answer'),
  output_pattern: prompt("regular expression of Python's module re that takes the model's answer apart"),
  ...hostedParameters,
})

export type OptimizingParameters = z.infer<typeof optimizingParameters>

export interface Optimizing {
  asker: string
  system: string
  read(answer: string): Pair | null
}

/** Builds such a mapper. */
export function optimizing(
  { asker, system, read }: Optimizing,
  parameters: OptimizingParameters,
  context: OperatorContext,
): BatchMapper {
  const keys = pairKeys(parameters)
  const pair = template(parameters.qa_pair_template || '【问题】\n{}\n【回答】\n{}', { ordered: 2 })
  const whole = template(parameters.input_template || 'The pair as it is:\n{}', { ordered: 1 })
  return rewriting({
    asking: askingOf({ asker, model: parameters.api_or_hf_model }, parameters, context),
    keys,
    system: parameters.system_prompt || system,
    read,
    questionOf: (subject) => whole({ ordered: [pair({ ordered: pairOf(subject, keys) })] }),
  })
}

/** What all of them have in common. */
export const OPTIMIZATION_QUIRKS = [
  'Where the model gives no usable answer, the pair stays as it is, unless require_answer is set.',
  'The headings 【问题】 and 【回答】 stand for question and answer, to the model and in its answer.',
  'Where the endpoint fails, the document fails and is tried again; Data-Juicer leaves the pair as it is.',
]

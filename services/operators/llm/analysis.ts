import { z } from 'zod'
import type { Stats, StatValue } from '../../../schemas/document.ts'
import { type Exact, parseExact } from '../../../schemas/json/exact.ts'
import { Failure } from '../../../topologies/failure.ts'
import type { BatchFilter, OperatorContext, Subject } from '../../../topologies/operator.ts'
import { filterParameters } from '../../../topologies/parameters.ts'
import { numberOf } from '../python/numbers.ts'
import { dumps, str } from '../python/spelling.ts'
import { get, isDict, isTruthy } from '../python/values.ts'
import { strip } from '../text/python-strings.ts'
import { type Asking, askingOf, askUntilUsable, dialogue, eachOf } from './asking.ts'
import { hostedParameters, modelName, prompt } from './parameters.ts'
import { template } from './templates.ts'

/** The parameters of filters that let a model mark documents, but for their bounds. */
export const analysisParameters = filterParameters.extend({
  api_or_hf_model: modelName('gpt-4o'),
  input_keys: z.array(z.string()).default(['text']).describe('fields that the model is shown'),
  field_names: z.array(z.string()).default(['Text']).describe('what they are called to the model, one for each field'),
  system_prompt: prompt('instruction to the model; one of ours when not given'),
  input_template: prompt('question, with {data} for the fields'),
  field_template: prompt('a field in the question, with {field_name} and {field_data}'),
  dim_required_keys: z
    .array(z.string())
    .nullish()
    .describe('marks whose mean is the score, of those that the model gives from 1 to 5'),
  preferred_output_lang: z.string().nullish().describe('language of what the model writes beside its marks: zh or en'),
  ...hostedParameters,
})

export type AnalysisParameters = z.infer<typeof analysisParameters>

/** One of these filters. */
export interface Analysis {
  asker: string
  system: string
  /** Marks that make the score, when the recipe names none. */
  dimensions: readonly string[]
  /** Names of the stats: the score, the model's whole answer, and its tags. */
  stats: { score: string; record: string; tags: string }
  /** Put before the question. */
  preface?: string
  judge(score: StatValue | undefined): string | null
}

const INPUT = "# Document\n'''\n{data}\n'''\n\n# Assessment as JSON\n"
const FIELD = '**{field_name}**\n{field_data}'

/** Builds the filter. */
export function analysing(analysis: Analysis, parameters: AnalysisParameters, context: OperatorContext): BatchFilter {
  const asking = askingOf({ asker: analysis.asker, model: parameters.api_or_hf_model }, parameters, context)
  const system = (parameters.system_prompt || analysis.system) + languageClause(parameters.preferred_output_lang)
  const questionOf = analysisQuestion(parameters)
  const dimensions = parameters.dim_required_keys?.length ? parameters.dim_required_keys : analysis.dimensions
  const { score, record, tags } = analysis.stats
  const measure = async (subject: Subject): Promise<Stats> => {
    const marks = await marksOf(asking, dialogue(system, (analysis.preface ?? '') + questionOf(subject)), dimensions)
    return { [score]: marks.score, [record]: marks.record, [tags]: marks.tags }
  }
  return {
    stats: [score],
    ready: () => asking.model.ready(),
    close: async () => undefined,
    measure: (subjects) => eachOf(subjects, measure),
    judge: (stats) => analysis.judge(stats[score]),
  }
}

/** The question that shows a sample's fields. Throws Failure `parameters_invalid` where fields and names do not match. */
export function analysisQuestion(parameters: AnalysisParameters): (subject: Pick<Subject, 'exact'>) => string {
  const { input_keys: keys, field_names: names } = parameters
  if (keys.length !== names.length) {
    throw new Failure('parameters_invalid', 'input_keys and field_names must be of one length: a name for each field.')
  }
  const fieldText = template(parameters.field_template || FIELD, { named: ['field_name', 'field_data'] })
  const whole = template(parameters.input_template || INPUT, { named: ['data'] })
  return (subject) => {
    const fields = keys.flatMap((key, i) => {
      const value = subject.exact(key)
      return value === undefined ? [] : [fieldText({ named: { field_name: names[i] ?? key, field_data: value } })]
    })
    return whole({ named: { data: fields.join('\n\n') } })
  }
}

interface Marks {
  score: number
  record: string
  tags: string
}

async function marksOf(
  asking: Asking,
  messages: ReturnType<typeof dialogue>,
  dimensions: readonly string[],
): Promise<Marks> {
  const marks = await askUntilUsable(asking, messages, {
    read: (answer) => readMarks(answer, dimensions),
    isUsable: () => true,
  })
  return marks ?? { score: 0, record: '', tags: '' }
}

const OBJECT = /\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/

/** The marks in an answer: its first JSON object, in which objects lie but none within these; null where that says nothing. */
export function readMarks(answer: string, dimensions: readonly string[]): Marks | null {
  const json = strip(answer) === '' ? undefined : OBJECT.exec(answer)?.[0]
  const data = json === undefined ? null : parsed(json)
  if (data === null) return null
  const score = scoreOf(get(data, 'dimension_scores'), dimensions)
  if (score === null) return null
  const tags = get(data, 'tags') ?? null
  data.set('recommendation', recommendationOf(get(data, 'recommendation') ?? null))
  return { score, record: dumps(data), tags: tags === null ? '' : typeof tags === 'string' ? tags : dumps(tags) }
}

function parsed(json: string): Map<string, Exact> | null {
  try {
    JSON.parse(json)
  } catch {
    return null
  }
  const value = parseExact(json)
  return value instanceof Map ? value : null
}

/** The mean of the marks as a share of 5; 0 where there are none at all, null where one is missing or is no number. */
function scoreOf(marks: Exact | undefined, dimensions: readonly string[]): number | null {
  if (!isTruthy(marks)) return 0
  if (!isDict(marks)) return null
  let total = 0
  for (const dimension of dimensions) {
    const mark = numberOf(get(marks, dimension) ?? null)
    if (mark === null) return null
    total += typeof mark === 'bigint' ? Number(mark) : mark.float
  }
  return Number.isFinite(total) ? total / dimensions.length / 5 : null
}

/** Always a list, whichever way the model gave it. */
function recommendationOf(value: Exact): string[] {
  const all = Array.isArray(value) ? value : [value]
  return all.flatMap((one) => {
    const said = one === null ? '' : strip(str(one))
    return said === '' ? [] : [said]
  })
}

/** `zh` or `en`, as Data-Juicer reads the names of languages. */
export function languageOf(value: string): 'zh' | 'en' {
  return value.trim().toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

function languageClause(value: string | null | undefined): string {
  if (!value?.trim()) return ''
  const language = languageOf(value) === 'zh' ? 'simplified Chinese' : 'English'
  return `\n\nWrite the rationale, the tags and the meaning of the flags in ${language}; leave the keys of the JSON as they are.`
}

/** An instruction to mark documents, in the form that `readMarks` reads. */
export function markingPrompt(
  task: string,
  dimensions: Record<string, string>,
  more: { tags?: string; rules: string[] },
): string {
  const keys = Object.keys(dimensions)
  const form = {
    dimension_scores: Object.fromEntries(keys.map((key, i) => [key, 2 + (i % 4)])),
    ...(more.tags === undefined ? {} : { tags: { topic: 'astronomy', style: 'informative' } }),
    flags: ['short_code_of_a_problem'],
    rationale: 'One or two sentences that name what the marks rest on.',
    recommendation: ['keep'],
  }
  return [
    task,
    '',
    'Give each of these a whole number from 1 (lowest) to 5 (highest):',
    ...Object.entries(dimensions).map(([key, meaning]) => `- ${key}: ${meaning}`),
    '',
    ...(more.tags === undefined ? [] : [more.tags]),
    ...more.rules.map((rule) => `- ${rule}`),
    '- recommendation is one of keep, review and discard; choose review where you are not sure.',
    '',
    'Answer with one JSON object of exactly this form and nothing else:',
    JSON.stringify(form, null, 2),
    '',
  ].join('\n')
}

import { z } from 'zod'
import type { Exact } from '../../../../schemas/json/exact.ts'
import { Failure } from '../../../../topologies/failure.ts'
import { defineSampleMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { int, numberOf, type PythonNumber, plus, spelt } from '../../python/numbers.ts'
import { either, get, isDict, isTruthy } from '../../python/values.ts'

/** The tokens that one answer of a model says it used; whatever stood there, numbers or not. */
interface Usage {
  prompt: Exact | undefined
  completion: Exact | undefined
  total: Exact | undefined
}

export default defineSampleMapper({
  name: 'usage_counter_mapper',
  summary:
    'Tags an agent transcript with the tokens that its answers used, from usage objects in the manner of OpenAI and Anthropic.',
  parameters: commonParameters.extend({
    choices_key: z.string().default('choices').describe('field that holds the list of answers'),
    usage_key: z.string().default('usage').describe('field that holds the usage of the whole'),
    response_metadata_key: z.string().default('response_metadata').describe('field whose member usage is read too'),
    dedupe_identical_usage: z
      .boolean()
      .default(true)
      .describe('whether usages with the same numbers count once, as copies of one'),
  }),
  tags: true,
  quirks: [
    'The total is the first one that is given, not their sum, even when several usages are added up.',
    'Two answers that happen to use the same numbers of tokens count once unless dedupe_identical_usage is false.',
    'An answer without a usage counts as one of nothing; only the total tells, which then is null.',
  ],
  examples: [
    {
      title: 'counts a usage once that stands in two places',
      text: 'a transcript',
      fields: {
        usage: { prompt_tokens: 10, completion_tokens: 5 },
        choices: [{ usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } }],
      },
      expect: {
        documents: [
          {
            usage: { prompt_tokens: 10, completion_tokens: 5 },
            choices: [{ usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } }],
            __dj__meta__: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
          },
        ],
      },
    },
    {
      title: 'adds up answers, and keeps the first total',
      text: 'a transcript',
      fields: {
        choices: [
          { message: { usage: { input_tokens: 7, output_tokens: 1, total_tokens: 8 } } },
          { usage: { prompt_tokens: 2, completion_tokens: 3 } },
        ],
      },
      expect: {
        documents: [{ __dj__meta__: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 8 } }],
      },
    },
    {
      title: 'counts nothing where nothing is said',
      text: 'a transcript',
      expect: {
        documents: [
          { text: 'a transcript', __dj__meta__: { prompt_tokens: 0, completion_tokens: 0, total_tokens: null } },
        ],
      },
    },
    {
      title: 'fails where tokens are no number',
      text: '',
      fields: { usage: { prompt_tokens: 'many' } },
      expect: { fail: true },
    },
  ],
  create({ choices_key, usage_key, response_metadata_key, dedupe_identical_usage }) {
    return (subject) => {
      const usages = [
        ...usageAtTop(subject.exact(usage_key), (key) => subject.exact(key)),
        ...usageOfMetadata(subject.exact(response_metadata_key)),
        ...usagesOfAnswers(subject.exact(choices_key)),
      ]
      return [{ tags: addedUp(dedupe_identical_usage ? distinct(usages) : usages) }]
    }
  },
})

type Lookup = (key: string) => Exact | undefined

/** Where the usage is no object, the sample itself is looked at as one. */
function usageAtTop(usage: Exact | undefined, sample: Lookup): Usage[] {
  if (usage === undefined) return []
  return [usageOf(isDict(usage) ? (key) => get(usage, key) : sample)]
}

/** Metadata that is empty or missing is a usage of nothing. */
function usageOfMetadata(metadata: Exact | undefined): Usage[] {
  if (!isTruthy(metadata)) return [usageOf(() => undefined)]
  return isDict(metadata) ? [usageOf((key) => get(metadata, key))] : []
}

function usagesOfAnswers(choices: Exact | undefined): Usage[] {
  if (!Array.isArray(choices)) return []
  return choices.flatMap((choice: Exact) => {
    if (!isDict(choice)) return []
    const message = either(get(choice, 'message'), get(choice, 'delta'))
    const usages = [usageOf((key) => get(choice, key))]
    return isDict(message) ? [...usages, usageOf((key) => get(message, key))] : usages
  })
}

/** The usage that an object has as a member, or is. */
function usageOf(object: Lookup): Usage {
  const within = either(object('usage'), object('usage_metadata'))
  const inner: Lookup = isDict(within) ? (key) => get(within, key) : () => undefined
  const source = !namesTokens(inner) && namesTokens(object) ? object : inner
  return {
    prompt: either(source('prompt_tokens'), source('input_tokens')),
    completion: either(source('completion_tokens'), source('output_tokens')),
    total: source('total_tokens'),
  }
}

function namesTokens(usage: Lookup): boolean {
  return (usage('prompt_tokens') ?? null) !== null || (usage('completion_tokens') ?? null) !== null
}

/** Usages without those that repeat the numbers of an earlier one. */
function distinct(usages: Usage[]): Usage[] {
  const seen = new Set<string>()
  return usages.filter(({ prompt, completion, total }) => {
    const [p, c] = [prompt, completion].map((value) => (isTruthy(value) && int(value)) || 0n)
    const sum = (p ?? 0n) + (c ?? 0n)
    const key = `${p} ${c} ${(total ?? null) === null ? sum : (int(total ?? null) ?? sum)}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

function addedUp(usages: Usage[]): { [name: string]: Exact } {
  const prompt = sum(usages.map((usage) => usage.prompt))
  const completion = sum(usages.map((usage) => usage.completion))
  const given = usages.find(({ total }) => total !== undefined && total !== null)?.total
  const together = spelt(plus(prompt, completion))
  const some = isTruthy(spelt(prompt)) || isTruthy(spelt(completion))
  return {
    prompt_tokens: spelt(prompt),
    completion_tokens: spelt(completion),
    total_tokens: given ?? (some ? together : null),
  }
}

function sum(values: (Exact | undefined)[]): PythonNumber {
  let total: PythonNumber = 0n
  for (const value of values) {
    if (!isTruthy(value)) continue
    const number = numberOf(value)
    if (number === null) throw new Failure('operator_failed', 'The usage of the sample has tokens that are no number.')
    total = plus(total, number)
  }
  return total
}

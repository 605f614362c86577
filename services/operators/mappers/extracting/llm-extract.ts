import { z } from 'zod'
import { type Exact, parseExact } from '../../../../schemas/json/exact.ts'
import { defineBatchMapper, type Subject } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { askingMapper, askingOf, askUntilUsable, dialogue } from '../../llm/asking.ts'
import { extractionQuestion, grounding, groundingParameters, strategyParameters } from '../../llm/instructions.ts'
import { hostedParameters, modelName, prompt } from '../../llm/parameters.ts'
import { str } from '../../python/spelling.ts'
import { get } from '../../python/values.ts'
import { strip } from '../../text/python-strings.ts'

const SYSTEM =
  'You draw facts from a text. Answer with one JSON object that has exactly the keys that are asked for; where the text does not tell a value, it is null.'

export default defineBatchMapper({
  name: 'llm_extract_mapper',
  summary:
    'Tags a sample with values that a model, asked at an endpoint, draws from its fields, each by an instruction.',
  traits: { resource: 'remote' },
  parameters: commonParameters.extend({
    input_keys: z.array(z.string()).describe('fields that the model is shown'),
    output_schema: z.record(z.string(), z.string()).describe('keys, each with the instruction what belongs under it'),
    api_or_hf_model: modelName('gpt-4o'),
    meta_output_key: z
      .string()
      .nullable()
      .default('llm_extract')
      .describe('tag that holds all values; null: each key is a tag of its own'),
    system_prompt: prompt('instruction to the model; one of ours when not given'),
    ...groundingParameters,
    ...strategyParameters,
    ...hostedParameters,
  }),
  tags: true,
  quirks: [
    'An answer of no use gives null for every key, and the model is not asked again, unless require_answer is set.',
    'An answer that is a list counts where there is one key.',
    'The tag llm_semantic_usage is not written.',
    'Where the endpoint fails, the document fails and is tried again; Data-Juicer gives null for every key.',
  ],
  examples: [
    {
      title: 'tags a sample with values',
      parameters: { input_keys: ['text'], output_schema: { who: 'the person', when: 'the day' } },
      text: 'Anna came on Monday.',
      answers: ['Here: {"who": "Anna", "when": "Monday", "why": "?"}'],
      expect: { documents: [{ __dj__meta__: { llm_extract: { who: 'Anna', when: 'Monday' } } }] },
    },
    {
      title: 'gives null where nothing is shown',
      parameters: { input_keys: ['summary'], output_schema: { who: 'the person' } },
      text: 'Anna came.',
      expect: { documents: [{ __dj__meta__: { llm_extract: { who: null } } }] },
    },
  ],
  create(parameters, context) {
    const { input_keys: inputs, output_schema: schema, meta_output_key: tag } = parameters
    const asking = askingOf({ asker: 'llm_extract_mapper', model: parameters.api_or_hf_model }, parameters, context)
    const questionOf = extractionQuestion(schema, parameters)
    const keys = Object.keys(schema)
    const tagsOf = (values: Map<string, Exact> | null): { [name: string]: Exact } => {
      const complete = new Map(keys.map((key) => [key, values?.get(key) ?? null]))
      return tag ? { [tag]: complete } : Object.fromEntries(complete)
    }
    return askingMapper(asking, async (subject) => {
      const text = shown(subject, inputs)
      if (text === '') return [{ tags: tagsOf(null) }]
      const messages = dialogue(parameters.system_prompt || SYSTEM, questionOf(text, grounding(subject, parameters)))
      const values = await askUntilUsable(asking, messages, {
        read: (answer) => valuesIn(strip(answer), keys) ?? (asking.required ? null : new Map()),
        isUsable: () => true,
      })
      return [{ tags: tagsOf(values) }]
    })
  },
})

/** The fields as the model sees them; those that are missing or null are left out. */
function shown(subject: Subject, keys: string[]): string {
  const lines = keys.flatMap((key) => {
    const value = subject.exact(key)
    return value === undefined || value === null ? [] : [`${key}: ${str(value)}`]
  })
  return lines.join('\n')
}

/** What stands under the keys in the object of an answer, or in its list where there is one key. */
function valuesIn(answer: string, keys: string[]): Map<string, Exact> | null {
  const [object, list] = [between(answer, '{', '}'), between(answer, '[', ']')]
  if (object && (!list || object.from <= list.from)) {
    const value = parsed(object.text)
    if (value === undefined) return null
    if (value instanceof Map) return new Map(keys.map((key) => [key, get(value, key) ?? null]))
  }
  const [only] = keys
  const value = list && keys.length === 1 ? parsed(list.text) : undefined
  return only !== undefined && Array.isArray(value) ? new Map([[only, value]]) : null
}

function between(text: string, opening: string, closing: string): { from: number; text: string } | null {
  const [from, end] = [text.indexOf(opening), text.lastIndexOf(closing)]
  return from >= 0 && end > from ? { from, text: text.slice(from, end + 1) } : null
}

function parsed(json: string): Exact | undefined {
  try {
    JSON.parse(json)
    return parseExact(json)
  } catch {
    return undefined
  }
}

import { z } from 'zod'
import { defineBatchMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { askingMapper, askingOf, askUntilUsable, dialogue } from '../../llm/asking.ts'
import { pairKeys, pairOf } from '../../llm/pairs.ts'
import { askingParameters, modelName, prompt } from '../../llm/parameters.ts'
import { answerPattern } from '../../llm/patterns.ts'
import { template } from '../../llm/templates.ts'
import { strip } from '../../text/python-strings.ts'

const SYSTEM = `You are given a reference, a question and its answer. Write another answer that is opposed to the given one in one respect: in style, in facts, in who speaks, or in opinion. Write in its language.
Answer in this form, headings as they stand here, and nothing else:
【回答】
the other answer
【原因】
in which respect it is opposed, and why it is the worse one`

const INPUT = '【参考信息】\n{reference}\n\nThe pair as it is:\n【问题】\n{query}\n【回答】\n{response}'
const PATTERN = '.*?【回答】\\s*(.*?)\\s*【原因】\\s*(.*)'

export default defineBatchMapper({
  name: 'pair_preference_mapper',
  summary: 'Lets a model, asked at an endpoint, write a worse answer to a question, and why it is.',
  traits: { resource: 'remote' },
  parameters: commonParameters.extend({
    query_key: commonParameters.shape.query_key.describe('field of the question; query when not given'),
    response_key: commonParameters.shape.response_key.describe('field of the answer; response when not given'),
    api_model: modelName('gpt-4o'),
    system_prompt: prompt('instruction to the model; one of ours when not given'),
    input_template: prompt('question to the model, with {query}, {response} and {reference}, which is the text'),
    output_pattern: prompt("regular expression of Python's module re that takes the model's answer apart"),
    rejected_key: z.string().default('rejected_response').describe('field for the worse answer'),
    reason_key: z.string().default('reason').describe('field for the reason'),
    ...askingParameters,
  }),
  quirks: [
    'Where the model gives no usable answer, both fields are empty, or one of them, unless require_answer is set.',
    'The headings 【回答】 and 【原因】 stand for answer and reason in what the model says.',
    'Where the endpoint fails, the document fails and is tried again; Data-Juicer leaves both fields empty.',
  ],
  examples: [
    {
      title: 'adds what the model says',
      text: 'Water boils at 100 °C.',
      fields: { query: 'When does water boil?', response: 'At 100 °C.' },
      answers: ['【回答】\nAt 90 °C.\n【原因】\nThe number is wrong.'],
      expect: { documents: [{ rejected_response: 'At 90 °C.', reason: 'The number is wrong.' }] },
    },
    {
      title: 'adds nothing where it says nothing of use',
      text: 'Water boils at 100 °C.',
      fields: { query: 'When does water boil?', response: 'At 100 °C.' },
      answers: ['No.', 'No.', 'No.'],
      expect: { documents: [{ rejected_response: '', reason: '' }] },
    },
  ],
  create(parameters, context) {
    const asking = askingOf({ asker: 'pair_preference_mapper', model: parameters.api_model }, parameters, context)
    const keys = pairKeys(parameters)
    const questionOf = template(parameters.input_template || INPUT, { named: ['query', 'response', 'reference'] })
    const pattern = answerPattern(parameters.output_pattern || PATTERN, { dotAll: true })
    const read = (answer: string): { rejected: string; reason: string } | null => {
      const groups = pattern.match(answer)
      if (!groups) return { rejected: '', reason: '' }
      const [rejected, reason] = groups
      return rejected === undefined || reason === undefined
        ? null
        : { rejected: strip(rejected), reason: strip(reason) }
    }
    return askingMapper(asking, async (subject) => {
      const [query, response] = pairOf(subject, keys)
      const reference = subject.exact(subject.textKey) ?? ''
      const said = await askUntilUsable(
        asking,
        dialogue(parameters.system_prompt || SYSTEM, questionOf({ named: { query, response, reference } })),
        { read, isUsable: ({ rejected, reason }) => rejected !== '' && reason !== '' },
      )
      const { rejected = '', reason = '' } = said ?? {}
      return [{ fields: { [parameters.rejected_key]: rejected, [parameters.reason_key]: reason } }]
    })
  },
})

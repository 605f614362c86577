import { defineBatchMapper } from '../../../../topologies/operator.ts'
import { OPTIMIZATION_QUIRKS, optimizing, optimizingParameters } from '../../llm/optimizing.ts'
import { answerPattern } from '../../llm/patterns.ts'
import { strip } from '../../text/python-strings.ts'

const SYSTEM = `You are given a question and its answer. Write both anew, fuller and more exact, in their language.
Answer in this form, headings as they stand here, and nothing else:
【问题】
the question
【回答】
the answer`

const PATTERN = '.*?【问题】\\s*(.*?)\\s*【回答】\\s*(.*)'

export default defineBatchMapper({
  name: 'optimize_qa_mapper',
  summary: 'Lets a model, asked at an endpoint, write a question and its answer fuller and more exact.',
  traits: { resource: 'remote' },
  parameters: optimizingParameters,
  quirks: OPTIMIZATION_QUIRKS,
  examples: [
    {
      title: 'puts what the model says in their place',
      text: '',
      fields: { query: 'Boiling point?', response: '100' },
      answers: ['Gladly.\n【问题】\nAt which temperature does water boil?\n【回答】\nAt 100 °C\nat sea level.'],
      expect: {
        documents: [{ query: 'At which temperature does water boil?', response: 'At 100 °C\nat sea level.' }],
      },
    },
    {
      title: 'leaves them where it says nothing of use',
      text: '',
      fields: { query: 'Boiling point?', response: '100' },
      answers: ['I cannot.', 'Sorry.', 'No.'],
      expect: { documents: [{ query: 'Boiling point?', response: '100' }] },
    },
    {
      title: 'fails there where an answer is required',
      parameters: { require_answer: true, try_num: 2 },
      text: '',
      fields: { query: 'Boiling point?', response: '100' },
      answers: ['I cannot.', 'Sorry.'],
      expect: { fail: true },
    },
  ],
  create(parameters, context) {
    const pattern = answerPattern(parameters.output_pattern || PATTERN, { dotAll: true })
    const read = (answer: string) => {
      const [query, response] = pattern.match(answer) ?? []
      return query === undefined || response === undefined ? null : { query: strip(query), response: strip(response) }
    }
    return optimizing({ asker: 'optimize_qa_mapper', system: SYSTEM, read }, parameters, context)
  },
})

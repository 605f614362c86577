import { defineBatchMapper } from '../../../../topologies/operator.ts'
import { OPTIMIZATION_QUIRKS, optimizing, optimizingParameters } from '../../llm/optimizing.ts'
import { strip } from '../../text/python-strings.ts'

const SYSTEM =
  'You are given a question and its answer. Write the question anew, fuller and more exact, in its language, so that the answer still answers it. Give nothing but the question.'

export default defineBatchMapper({
  name: 'optimize_query_mapper',
  summary: 'Lets a model, asked at an endpoint, write a question fuller and more exact.',
  traits: { resource: 'remote' },
  parameters: optimizingParameters,
  quirks: [...OPTIMIZATION_QUIRKS, 'Whatever the model says is the question: output_pattern is not looked at.'],
  examples: [
    {
      title: 'puts what the model says in its place',
      text: '',
      fields: { query: 'Boiling point?', response: '100 °C' },
      answers: ['At which temperature does water boil?\n'],
      expect: { documents: [{ query: 'At which temperature does water boil?', response: '100 °C' }] },
    },
    {
      title: 'leaves it where the model says nothing',
      text: '',
      fields: { query: 'Boiling point?', response: '100 °C' },
      answers: ['', '', ''],
      expect: { documents: [{ query: 'Boiling point?', response: '100 °C' }] },
    },
  ],
  create: (parameters, context) =>
    optimizing(
      { asker: 'optimize_query_mapper', system: SYSTEM, read: (answer) => ({ query: strip(answer), response: null }) },
      parameters,
      context,
    ),
})

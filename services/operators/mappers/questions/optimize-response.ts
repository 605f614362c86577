import { defineBatchMapper } from '../../../../topologies/operator.ts'
import { OPTIMIZATION_QUIRKS, optimizing, optimizingParameters } from '../../llm/optimizing.ts'
import { strip } from '../../text/python-strings.ts'

const SYSTEM =
  'You are given a question and its answer. Write the answer anew, fuller and more exact, in its language, so that it still answers the question. Give nothing but the answer.'

export default defineBatchMapper({
  name: 'optimize_response_mapper',
  summary: 'Lets a model, asked at an endpoint, write an answer fuller and more exact.',
  traits: { resource: 'remote' },
  parameters: optimizingParameters,
  quirks: [...OPTIMIZATION_QUIRKS, 'Whatever the model says is the answer: output_pattern is not looked at.'],
  examples: [
    {
      title: 'puts what the model says in its place',
      text: '',
      fields: { query: 'Boiling point of water?', response: '100' },
      answers: ['Water boils at 100 °C.\n'],
      expect: { documents: [{ query: 'Boiling point of water?', response: 'Water boils at 100 °C.' }] },
    },
    {
      title: 'leaves it where the model says nothing',
      text: '',
      fields: { query: 'Boiling point of water?', response: '100' },
      answers: ['', '', ''],
      expect: { documents: [{ query: 'Boiling point of water?', response: '100' }] },
    },
  ],
  create: (parameters, context) =>
    optimizing(
      {
        asker: 'optimize_response_mapper',
        system: SYSTEM,
        read: (answer) => ({ query: null, response: strip(answer) }),
      },
      parameters,
      context,
    ),
})

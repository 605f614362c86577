import { defineBatchMapper } from '../../../../topologies/operator.ts'
import { CALIBRATION_QUIRKS, calibrating, calibratingParameters } from '../../llm/calibrating.ts'
import { strip } from '../../text/python-strings.ts'

const SYSTEM =
  'You are given a reference, a question and an answer. Make the question exact and full by the reference, so that the answer still answers it. Write in its language, and give nothing but the question.'

export default defineBatchMapper({
  name: 'calibrate_query_mapper',
  summary: "Lets a model, asked at an endpoint, bring a question in line with the sample's text and its answer.",
  traits: { resource: 'remote' },
  parameters: calibratingParameters,
  quirks: [...CALIBRATION_QUIRKS, 'Whatever the model says is the question: output_pattern is not looked at.'],
  examples: [
    {
      title: 'puts what the model says in its place',
      text: 'Water boils at 100 °C at sea level.',
      fields: { query: 'When?', response: 'At 100 °C.' },
      answers: ['At which temperature does water boil at sea level?\n'],
      expect: { documents: [{ query: 'At which temperature does water boil at sea level?', response: 'At 100 °C.' }] },
    },
    {
      title: 'leaves it where it says nothing',
      text: 'Water boils at 100 °C.',
      fields: { query: 'When?', response: 'At 100 °C.' },
      answers: ['', ' ', ''],
      expect: { documents: [{ query: 'When?', response: 'At 100 °C.' }] },
    },
  ],
  create: (parameters, context) =>
    calibrating(
      { asker: 'calibrate_query_mapper', system: SYSTEM, read: (answer) => ({ query: strip(answer), response: null }) },
      parameters,
      context,
    ),
})

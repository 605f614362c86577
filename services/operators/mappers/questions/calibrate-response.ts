import { defineBatchMapper } from '../../../../topologies/operator.ts'
import { CALIBRATION_QUIRKS, calibrating, calibratingParameters } from '../../llm/calibrating.ts'
import { answerPattern, closingOrder } from '../../llm/patterns.ts'
import { strip } from '../../text/python-strings.ts'

const SYSTEM =
  'You are given a reference, a question and an answer. Make the answer exact and full by the reference, so that it still answers the question. Write in its language, and give nothing but the answer.'

/** The default of the other operators of its kind, which stands for none here. */
const NO_PATTERN = '【问题】\\s*(.*?)\\s*【回答】\\s*(.*)'

export default defineBatchMapper({
  name: 'calibrate_response_mapper',
  summary: "Lets a model, asked at an endpoint, bring an answer in line with the sample's text and its question.",
  traits: { resource: 'remote' },
  parameters: calibratingParameters,
  quirks: [
    ...CALIBRATION_QUIRKS,
    'Whatever the model says is the answer, unless output_pattern is given and matches at its start: then the group is that closes last.',
  ],
  examples: [
    {
      title: 'puts what the model says in its place',
      text: 'Water boils at 100 °C at sea level.',
      fields: { query: 'When does water boil?', response: 'At 90 °C.' },
      answers: [' At 100 °C, at sea level. '],
      expect: { documents: [{ query: 'When does water boil?', response: 'At 100 °C, at sea level.' }] },
    },
    {
      title: 'takes what a pattern finds',
      parameters: { output_pattern: 'Answer: (.*)' },
      text: 'Water boils at 100 °C.',
      fields: { query: 'When?', response: 'At 90 °C.' },
      answers: ['Answer: At 100 °C.\nThat is all.'],
      expect: { documents: [{ query: 'When?', response: 'At 100 °C.' }] },
    },
  ],
  create(parameters, context) {
    const given = parameters.output_pattern
    const lastGroup = given && given !== NO_PATTERN ? lastClosed(given) : () => undefined
    const read = (answer: string) => {
      const found = lastGroup(answer)
      return found === null ? null : { query: null, response: strip(found ?? answer) }
    }
    return calibrating({ asker: 'calibrate_response_mapper', system: SYSTEM, read }, parameters, context)
  },
})

/** The group that closes last in a match; undefined where nothing matches, null for a match without groups. */
function lastClosed(pattern: string): (answer: string) => string | undefined | null {
  const { match } = answerPattern(pattern, {})
  const order = closingOrder(pattern).reverse()
  return (answer) => {
    const groups = match(answer)
    if (!groups) return undefined
    return order.map((group) => groups[group - 1]).find((group) => group !== undefined) ?? null
  }
}

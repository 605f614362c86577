import { defineBatchMapper } from '../../../../topologies/operator.ts'
import { CALIBRATION_QUIRKS, calibrating, calibratingParameters } from '../../llm/calibrating.ts'
import { answerPattern } from '../../llm/patterns.ts'
import { strip } from '../../text/python-strings.ts'

const SYSTEM = `You are given a reference, a question and an answer. Make question and answer agree with the reference and with each other: mend what is wrong, and fill in what the reference tells. Write in their language.
Answer in this form, headings as they stand here, and nothing else:
【问题】
the question
【回答】
the answer`

const PATTERN = '【问题】\\s*(.*?)\\s*【回答】\\s*(.*)'

export default defineBatchMapper({
  name: 'calibrate_qa_mapper',
  summary: "Lets a model, asked at an endpoint, bring a question and its answer in line with the sample's text.",
  traits: { resource: 'remote' },
  parameters: calibratingParameters,
  quirks: [
    ...CALIBRATION_QUIRKS,
    'The pattern is looked for at the start of the answer, and its dots match no line ends: of an answer in several lines the first counts.',
  ],
  examples: [
    {
      title: 'puts what the model says in their place',
      text: 'Water boils at 100 °C at sea level.',
      fields: { query: 'When does water boil?', response: 'At 90 °C.' },
      answers: ['【问题】\nAt which temperature does water boil at sea level?\n【回答】\nAt 100 °C.'],
      expect: {
        documents: [
          {
            text: 'Water boils at 100 °C at sea level.',
            query: 'At which temperature does water boil at sea level?',
            response: 'At 100 °C.',
          },
        ],
      },
    },
    {
      title: 'leaves them where it says nothing of use',
      text: 'Water boils at 100 °C.',
      fields: { query: 'When does water boil?', response: 'At 90 °C.' },
      answers: ['I cannot.', 'Sorry.', 'No.'],
      expect: { documents: [{ query: 'When does water boil?', response: 'At 90 °C.' }] },
    },
    { title: 'fails without a question', text: 'Water boils.', expect: { fail: true } },
  ],
  create(parameters, context) {
    const pattern = answerPattern(parameters.output_pattern || PATTERN, {})
    const read = (answer: string) => {
      const [query, response] = pattern.match(answer) ?? []
      return query === undefined || response === undefined ? null : { query: strip(query), response: strip(response) }
    }
    return calibrating({ asker: 'calibrate_qa_mapper', system: SYSTEM, read }, parameters, context)
  },
})

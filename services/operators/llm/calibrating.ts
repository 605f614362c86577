import type { z } from 'zod'
import type { BatchMapper, OperatorContext } from '../../../topologies/operator.ts'
import { commonParameters } from '../../../topologies/parameters.ts'
import { askingOf } from './asking.ts'
import { required } from './fields.ts'
import { type Pair, pairKeys, pairOf, rewriting } from './pairs.ts'
import { askingParameters, modelName, prompt } from './parameters.ts'
import { template } from './templates.ts'

/** The parameters of mappers that hold a pair against the sample's text. */
export const calibratingParameters = commonParameters.extend({
  query_key: commonParameters.shape.query_key.describe('field of the question; query when not given'),
  response_key: commonParameters.shape.response_key.describe('field of the answer; response when not given'),
  api_model: modelName('gpt-4o'),
  system_prompt: prompt('instruction to the model; one of ours when not given'),
  input_template: prompt('question to the model, with {reference} and {qa_pair}'),
  reference_template: prompt('the text in the question, with {}'),
  qa_pair_template: prompt('the pair in the question, with {} for the question and {} for the answer'),
  output_pattern: prompt("regular expression of Python's module re that takes the model's answer apart"),
  ...askingParameters,
})

export type CalibratingParameters = z.infer<typeof calibratingParameters>

export interface Calibrating {
  asker: string
  system: string
  read(answer: string): Pair | null
}

/** Builds such a mapper. */
export function calibrating(
  { asker, system, read }: Calibrating,
  parameters: CalibratingParameters,
  context: OperatorContext,
): BatchMapper {
  const keys = pairKeys(parameters)
  const reference = template(parameters.reference_template || '【参考信息】\n{}', { ordered: 1 })
  const pair = template(parameters.qa_pair_template || '【问题】\n{}\n【回答】\n{}', { ordered: 2 })
  const whole = template(parameters.input_template || '{reference}\n{qa_pair}', { named: ['reference', 'qa_pair'] })
  return rewriting({
    asking: askingOf({ asker, model: parameters.api_model }, parameters, context),
    keys,
    system: parameters.system_prompt || system,
    read,
    questionOf: (subject) =>
      whole({
        named: {
          reference: reference({ ordered: [required(subject, subject.textKey)] }),
          qa_pair: pair({ ordered: pairOf(subject, keys) }),
        },
      }),
  })
}

/** What all of them say of the sample that they show. */
export const CALIBRATION_QUIRKS = [
  'Where the model gives no usable answer, the pair stays as it is, unless require_answer is set.',
  'The headings 【参考信息】, 【问题】 and 【回答】 stand for reference, question and answer, to the model and in its answer.',
  'Where the endpoint fails, the document fails and is tried again; Data-Juicer leaves the pair as it is.',
]

import { z } from 'zod'
import { Failure } from '../../../../topologies/failure.ts'
import { defineBatchFilter } from '../../../../topologies/operator.ts'
import { filterParameters } from '../../../../topologies/parameters.ts'
import { bound, judgeBounds, RANGE_REASONS } from '../../bounds.ts'
import { acceleratorParameter, mostTokensParameter } from '../../scoring/parameters.ts'
import { modelAssets, type Row, textModel } from '../../scoring/text-model.ts'

const OUTPUTS = ['logits', 'scores', 'probabilities']
const DEFAULT_MODEL = 'quality/text-classifier'

export default defineBatchFilter({
  name: 'text_quality_score_filter',
  summary: 'Keeps documents to which a neural classifier gives a score within a range.',
  origin: "PAI's text quality score, whose models are not published",
  traits: { resource: 'gpu' },
  parameters: filterParameters.extend({
    model: z
      .string()
      .min(1)
      .default(DEFAULT_MODEL)
      .describe('a classifier of texts: a folder of the assets with onnx/model.onnx and tokenizer.json'),
    label: z
      .int()
      .min(0)
      .nullable()
      .default(null)
      .describe('the class of which the score is the probability, counted from 0; the last one when not given'),
    activation: z
      .enum(['probability', 'none'])
      .default('probability')
      .describe(
        'probability: softmax over several classes, the logistic function of a single number; none: the number itself',
      ),
    score_name: z
      .string()
      .regex(/^[a-z][a-z0-9_]*$/)
      .default('text_quality_score')
      .describe('stat key of the score; give each its own where a recipe has several models'),
    min_score: bound(0.5, 'least score that is kept; null for no minimum'),
    max_score: bound(null, 'largest score that is kept; null for no maximum'),
    accelerator: acceleratorParameter,
    max_tokens: mostTokensParameter,
  }),
  reasons: RANGE_REASONS,
  quirks: ['The stat <score_name>_model names the model: the begin of the SHA-256 of its file.'],
  examples: [
    {
      title: 'keeps what the classifier likes',
      text: 'The mill stands by the river, and its wheel turns.',
      expect: { keep: true },
    },
    {
      title: 'drops what it does not',
      text: 'click buy cheap free click now buy offer',
      expect: { drop: 'below_minimum' },
    },
  ],
  assets: ({ model }) => modelAssets(model),
  create(parameters, context) {
    const { model: name, accelerator, max_tokens: mostTokens, score_name: key, label, activation } = parameters
    const model = textModel({ name, accelerator, mostTokens, outputs: OUTPUTS }, context)
    return {
      stats: [key, `${key}_model`],
      ready: () => model.ready(),
      close: () => model.close(),
      async measure(subjects) {
        const rows = await model.rows(subjects.map((subject) => subject.text().value))
        const version = model.sha256().slice(0, 12)
        return rows.map((row) => {
          const score = row instanceof Failure ? row : scoreOf(row, label, activation)
          return score instanceof Failure ? score : { [key]: score, [`${key}_model`]: version }
        })
      },
      judge: (stats) =>
        judgeBounds(stats[key], { minimum: parameters.min_score, maximum: parameters.max_score }, parameters),
    }
  },
})

function scoreOf({ values }: Row, label: number | null, activation: 'probability' | 'none'): number | Failure {
  const at = label ?? values.length - 1
  const value = values[at]
  if (value === undefined)
    return new Failure('operator_failed', `The model has ${values.length} classes, and none of number ${at}.`)
  const score = activation === 'none' ? value : probabilityOf(values, at)
  return Number.isFinite(score) ? score : new Failure('operator_failed', 'The model gave no number for this text.')
}

function probabilityOf(values: Float32Array, at: number): number {
  const value = values[at] as number
  if (values.length === 1) return 1 / (1 + Math.exp(-value))
  const largest = values.reduce((most, one) => Math.max(most, one), Number.NEGATIVE_INFINITY)
  const sum = values.reduce((total, one) => total + Math.exp(one - largest), 0)
  return Math.exp(value - largest) / sum
}

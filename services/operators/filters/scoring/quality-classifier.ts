import { z } from 'zod'
import { defineSampleFilter } from '../../../../topologies/operator.ts'
import { filterParameters } from '../../../../topologies/parameters.ts'
import { isKept, KEEP_METHODS } from '../../quality/keeping.ts'
import { qualityScorer } from '../../quality/scorer.ts'

const LOW_QUALITY = 'low_quality'

export default defineSampleFilter({
  name: 'quality_classifier_filter',
  summary:
    'Keeps documents that a classifier of hashed words takes for good ones; `quality train` makes such classifiers.',
  origin: "Data-Juicer's quality classifier, which is a tool there and no operator",
  parameters: filterParameters.extend({
    model: z.string().min(1).default('quality.onnx').describe('the classifier, a file among the assets'),
    keep_method: z
      .enum(KEEP_METHODS)
      .default('label')
      .describe(
        'label: scores above 0.5; pareto, or gpt3: scores above 1 less a number drawn from a Pareto distribution',
      ),
    alpha: z.number().positive().default(9).describe('shape of that distribution'),
    seed: z.int().min(0).max(0x7fffffff).default(42).describe('of the drawing; the same text draws the same number'),
  }),
  reasons: [LOW_QUALITY],
  quirks: [
    'Words lie between the blanks of Java, and an empty word between two blanks counts, as in the Tokenizer of Spark.',
    'The stat doc_score_model names the model: its version and the begin of its SHA-256.',
  ],
  examples: [
    {
      title: 'keeps prose',
      text: 'The mill stands by the river, and its wheel turns slowly through the summer evenings.',
      expect: { keep: true },
    },
    {
      title: 'drops what reads like an advertisement',
      text: 'BUY NOW cheap cheap click here free free offer click buy now!!!',
      expect: { drop: LOW_QUALITY },
    },
    {
      title: 'keeps some of those, too, by drawing',
      parameters: { keep_method: 'pareto', alpha: 0.05 },
      text: 'BUY NOW cheap cheap click here free free offer click buy now!!!',
      expect: { keep: true },
    },
  ],
  assets: ({ model }) => [model],
  create(parameters, context) {
    const { score, version } = qualityScorer(parameters.model, context)
    const keeping = { method: parameters.keep_method, alpha: parameters.alpha, seed: parameters.seed }
    return {
      stats: ['doc_score', 'doc_score_model'],
      measure: (subject) => ({ doc_score: score(subject.text().value), doc_score_model: version }),
      judge: ({ doc_score: value }, subject) =>
        isKept(Number(value), subject.text().value, keeping) ? null : LOW_QUALITY,
    }
  },
})

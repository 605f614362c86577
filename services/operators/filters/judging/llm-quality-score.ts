import { defineBatchFilter } from '../../../../topologies/operator.ts'
import { bound, judgeBounds, RANGE_REASONS } from '../../bounds.ts'
import { analysing, analysisParameters, markingPrompt } from '../../llm/analysis.ts'

const DIMENSIONS = {
  accuracy: 'what it says is true and can be checked',
  grammar: 'its language is correct and reads well',
  informativeness: 'it has substance and is of use to a reader',
  coherence: 'its parts follow from each other and do not contradict',
}

const SYSTEM = markingPrompt(
  'You judge whether a document is fit to train a language model. Look at the document alone and mark it.',
  DIMENSIONS,
  {
    rules: [
      'Rest every mark on what stands in the text, and mark like documents alike.',
      'Facts come before style: false or invented claims weigh heavily, and unproven advice on health or law counts as risky.',
      'What is usual in the culture that a text comes from is no fault.',
    ],
  },
)

export default defineBatchFilter({
  name: 'llm_quality_score_filter',
  summary: 'Keeps documents whose quality a model, asked at an endpoint, finds within a range.',
  traits: { resource: 'remote' },
  parameters: analysisParameters.extend({
    min_score: bound(0.5, 'least score that is kept, a share of the best marks; null for no minimum'),
    max_score: bound(1, 'largest score that is kept; null for no maximum'),
  }),
  reasons: RANGE_REASONS,
  quirks: [
    'A document for which the model gives no usable answer has the score 0, unless require_answer is set.',
    'An answer without any marks at all is a usable one, and its score is 0.',
    'Only the first object in an answer counts, and only if no object in it holds further ones.',
    'Where the endpoint fails, the document fails and is tried again; Data-Juicer takes that for an answer of no use.',
    'A score that is no number is of no use, NaN included.',
  ],
  examples: [
    {
      title: 'keeps what the model marks well',
      text: 'Water boils at 100 °C at sea level, and at less on a mountain.',
      answers: [
        '{"dimension_scores": {"accuracy": 5, "grammar": 5, "informativeness": 3, "coherence": 5}, "recommendation": "keep"}',
      ],
      expect: { keep: true },
      stats: { llm_quality_score: 0.9 },
    },
    {
      title: 'drops what it marks badly',
      text: 'the moon it is of cheese made',
      answers: [
        'Here you are: {"dimension_scores": {"accuracy": 1, "grammar": 1, "informativeness": 1, "coherence": 2}}',
      ],
      expect: { drop: 'below_minimum' },
      stats: { llm_quality_score: 0.25 },
    },
    {
      title: 'asks again where an answer is of no use',
      text: 'Water boils at 100 °C.',
      answers: [
        'I would rather not say.',
        '{"dimension_scores": {"accuracy": 4, "grammar": 4, "informativeness": 4, "coherence": 4}}',
      ],
      expect: { keep: true },
      stats: { llm_quality_score: 0.8 },
    },
    {
      title: 'fails where an answer is required and there is none',
      parameters: { require_answer: true, try_num: 1 },
      text: 'Water boils at 100 °C.',
      answers: ['I would rather not say.'],
      expect: { fail: true },
    },
  ],
  create: (parameters, context) =>
    analysing(
      {
        asker: 'llm_quality_score_filter',
        system: SYSTEM,
        dimensions: Object.keys(DIMENSIONS),
        stats: { score: 'llm_quality_score', record: 'llm_quality_record', tags: 'llm_quality_tags' },
        judge: (score) =>
          judgeBounds(score, { minimum: parameters.min_score, maximum: parameters.max_score }, parameters),
      },
      parameters,
      context,
    ),
})

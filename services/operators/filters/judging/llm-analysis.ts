import { defineBatchFilter } from '../../../../topologies/operator.ts'
import { bound, judgeBounds, RANGE_REASONS } from '../../bounds.ts'
import { analysing, analysisParameters, markingPrompt } from '../../llm/analysis.ts'

const DIMENSIONS = {
  clarity: 'it is easy to understand',
  relevance: 'it keeps to its task or topic',
  usefulness: 'what it tells is of value',
  fluency: 'its language is natural and well written',
}

const SYSTEM = markingPrompt(
  'You look at a document that may train a language model, mark it, and give it tags.',
  DIMENSIONS,
  {
    tags: 'Give tags that say what it is about and how it is written, such as topic and style.',
    rules: [
      'Rest marks and tags on what stands in the text, and treat like documents alike.',
      'Accuracy and relevance come before style; false or invented claims weigh heavily.',
      'What is usual in the culture that a text comes from is no fault.',
    ],
  },
)

export default defineBatchFilter({
  name: 'llm_analysis_filter',
  summary: 'Lets a model, asked at an endpoint, mark and tag documents, and keeps those whose score is within a range.',
  traits: { resource: 'remote' },
  parameters: analysisParameters.extend({
    min_score: bound(0.5, 'least score that is kept, a share of the best marks; null for no minimum'),
    max_score: bound(1, 'largest score that is kept; null for no maximum'),
  }),
  reasons: RANGE_REASONS,
  quirks: [
    'A document with the score 0 is kept, whatever the range: that is one for which the model gives no usable answer.',
    'Where the endpoint fails, the document fails and is tried again; Data-Juicer takes that for an answer of no use.',
  ],
  examples: [
    {
      title: 'keeps what the model marks well',
      text: 'Water boils at 100 °C at sea level.',
      answers: [
        '{"dimension_scores": {"clarity": 5, "relevance": 4, "usefulness": 4, "fluency": 5}, "tags": {"topic": "physics"}}',
      ],
      expect: { keep: true },
      stats: { llm_analysis_score: 0.9 },
    },
    {
      title: 'drops what it marks badly',
      text: 'boil water the is when',
      answers: ['{"dimension_scores": {"clarity": 1, "relevance": 2, "usefulness": 1, "fluency": 1}}'],
      expect: { drop: 'below_minimum' },
      stats: { llm_analysis_score: 0.25 },
    },
    {
      title: 'keeps what it gives no marks',
      text: 'Water boils.',
      answers: ['No.'],
      expect: { keep: true },
      stats: { llm_analysis_score: 0 },
    },
  ],
  create: (parameters, context) =>
    analysing(
      {
        asker: 'llm_analysis_filter',
        system: SYSTEM,
        dimensions: Object.keys(DIMENSIONS),
        stats: { score: 'llm_analysis_score', record: 'llm_analysis_record', tags: 'llm_analysis_tags' },
        judge: (score) =>
          score
            ? judgeBounds(score, { minimum: parameters.min_score, maximum: parameters.max_score }, parameters)
            : null,
      },
      parameters,
      context,
    ),
})

import { defineBatchFilter } from '../../../../topologies/operator.ts'
import { bound, judgeBounds, RANGE_REASONS } from '../../bounds.ts'
import { analysing, analysisParameters, markingPrompt } from '../../llm/analysis.ts'

const DIMENSIONS = {
  linguistic_complexity: 'how rare its words are and how involved its sentences',
  conceptual_depth: 'how abstract it is, and how much theory it asks for',
  prior_knowledge: 'how much a reader has to know of the field',
  step_complexity: 'how many steps of thought it takes',
  ambiguity: 'how many readings it allows',
}

const SYSTEM = markingPrompt(
  'You judge how hard a document is to understand and to work on: 1 is within a beginner’s reach, 3 is for the practised, 5 for experts.',
  DIMENSIONS,
  {
    rules: [
      'Mark the difficulty of the matter, not that of a clumsy text.',
      'Bear in mind that readers come from different schools and cultures.',
      'Use flags for what needs several fields of knowledge, hangs on its time, or can be read in several ways.',
    ],
  },
)

export default defineBatchFilter({
  name: 'llm_difficulty_score_filter',
  summary: 'Keeps documents whose difficulty a model, asked at an endpoint, finds within a range.',
  traits: { resource: 'remote' },
  parameters: analysisParameters.extend({
    min_score: bound(0.5, 'least score that is kept, a share of the highest marks; null for no minimum'),
    max_score: bound(1, 'largest score that is kept; null for no maximum'),
  }),
  reasons: RANGE_REASONS,
  quirks: [
    'A document for which the model gives no usable answer has the score 0, unless require_answer is set.',
    'An answer without any marks at all is a usable one, and its score is 0.',
    'Where the endpoint fails, the document fails and is tried again; Data-Juicer takes that for an answer of no use.',
  ],
  examples: [
    {
      title: 'keeps what the model finds hard',
      text: 'Every bounded linear operator on a Hilbert space has an adjoint.',
      answers: [
        '{"dimension_scores": {"linguistic_complexity": 3, "conceptual_depth": 5, "prior_knowledge": 5, "step_complexity": 3, "ambiguity": 1}}',
      ],
      expect: { keep: true },
      stats: { llm_difficulty_score: 0.68 },
    },
    {
      title: 'drops what it finds easy',
      text: 'The cat sits on the mat.',
      answers: [
        '{"dimension_scores": {"linguistic_complexity": 1, "conceptual_depth": 1, "prior_knowledge": 1, "step_complexity": 1, "ambiguity": 1}}',
      ],
      expect: { drop: 'below_minimum' },
      stats: { llm_difficulty_score: 0.2 },
    },
  ],
  create: (parameters, context) =>
    analysing(
      {
        asker: 'llm_difficulty_score_filter',
        system: SYSTEM,
        dimensions: Object.keys(DIMENSIONS),
        stats: { score: 'llm_difficulty_score', record: 'llm_difficulty_record', tags: 'llm_difficulty_tags' },
        judge: (score) =>
          judgeBounds(score, { minimum: parameters.min_score, maximum: parameters.max_score }, parameters),
      },
      parameters,
      context,
    ),
})

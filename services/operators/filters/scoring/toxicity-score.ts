import { z } from 'zod'
import type { Stats } from '../../../../schemas/document.ts'
import { classify, type Failure } from '../../../../topologies/failure.ts'
import { defineBatchFilter, type Subject } from '../../../../topologies/operator.ts'
import { filterParameters } from '../../../../topologies/parameters.ts'
import { bound, judgeBounds, RANGE_REASONS } from '../../bounds.ts'
import { renewedScorer } from '../../quality/renewed-scorer.ts'
import type { QualityScorer } from '../../quality/scorer.ts'
import { wordListRatio } from '../../words/word-list.ts'

const LEXICON_ALONE = 'lexicon'

export default defineBatchFilter({
  name: 'toxicity_score_filter',
  summary: 'Keeps documents of which the toxicity, by a lexicon and a classifier that learns, is within a range.',
  origin: "PAI's filter of toxic texts, whose model is not published",
  parameters: filterParameters.extend({
    model: z
      .string()
      .min(1)
      .nullable()
      .default('toxicity.onnx')
      .describe('the classifier, a file among the assets that `quality train` or `quality learn` makes; null for none'),
    lang: z
      .string()
      .default('en')
      .describe('language of the lexicon, flagged_words.json among the assets; all for all of them'),
    lexicon_weight: z
      .number()
      .min(0)
      .default(10)
      .describe('score of a text for each share of its words that is in the lexicon, up to 1; 0 for no lexicon'),
    min_score: bound(0, 'least score that is kept; null for no minimum'),
    max_score: bound(0.5, 'largest score that is kept; null for no maximum'),
  }),
  reasons: RANGE_REASONS,
  quirks: [
    'The score is the larger of what the classifier says and what the lexicon says.',
    'A model that is replaced while the filter is at work is taken up between two batches. The stat toxicity_model names the model of each score: its version and the begin of its SHA-256.',
  ],
  examples: [
    {
      title: 'keeps a polite text',
      text: 'The mill stands by the river, and its wheel turns slowly through the summer evenings.',
      expect: { keep: true },
    },
    {
      title: 'drops what is like what it was taught',
      text: 'you are a stupid worthless idiot and everybody hates you',
      expect: { drop: 'above_maximum' },
    },
    {
      title: 'keeps it where only the lexicon is asked, which has none of its words',
      parameters: { model: null },
      text: 'you are a worthless fellow',
      expect: { keep: true },
      stats: { toxicity_score: 0 },
    },
  ],
  assets: ({ model, lexicon_weight: weight }) => [
    ...(model === null ? [] : [model]),
    ...(weight > 0 ? ['flagged_words.json'] : []),
  ],
  create(parameters, context) {
    const { model, lang, lexicon_weight: weight } = parameters
    const lexicon = {
      kind: 'flagged_words' as const,
      language: lang,
      directory: undefined,
      groupSizes: [],
      joinCharacter: '',
    }
    const share = weight > 0 ? wordListRatio(lexicon, context) : () => 0
    const scorer = model === null ? null : renewedScorer(model, context)
    const measure = (subject: Subject, current: QualityScorer | null): Stats => {
      const text = subject.text()
      const listed = Math.min(1, weight * share(text))
      const learnt = current ? current.score(text.value) : 0
      return { toxicity_score: Math.max(listed, learnt), toxicity_model: current?.version ?? LEXICON_ALONE }
    }
    return {
      stats: ['toxicity_score', 'toxicity_model'],
      ready: async () => undefined,
      close: async () => undefined,
      measure: async (subjects) => {
        const current = scorer?.current() ?? null
        return subjects.map((subject) => attempt(() => measure(subject, current)))
      },
      judge: ({ toxicity_score: score }) =>
        judgeBounds(score, { minimum: parameters.min_score, maximum: parameters.max_score }, parameters),
    }
  },
})

function attempt(measure: () => Stats): Stats | Failure {
  try {
    return measure()
  } catch (thrown) {
    return classify(thrown)
  }
}

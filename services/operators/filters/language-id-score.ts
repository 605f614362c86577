import { z } from 'zod'
import { Failure } from '../../../topologies/failure.ts'
import { defineFilter } from '../../../topologies/operator.ts'
import { filterParameters } from '../../../topologies/parameters.ts'
import type { Text } from '../../../topologies/text.ts'
import { readTextClassifier, type TextClassifier } from '../../models/fasttext/model.ts'
import { bound, judgeBounds, RANGE_REASONS } from '../bounds.ts'
import { modelOf } from '../models/loading.ts'
import { requireWellFormed } from '../text/bare-text.ts'
import { lower } from '../text/python-strings.ts'

const OTHER_LANGUAGE = 'other_language'
const MODEL = 'lid.176.bin'
const LABEL = '__label__'

export default defineFilter({
  name: 'language_id_score_filter',
  summary: 'Keeps documents in the wanted languages that are recognised with enough confidence.',
  parameters: filterParameters.extend({
    lang: z
      .union([z.string(), z.array(z.string())])
      .nullable()
      .default('')
      .describe('language or languages that are kept, by the labels of the model: en, zh …; empty for all'),
    min_score: bound(0.8, 'least confidence that is kept; null for no minimum'),
  }),
  reasons: [OTHER_LANGUAGE, ...RANGE_REASONS],
  quirks: [
    'The whole text is looked at, in lower case.',
    'The score is that of fastText to 1e-5. It may exceed 1 by a little.',
    'Its model, lid.176.bin, decides what the scores are: the smaller lid.176.ftz gives others.',
  ],
  examples: [
    {
      title: 'keeps a text in the wanted language',
      parameters: { lang: 'en', min_score: 0.5 },
      text: 'The mill stands by the river, and its wheel has not turned for many years.',
      expect: { keep: true },
    },
    {
      title: 'drops one in another language',
      parameters: { lang: ['en', 'fr'], min_score: 0.5 },
      text: 'Die Mühle steht am Fluss, und ihr Rad hat sich seit vielen Jahren nicht mehr gedreht.',
      expect: { drop: OTHER_LANGUAGE },
    },
    {
      title: 'drops what is not recognised with enough confidence',
      parameters: { min_score: 0.999 },
      text: 'a 1 b 2',
      expect: { drop: 'below_minimum' },
    },
  ],
  assets: () => [MODEL],
  create(parameters, context) {
    const model = modelOf(MODEL, context, readTextClassifier)
    const languages = parameters.lang ? [parameters.lang].flat() : []
    return {
      stats: ['lang', 'lang_score'],
      measure: (text) => languageOf(text, model),
      judge({ lang, lang_score: score }) {
        if (languages.length > 0 && !languages.some((language) => language === lang)) return OTHER_LANGUAGE
        return judgeBounds(score, { minimum: parameters.min_score, maximum: null }, parameters)
      },
    }
  },
})

function languageOf({ value }: Text, model: TextClassifier): { lang: string; lang_score: number } {
  requireWellFormed(value)
  const [best] = model.predict(lower(value).replaceAll('\n', ' '))
  if (!best) throw new Failure('operator_failed', 'The language model knows nothing of this text.')
  return { lang: best.label.replaceAll(LABEL, ''), lang_score: best.score }
}

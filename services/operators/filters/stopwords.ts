import { z } from 'zod'
import { defineFilter } from '../../../topologies/operator.ts'
import { filterParameters } from '../../../topologies/parameters.ts'
import { bound, judgeBounds, RANGE_REASONS } from '../bounds.ts'
import { pieceAssets, wordParameters, wordViewsOf } from '../models/piece-words.ts'
import { augmentationParameters, groupSizesOf, wordListRatio } from '../words/word-list.ts'

export default defineFilter({
  name: 'stopwords_filter',
  summary: 'Keeps documents in which the share of stop words is within a range.',
  parameters: filterParameters.extend({
    ...wordParameters,
    lang: z
      .string()
      .default('en')
      .describe('language of the word list, and of the tokenizer; all for the lists of every language together'),
    min_ratio: bound(0.3, 'least share that is kept; null for no minimum'),
    max_ratio: bound(1, 'largest share that is kept; null for no maximum'),
    stopwords_dir: z
      .string()
      .min(1)
      .optional()
      .describe('directory of *stopwords*.json files, merged by language; the asset directory when not given'),
    ...augmentationParameters,
  }),
  reasons: RANGE_REASONS,
  quirks: [
    'Entries of the list that hold capitals or blanks never match: words are lower-cased and split at blanks.',
    'With tokenization, a piece at the begin of a word has a mark before it, so that only pieces within words can match.',
    'A language that is not on the list fails every document that has words.',
  ],
  examples: [
    {
      title: 'keeps prose',
      text: 'This is the one, and it is not like any of the others.',
      expect: { keep: true },
    },
    {
      title: 'drops a list of keywords',
      text: 'camera lens tripod battery charger',
      expect: { drop: 'below_minimum' },
      stats: { stopwords_ratio: 0 },
    },
    { title: 'drops an empty text', text: '', expect: { drop: 'below_minimum' }, stats: { stopwords_ratio: 0 } },
    {
      title: 'fails on words of a language without a list',
      parameters: { lang: 'tlh' },
      text: 'nuqneH',
      expect: { fail: true },
    },
  ],
  assets: (parameters) => pieceAssets(parameters),
  create(parameters, context) {
    const ratio = wordListRatio(
      {
        kind: 'stopwords',
        language: parameters.lang,
        directory: parameters.stopwords_dir,
        groupSizes: groupSizesOf(parameters),
        joinCharacter: parameters.words_aug_join_char,
        words: wordViewsOf(parameters, context).refined,
      },
      context,
    )
    return {
      stats: ['stopwords_ratio'],
      measure: (text) => ({ stopwords_ratio: ratio(text) }),
      judge: (stats) =>
        judgeBounds(
          stats.stopwords_ratio,
          { minimum: parameters.min_ratio, maximum: parameters.max_ratio },
          parameters,
        ),
    }
  },
})

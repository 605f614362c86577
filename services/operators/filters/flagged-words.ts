import { z } from 'zod'
import { defineFilter } from '../../../topologies/operator.ts'
import { filterParameters } from '../../../topologies/parameters.ts'
import { bound, judgeBounds, RANGE_REASONS } from '../bounds.ts'
import { pieceAssets, wordParameters, wordViewsOf } from '../models/piece-words.ts'
import { augmentationParameters, groupSizesOf, wordListRatio } from '../words/word-list.ts'

export default defineFilter({
  name: 'flagged_words_filter',
  summary: 'Keeps documents in which the share of flagged words is within a range.',
  parameters: filterParameters.extend({
    ...wordParameters,
    lang: z
      .string()
      .default('en')
      .describe('language of the word list, and of the tokenizer; all for the lists of every language together'),
    min_ratio: bound(0, 'least share that is kept; null for no minimum'),
    max_ratio: bound(0.045, 'largest share that is kept; null for no maximum'),
    flagged_words_dir: z
      .string()
      .min(1)
      .optional()
      .describe('directory of *flagged_words*.json files, merged by language; the asset directory when not given'),
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
      title: 'keeps a clean text',
      text: 'a perfectly polite sentence',
      expect: { keep: true },
      stats: { flagged_words_ratio: 0 },
    },
    {
      title: 'drops what has fewer than are wanted',
      parameters: { min_ratio: 0.5 },
      text: 'a perfectly polite sentence',
      expect: { drop: 'below_minimum' },
    },
    { title: 'keeps an empty text', text: '', expect: { keep: true }, stats: { flagged_words_ratio: 0 } },
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
        kind: 'flagged_words',
        language: parameters.lang,
        directory: parameters.flagged_words_dir,
        groupSizes: groupSizesOf(parameters),
        joinCharacter: parameters.words_aug_join_char,
        words: wordViewsOf(parameters, context).refined,
      },
      context,
    )
    return {
      stats: ['flagged_words_ratio'],
      measure: (text) => ({ flagged_words_ratio: ratio(text) }),
      judge: (stats) =>
        judgeBounds(
          stats.flagged_words_ratio,
          { minimum: parameters.min_ratio, maximum: parameters.max_ratio },
          parameters,
        ),
    }
  },
})

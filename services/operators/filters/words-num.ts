import { defineFilter } from '../../../topologies/operator.ts'
import { filterParameters } from '../../../topologies/parameters.ts'
import { bound, judgeBounds, RANGE_REASONS } from '../bounds.ts'
import { pieceAssets, wordParameters, wordViewsOf } from '../models/piece-words.ts'

export default defineFilter({
  name: 'words_num_filter',
  summary: 'Keeps documents whose number of words is within a range.',
  parameters: filterParameters.extend({
    ...wordParameters,
    min_num: bound(10, 'least number of words that is kept; null for no minimum'),
    max_num: bound(null, 'largest number of words that is kept; null for no maximum'),
  }),
  reasons: RANGE_REASONS,
  quirks: [
    'Words are split at blank, tab and line feed only, so that a Chinese sentence is one word.',
    'A word of special characters only, such as a number, is not counted.',
  ],
  examples: [
    {
      title: 'keeps a sentence of ten words',
      text: 'one two three four five six seven eight nine ten',
      expect: { keep: true },
      stats: { num_words: 10 },
    },
    { title: 'drops a short one', text: 'only a few', expect: { drop: 'below_minimum' }, stats: { num_words: 3 } },
    {
      title: 'does not count numbers',
      parameters: { min_num: 1 },
      text: '2024 3.14 x',
      expect: { keep: true },
      stats: { num_words: 1 },
    },
    {
      title: 'drops what is too long',
      parameters: { min_num: 0, max_num: 2 },
      text: 'a\tb\nc',
      expect: { drop: 'above_maximum' },
    },
  ],
  assets: (parameters) => pieceAssets(parameters),
  create(parameters, context) {
    const { plain } = wordViewsOf(parameters, context)
    return {
      stats: ['num_words'],
      measure: (text) => ({ num_words: text.view(plain) }),
      judge: (stats) =>
        judgeBounds(stats.num_words, { minimum: parameters.min_num, maximum: parameters.max_num }, parameters),
    }
  },
})

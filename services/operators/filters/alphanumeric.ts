import { defineFilter } from '../../../topologies/operator.ts'
import { filterParameters } from '../../../topologies/parameters.ts'
import { bound, judgeBounds, noTokenization, RANGE_REASONS } from '../bounds.ts'
import { census } from '../text/census.ts'

export default defineFilter({
  name: 'alphanumeric_filter',
  summary: 'Keeps documents in which the share of letters and digits among all characters is within a range.',
  parameters: filterParameters.extend({
    tokenization: noTokenization,
    min_ratio: bound(0.25, 'least share that is kept; null for no minimum'),
    max_ratio: bound(null, 'largest share that is kept; null for no maximum'),
  }),
  reasons: RANGE_REASONS,
  quirks: [
    'A letter or digit is what str.isalnum of Python 3.11 calls one: vowel signs of Indic scripts are not, ² and ½ are.',
  ],
  examples: [
    {
      title: 'keeps prose',
      text: 'Emma Woodhouse, handsome and clever.',
      expect: { keep: true },
      stats: { alnum_ratio: 30 / 36 },
    },
    { title: 'drops ruler lines', text: '=== ---- *** a', expect: { drop: 'below_minimum' } },
    {
      title: 'counts letters of every script',
      text: 'a1 é²½Ⅷ一',
      expect: { keep: true },
      stats: { alnum_ratio: 0.875 },
    },
    { title: 'does not count vowel signs', text: 'न्दी', expect: { keep: true }, stats: { alnum_ratio: 0.5 } },
    { title: 'gives 0 for an empty text', text: '', expect: { drop: 'below_minimum' }, stats: { alnum_ratio: 0 } },
  ],
  create: (parameters) => ({
    stats: ['alnum_ratio'],
    measure(text) {
      const { length, alphanumeric } = text.view(census)
      return { alnum_ratio: length === 0 ? 0 : alphanumeric / length }
    },
    judge: (stats) =>
      judgeBounds(stats.alnum_ratio, { minimum: parameters.min_ratio, maximum: parameters.max_ratio }, parameters),
  }),
})

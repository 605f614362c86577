import { defineFilter } from '../../../../topologies/operator.ts'
import { filterParameters } from '../../../../topologies/parameters.ts'
import { bound, judgeBounds, RANGE_REASONS } from '../../bounds.ts'
import { census } from '../../text/census.ts'

export default defineFilter({
  name: 'alphanumeric_count_filter',
  summary: 'Keeps documents in which the number of letters and digits is within a range.',
  origin: 'LLM-Count Filter of PAI-Designer',
  parameters: filterParameters.extend({
    min_count: bound(null, 'least number that is kept; null for no minimum'),
    max_count: bound(null, 'largest number that is kept; null for no maximum'),
  }),
  reasons: RANGE_REASONS,
  quirks: ['Letters and digits are those of alphanumeric_filter, which judges their share.'],
  examples: [
    {
      title: 'counts letters and digits of every script',
      text: 'a1, 一二!',
      expect: { keep: true },
      stats: { alnum_count: 4 },
    },
    {
      title: 'drops what has too few',
      parameters: { min_count: 5 },
      text: 'a1, 一二!',
      expect: { drop: 'below_minimum' },
    },
    {
      title: 'drops what has too many',
      parameters: { max_count: 3 },
      text: 'a1, 一二!',
      expect: { drop: 'above_maximum' },
    },
    { title: 'gives 0 for an empty text', text: '', expect: { keep: true }, stats: { alnum_count: 0 } },
  ],
  create: (parameters) => ({
    stats: ['alnum_count'],
    measure: (text) => ({ alnum_count: text.view(census).alphanumeric }),
    judge: (stats) =>
      judgeBounds(stats.alnum_count, { minimum: parameters.min_count, maximum: parameters.max_count }, parameters),
  }),
})

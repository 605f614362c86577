import { defineFilter } from '../../../topologies/operator.ts'
import { filterParameters } from '../../../topologies/parameters.ts'
import { bound, judgeBounds, RANGE_REASONS } from '../bounds.ts'
import { lineLengths } from '../text/lengths.ts'

export default defineFilter({
  name: 'maximum_line_length_filter',
  summary: 'Keeps documents whose longest line has a number of characters within a range.',
  parameters: filterParameters.extend({
    min_len: bound(10, 'least length of the longest line that is kept, in characters; null for no minimum'),
    max_len: bound(null, 'largest length of the longest line that is kept, in characters; null for no maximum'),
  }),
  reasons: RANGE_REASONS,
  quirks: ['Lines end at form feeds, U+0085, U+2028 and the like too, as in str.splitlines.'],
  examples: [
    {
      title: 'measures the longest line, without its end',
      text: 'short\nthe longest of them\r\nshort',
      expect: { keep: true },
      stats: { max_line_length: 19 },
    },
    { title: 'drops a list of short lines', text: 'a\nbcd\ne', expect: { drop: 'below_minimum' } },
    {
      title: 'drops minified code',
      parameters: { max_len: 20 },
      text: 'var a=1;var b=2;var c=3;',
      expect: { drop: 'above_maximum' },
    },
    { title: 'gives 0 for an empty text', text: '', expect: { drop: 'below_minimum' }, stats: { max_line_length: 0 } },
  ],
  create: (parameters) => ({
    stats: ['max_line_length'],
    measure: (text) => ({ max_line_length: text.view(lineLengths).longestLine }),
    judge: (stats) =>
      judgeBounds(stats.max_line_length, { minimum: parameters.min_len, maximum: parameters.max_len }, parameters),
  }),
})

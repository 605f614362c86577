import { defineFilter } from '../../../topologies/operator.ts'
import { filterParameters } from '../../../topologies/parameters.ts'
import { bound, judgeBounds, RANGE_REASONS } from '../bounds.ts'
import { lineLengths } from '../text/lengths.ts'

export default defineFilter({
  name: 'average_line_length_filter',
  summary: 'Keeps documents whose average number of characters per line is within a range.',
  parameters: filterParameters.extend({
    min_len: bound(10, 'least average line length that is kept, in characters; null for no minimum'),
    max_len: bound(null, 'largest average line length that is kept, in characters; null for no maximum'),
  }),
  reasons: RANGE_REASONS,
  quirks: [
    'The line ends count as characters: it is the length of the whole text that is divided by the number of lines.',
    'Lines end at form feeds, U+0085, U+2028 and the like too, as in str.splitlines.',
  ],
  examples: [
    {
      title: 'keeps lines of a usual length',
      text: 'A line of a usual length\nand another one below it\n',
      expect: { keep: true },
      stats: { avg_line_length: 25 },
    },
    { title: 'drops a list of short lines', text: 'a\nb\nc\n', expect: { drop: 'below_minimum' } },
    {
      title: 'counts line ends of every kind',
      parameters: { min_len: 2 },
      text: 'a\r\nb\vc\u2028d\n',
      expect: { keep: true },
      stats: { avg_line_length: 2.25 },
    },
    { title: 'gives 0 for an empty text', text: '', expect: { drop: 'below_minimum' }, stats: { avg_line_length: 0 } },
  ],
  create: (parameters) => ({
    stats: ['avg_line_length'],
    measure(text) {
      const { length, lines } = text.view(lineLengths)
      return { avg_line_length: lines === 0 ? 0 : length / lines }
    },
    judge: (stats) =>
      judgeBounds(stats.avg_line_length, { minimum: parameters.min_len, maximum: parameters.max_len }, parameters),
  }),
})

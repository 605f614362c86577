import { defineFilter } from '../../../topologies/operator.ts'
import { filterParameters } from '../../../topologies/parameters.ts'
import { bound, judgeBounds, RANGE_REASONS } from '../bounds.ts'
import { lengthOf } from '../text/lengths.ts'

export default defineFilter({
  name: 'text_length_filter',
  summary: 'Keeps documents whose number of characters is within a range.',
  parameters: filterParameters.extend({
    min_len: bound(10, 'least number of characters that is kept; null for no minimum'),
    max_len: bound(null, 'largest number of characters that is kept; null for no maximum'),
  }),
  reasons: RANGE_REASONS,
  quirks: ['Characters are Unicode code points: an emoji of several joined ones counts each of them.'],
  examples: [
    { title: 'keeps a long text', text: 'Long enough to stay.', expect: { keep: true }, stats: { text_len: 20 } },
    { title: 'drops a short one', text: 'Too short', expect: { drop: 'below_minimum' }, stats: { text_len: 9 } },
    {
      title: 'drops a text beyond the maximum',
      parameters: { max_len: 12 },
      text: 'This is a longer line.',
      expect: { drop: 'above_maximum' },
    },
    {
      title: 'counts code points',
      parameters: { min_len: 7, max_len: 7 },
      text: '😀👨‍👩‍👧a',
      expect: { keep: true },
      stats: { text_len: 7 },
    },
  ],
  create: (parameters) => ({
    stats: ['text_len'],
    measure: (text) => ({ text_len: text.view(lengthOf) }),
    judge: (stats) =>
      judgeBounds(stats.text_len, { minimum: parameters.min_len, maximum: parameters.max_len }, parameters),
  }),
})

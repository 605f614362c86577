import { z } from 'zod'
import { defineFilter } from '../../../../topologies/operator.ts'
import { filterParameters } from '../../../../topologies/parameters.ts'
import { bound, judgeBounds, RANGE_REASONS } from '../../bounds.ts'

export default defineFilter({
  name: 'part_count_filter',
  summary: 'Keeps documents in which the number of parts between separators is within a range.',
  origin: 'LLM-Length Filter (MaxCompute) of PAI-Designer, with a separator',
  parameters: filterParameters.extend({
    separator: z.string().min(1).default(' ').describe('text between the parts, such as a blank, a line feed or 。'),
    min_count: bound(null, 'least number that is kept; null for no minimum'),
    max_count: bound(null, 'largest number that is kept; null for no maximum'),
  }),
  reasons: RANGE_REASONS,
  quirks: [
    'Parts that are empty do not count: of several separators side by side, and at the start and the end.',
    'Without a separator, text_length_filter counts characters.',
  ],
  examples: [
    {
      title: 'counts what is between blanks',
      text: ' to be  or not ',
      expect: { keep: true },
      stats: { part_count: 4 },
    },
    {
      title: 'drops what has too few',
      parameters: { separator: '。', min_count: 3 },
      text: '天气好。出门。',
      expect: { drop: 'below_minimum' },
    },
    {
      title: 'drops what has too many',
      parameters: { separator: '\n\n', max_count: 1 },
      text: 'a\n\nb',
      expect: { drop: 'above_maximum' },
    },
    { title: 'gives 0 for an empty text', text: '', expect: { keep: true }, stats: { part_count: 0 } },
  ],
  create: ({ separator, ...parameters }) => ({
    stats: ['part_count'],
    measure: ({ value }) => ({ part_count: countParts(value, separator) }),
    judge: (stats) =>
      judgeBounds(stats.part_count, { minimum: parameters.min_count, maximum: parameters.max_count }, parameters),
  }),
})

function countParts(text: string, separator: string): number {
  let count = 0
  let from = 0
  for (let at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, from)) {
    if (at > from) count++
    from = at + separator.length
  }
  return from < text.length ? count + 1 : count
}

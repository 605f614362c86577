import { z } from 'zod'
import { defineFilter } from '../../../topologies/operator.ts'
import { filterParameters } from '../../../topologies/parameters.ts'
import { bound, judgeBounds, RANGE_REASONS } from '../bounds.ts'
import { countRepetition, type Repetition } from '../repetition/repetition.ts'
import { charactersOf } from '../text/census.ts'

export default defineFilter({
  name: 'character_repetition_filter',
  summary: 'Keeps documents in which the share of the most repeated runs of characters is within a range.',
  parameters: filterParameters.extend({
    rep_len: z.int().default(10).describe('length of the runs that are counted, in characters'),
    min_ratio: bound(0, 'least share that is kept; null for no minimum'),
    max_ratio: bound(0.5, 'largest share that is kept; null for no maximum'),
  }),
  reasons: RANGE_REASONS,
  quirks: [
    'A rep_len below 1 is not refused: it counts what slices of Python give for it.',
    'Of the runs that occur more than once, only the most frequent ones count: the square root of all different runs.',
  ],
  examples: [
    {
      title: 'keeps prose',
      text: 'A sentence that does not repeat itself.',
      expect: { keep: true },
      stats: { char_rep_ratio: 0 },
    },
    {
      title: 'drops a text of one character',
      parameters: { rep_len: 2 },
      text: 'aaaa',
      expect: { drop: 'above_maximum' },
      stats: { char_rep_ratio: 1 },
    },
    {
      title: 'counts only the most frequent runs',
      parameters: { rep_len: 2 },
      text: 'ababababab',
      expect: { drop: 'above_maximum' },
      stats: { char_rep_ratio: 5 / 9 },
    },
    {
      title: 'gives 0 for a text shorter than a run',
      text: 'aaaaaaaaa',
      expect: { keep: true },
      stats: { char_rep_ratio: 0 },
    },
  ],
  create: (parameters) => ({
    stats: ['char_rep_ratio'],
    measure(text) {
      const { points, length } = charactersOf(text)
      return { char_rep_ratio: topShare(countRepetition(points.subarray(0, length), parameters.rep_len)) }
    },
    judge: (stats) =>
      judgeBounds(stats.char_rep_ratio, { minimum: parameters.min_ratio, maximum: parameters.max_ratio }, parameters),
  }),
})

/** The share of the k largest counts, k being the root of the number of different runs but never reaching a run of count 1. */
function topShare({ total, distinct, repeated }: Repetition): number {
  if (total === 0) return 0
  const top = Math.min(Math.floor(Math.sqrt(distinct)), repeated.length)
  if (top < repeated.length) repeated.sort()
  let sum = 0
  for (let i = repeated.length - top; i < repeated.length; i++) sum += repeated[i] as number
  return sum / total
}

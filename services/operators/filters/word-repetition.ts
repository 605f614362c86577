import { z } from 'zod'
import { defineFilter } from '../../../topologies/operator.ts'
import { filterParameters } from '../../../topologies/parameters.ts'
import { bound, judgeBounds, RANGE_REASONS } from '../bounds.ts'
import { pieceAssets, wordParameters, wordViewsOf } from '../models/piece-words.ts'
import { countRepetition } from '../repetition/repetition.ts'

export default defineFilter({
  name: 'word_repetition_filter',
  summary: 'Keeps documents in which the share of repeated runs of words is within a range.',
  parameters: filterParameters.extend({
    ...wordParameters,
    rep_len: z.int().default(10).describe('length of the runs that are counted, in words'),
    min_ratio: bound(0, 'least share that is kept; null for no minimum'),
    max_ratio: bound(0.5, 'largest share that is kept; null for no maximum'),
  }),
  reasons: RANGE_REASONS,
  quirks: [
    'A rep_len below 1 is not refused: it counts what slices of Python give for it.',
    'Words are compared in lower case and without special characters around them.',
  ],
  examples: [
    {
      title: 'keeps prose',
      parameters: { rep_len: 2 },
      text: 'no two words of this sentence come again',
      expect: { keep: true },
      stats: { word_rep_ratio: 0 },
    },
    {
      title: 'sees through case and punctuation',
      parameters: { rep_len: 1 },
      text: 'The the THE, the',
      expect: { drop: 'above_maximum' },
      stats: { word_rep_ratio: 1 },
    },
    {
      title: 'counts every occurrence of a repeated run',
      parameters: { rep_len: 2 },
      text: 'click here now click here please',
      expect: { keep: true },
      stats: { word_rep_ratio: 0.4 },
    },
    {
      title: 'gives 0 for a text of fewer words',
      text: 'ha ha ha',
      expect: { keep: true },
      stats: { word_rep_ratio: 0 },
    },
  ],
  assets: (parameters) => pieceAssets(parameters),
  create(parameters, context) {
    const { refined } = wordViewsOf(parameters, context)
    return {
      stats: ['word_rep_ratio'],
      measure(text) {
        const { total, repeated } = countRepetition(text.view(refined).numbers, parameters.rep_len)
        const repeats = repeated.reduce((sum, count) => sum + count, 0)
        return { word_rep_ratio: total === 0 ? 0 : repeats / total }
      },
      judge: (stats) =>
        judgeBounds(stats.word_rep_ratio, { minimum: parameters.min_ratio, maximum: parameters.max_ratio }, parameters),
    }
  },
})

import { z } from 'zod'
import { Failure } from '../../../topologies/failure.ts'
import { defineSelector } from '../../../topologies/operator.ts'
import { commonParameters } from '../../../topologies/parameters.ts'
import { chosenCount, everything, ranked, requireField } from '../selection/choice.ts'
import { LARGEST, numberAt, scalarAt } from '../selection/fields.ts'
import { count, fieldKey, ratio } from '../selection/parameters.ts'

export default defineSelector({
  name: 'topk_specified_field_selector',
  summary: 'Keeps the documents with the largest values of a field, or the smallest.',
  parameters: commonParameters.extend({
    field_key: fieldKey,
    top_ratio: ratio('share of the documents that are kept; 0 counts as left out'),
    topk: count('how many documents are kept; with top_ratio, where it is fewer'),
    reverse: z.boolean().default(true).describe('whether the largest are kept; false: the smallest'),
  }),
  quirks: [
    'The documents come out in the order of their values, equals as they came.',
    'Below the top level, texts count as the numbers that they spell, lists as their mean, and what is neither comes last.',
    'At the top level values are ranked as they are, numbers or texts; a document without one fails, where Data-Juicer ends.',
  ],
  examples: [
    {
      title: 'keeps the largest',
      parameters: { field_key: 'stars', topk: 1 },
      before: [{ text: 'a', stars: 3 }],
      text: 'b',
      fields: { stars: 7 },
      expect: { keep: true },
    },
    {
      title: 'drops the others',
      parameters: { field_key: 'meta.stars', topk: 1 },
      text: 'a',
      fields: { meta: { stars: 3 } },
      after: [{ text: 'b', meta: { stars: '7' } }],
      expect: { drop: 'not_selected' },
    },
  ],
  create({ field_key: path, top_ratio: share, topk, reverse }) {
    const isIdle = path === '' || (!share && !topk)
    const isNested = path.includes('.')
    const last = reverse ? -LARGEST : LARGEST
    return {
      view(subject) {
        if (isIdle) return null
        if (isNested) return numberAt(subject, path, last)
        const value = scalarAt(subject, path)
        if (value !== null) return value
        throw new Failure('operator_failed', `The sample has no value under "${path}", so it cannot be ranked.`)
      },
      select(views) {
        const most = chosenCount(views.length, share, topk)
        if (isIdle || most === null || views.length <= 1) return everything(views.length)
        requireField(views, path)
        const order = ranked(
          views.map((view) => view ?? last),
          reverse,
        )
        return order.subarray(0, most)
      },
    }
  },
})

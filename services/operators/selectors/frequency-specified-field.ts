import { z } from 'zod'
import type { View } from '../../../topologies/dataset/operator.ts'
import { defineSelector } from '../../../topologies/operator.ts'
import { commonParameters } from '../../../topologies/parameters.ts'
import { chosenCount, everything, requireField } from '../selection/choice.ts'
import { scalarAt } from '../selection/fields.ts'
import { count, fieldKey, ratio } from '../selection/parameters.ts'

export default defineSelector({
  name: 'frequency_specified_field_selector',
  summary: 'Keeps the documents whose value of a field is among the most frequent ones, or the least.',
  parameters: commonParameters.extend({
    field_key: fieldKey,
    top_ratio: ratio('share of the distinct values that are kept; 0 counts as left out'),
    topk: count('how many distinct values are kept; with top_ratio, where it is fewer'),
    reverse: z.boolean().default(true).describe('whether the most frequent are kept; false: the least'),
  }),
  quirks: [
    'The documents come out value by value; of equally frequent ones the value comes first that is seen first.',
    'A missing value is a value, and so is null, the same one.',
    'Numbers and booleans of one size are equal: 1, 1.0 and true.',
  ],
  examples: [
    {
      title: 'keeps what is frequent',
      parameters: { field_key: 'site', topk: 1 },
      before: [
        { text: 'a', site: 'x' },
        { text: 'b', site: 'y' },
      ],
      text: 'c',
      fields: { site: 'y' },
      expect: { keep: true },
    },
    {
      title: 'drops what is not',
      parameters: { field_key: 'site', topk: 1 },
      text: 'a',
      fields: { site: 'x' },
      after: [
        { text: 'b', site: 'y' },
        { text: 'c', site: 'y' },
      ],
      expect: { drop: 'not_selected' },
    },
  ],
  create({ field_key: path, top_ratio: share, topk, reverse }) {
    const isIdle = path === '' || (!share && !topk)
    return {
      view: (subject) => (isIdle ? null : scalarAt(subject, path)),
      select(views) {
        if (isIdle || views.length <= 1) return everything(views.length)
        requireField(views, path)
        const groups = [...grouped(views).values()]
        const most = chosenCount(groups.length, share, topk) ?? groups.length
        const sign = reverse ? -1 : 1
        groups.sort((a, b) => sign * (a.length - b.length))
        return Uint32Array.from(groups.slice(0, most).flat())
      },
    }
  },
})

/** The places of each value, in the order in which the values are first seen. */
function grouped(views: readonly View[]): Map<View, number[]> {
  const groups = new Map<View, number[]>()
  for (const [i, view] of views.entries()) {
    const value = typeof view === 'boolean' ? Number(view) : view
    const group = groups.get(value)
    if (group) group.push(i)
    else groups.set(value, [i])
  }
  return groups
}

import { z } from 'zod'
import type { Exact } from '../../../schemas/json/exact.ts'
import { Failure } from '../../../topologies/failure.ts'
import { type Change, defineSampleMapper } from '../../../topologies/operator.ts'
import { commonParameters } from '../../../topologies/parameters.ts'
import { isWellFormed } from '../grouping/well-formed.ts'

/** Members of this kind stay within a run. */
const INTERNAL = '__dj__'

export default defineSampleMapper({
  name: 'naive_reverse_grouper',
  summary:
    'Takes a grouped document apart again: the first values of all its fields make the first document, and so on.',
  parameters: commonParameters.extend({
    batch_meta_export_path: z
      .null('must be left out: __dj__batch_meta__ is not written to a file')
      .optional()
      .describe('must be left out: __dj__batch_meta__ is not written to a file'),
  }),
  quirks: [
    'The first field says how many documents there are; one with fewer values fails the document, one with more loses them.',
    'A text is taken apart into its characters.',
  ],
  examples: [
    {
      title: 'takes lists apart',
      text: '',
      fields: { text: ['a', 'b'], stars: [3, 5] },
      expect: {
        documents: [
          { text: 'a', stars: 3 },
          { text: 'b', stars: 5 },
        ],
      },
    },
    {
      title: 'fails where a list is shorter than the first',
      text: '',
      fields: { text: ['a', 'b'], stars: [3] },
      expect: { fail: true },
    },
  ],
  create: () => (subject) => {
    const fields = subject.keys().filter((key) => !key.startsWith(INTERNAL))
    const lists = fields.map((key) => [key, listOf(key, subject.exact(key))] as const)
    const broken = lists.find(([key, list]) => !key.isWellFormed() || !isWellFormed(list))
    if (broken) throw new Failure('operator_failed', `The field "${broken[0]}" holds half of a surrogate pair.`)
    const [[, first] = ['', []]] = lists
    return first.map(
      (_, i): Change => ({ fields: Object.fromEntries(lists.map((list) => [list[0], itemOf(list, i)])), whole: true }),
    )
  },
})

function listOf(key: string, value: Exact | undefined): Exact[] {
  if (Array.isArray(value)) return value
  if (typeof value === 'string') return [...value]
  throw new Failure('operator_failed', `The field "${key}" is no list, so it cannot be taken apart.`)
}

function itemOf([key, list]: readonly [string, Exact[]], place: number): Exact {
  const item = list[place]
  if (item !== undefined) return item
  throw new Failure('operator_failed', `The field "${key}" has only ${list.length} values, fewer than the first field.`)
}

import { z } from 'zod'
import { defineGrouper } from '../../../topologies/operator.ts'
import { commonParameters } from '../../../topologies/parameters.ts'
import { groupKey } from '../grouping/key.ts'
import { mergeSamples } from '../grouping/merge.ts'

export default defineGrouper({
  name: 'key_value_grouper',
  summary:
    'Makes one document of all that have the same values in some fields: each of its fields is the list of their values.',
  parameters: commonParameters.extend({
    group_by_keys: z
      .array(z.string())
      .nullish()
      .describe('the fields, with dots between the levels, such as meta.site; the text when there are none'),
  }),
  quirks: [
    'Groups come out in the order in which their values are first seen.',
    'A missing value is a value, and so is null, the same one; 1 and 1.0 are the same too.',
    'A field that some samples of a group lack has null in their place.',
  ],
  examples: [
    {
      title: 'groups by a field',
      parameters: { group_by_keys: ['site'] },
      before: [
        { text: 'a', site: 'x' },
        { text: 'b', site: 'y' },
      ],
      text: 'c',
      fields: { site: 'x' },
      expect: {
        documents: [
          { text: ['a', 'c'], site: ['x', 'x'] },
          { text: ['b'], site: ['y'] },
        ],
      },
    },
    { title: 'leaves nothing of the others', text: 'a', after: [{ text: 'a' }], expect: { drop: 'grouped' } },
  ],
  create({ group_by_keys: keys }) {
    return {
      key: (subject) => groupKey(subject, keys && keys.length > 0 ? keys : [subject.textKey]),
      merge: mergeSamples,
    }
  },
})

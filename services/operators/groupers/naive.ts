import { defineGrouper } from '../../../topologies/operator.ts'
import { commonParameters } from '../../../topologies/parameters.ts'
import { mergeSamples } from '../grouping/merge.ts'

export default defineGrouper({
  name: 'naive_grouper',
  summary: 'Makes one document of the whole data set: each of its fields is the list of all values.',
  parameters: commonParameters,
  quirks: ['A field that some samples lack has null in their place.'],
  examples: [
    {
      title: 'makes lists of all fields',
      before: [{ text: 'a', stars: 3 }],
      text: 'b',
      fields: { stars: 5 },
      expect: { documents: [{ text: ['a', 'b'], stars: [3, 5] }] },
    },
    { title: 'leaves nothing of the others', text: 'a', after: [{ text: 'b' }], expect: { drop: 'grouped' } },
  ],
  create: () => ({ key: () => '', merge: mergeSamples }),
})

import { defineDeduplicator } from '../../../topologies/operator.ts'
import { minHashDeduplicator } from '../minhash/deduplicator.ts'
import { minHashAssets, rayMinHashParameters } from '../minhash/parameters.ts'

export default defineDeduplicator({
  name: 'ray_bts_minhash_deduplicator_with_uid',
  summary:
    'Drops near duplicates as ray_bts_minhash_deduplicator does, but of a cluster the document with the least __dj__uid stays.',
  parameters: rayMinHashParameters,
  quirks: [
    'Every sample needs a whole number under __dj__uid, and no two the same: give those that shall stay the smaller ones.',
    'Data-Juicer takes __dj__uid away behind the deduplication; here it stays within the run, as all members of that kind.',
  ],
  examples: [
    {
      title: 'keeps the later one where its number is smaller',
      before: [{ text: 'one two three four five six seven', __dj__uid: 8 }],
      text: 'one two three four five six seven',
      fields: { __dj__uid: 7 },
      expect: { keep: true },
    },
    {
      title: 'drops the one with the larger number',
      before: [{ text: 'one two three four five six seven', __dj__uid: 1 }],
      text: 'one two three four five six seven',
      fields: { __dj__uid: 2 },
      expect: { drop: 'duplicate' },
    },
  ],
  assets: minHashAssets,
  create: (parameters, context) => minHashDeduplicator(parameters, context, { ranked: true }),
})

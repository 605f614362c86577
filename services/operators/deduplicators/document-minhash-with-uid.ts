import { defineDeduplicator } from '../../../topologies/operator.ts'
import { minHashDeduplicator } from '../minhash/deduplicator.ts'
import { minHashAssets, minHashParameters } from '../minhash/parameters.ts'

export default defineDeduplicator({
  name: 'document_minhash_deduplicator_with_uid',
  summary:
    'Drops near duplicates as document_minhash_deduplicator does, but of a cluster the document with the least __dj__uid stays.',
  parameters: minHashParameters,
  quirks: [
    'Every sample needs a whole number under __dj__uid, and no two the same: give those that shall stay the smaller ones.',
    'All documents of fewer tokens than the window are alike, so that only one of them stays.',
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
      text: 'One two three four five six seven',
      fields: { __dj__uid: 2 },
      expect: { drop: 'duplicate' },
    },
    { title: 'fails a sample without a number', text: 'one two three four five six', expect: { fail: true } },
  ],
  assets: minHashAssets,
  create: (parameters, context) => minHashDeduplicator(parameters, context, { ranked: true }),
})

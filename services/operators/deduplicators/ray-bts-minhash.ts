import { defineDeduplicator } from '../../../topologies/operator.ts'
import { minHashDeduplicator } from '../minhash/deduplicator.ts'
import { minHashAssets, rayMinHashParameters } from '../minhash/parameters.ts'

export default defineDeduplicator({
  name: 'ray_bts_minhash_deduplicator',
  summary: 'Drops near duplicates with the signatures and bands of document_minhash_deduplicator.',
  parameters: rayMinHashParameters,
  quirks: [
    "Of a cluster the first document in the data set's order stays; on Ray it is the first to arrive, another one in each run.",
    'All documents of fewer tokens than the window are alike, so that only the first of them stays.',
    'Signatures are those of the processor: on a GPU, Data-Juicer takes another family of hashes.',
  ],
  examples: [
    {
      title: 'drops a text that is the same but for its case',
      before: [{ text: 'One two three four five six seven' }],
      text: 'one two three FOUR five six seven',
      expect: { drop: 'duplicate' },
    },
    {
      title: 'keeps a text that is another',
      before: [{ text: 'one two three four five six seven' }],
      text: 'seven six five four three two one',
      expect: { keep: true },
    },
  ],
  assets: minHashAssets,
  create: (parameters, context) => minHashDeduplicator(parameters, context),
})

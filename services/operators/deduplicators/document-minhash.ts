import { defineDeduplicator } from '../../../topologies/operator.ts'
import { minHashDeduplicator } from '../minhash/deduplicator.ts'
import { minHashAssets, minHashParameters } from '../minhash/parameters.ts'

export default defineDeduplicator({
  name: 'document_minhash_deduplicator',
  summary:
    'Drops near duplicates, by MinHash signatures whose bands are compared: the first document of a cluster stays.',
  parameters: minHashParameters,
  quirks: [
    'Clusters are chains: two documents that are both like a third are of one cluster, however unlike each other.',
    'All documents of fewer tokens than the window are alike, so that only the first of them stays.',
    'Words are parted by blanks alone: line feeds and tabs stay within a token.',
    'Where num_bands times num_rows_per_band is more than num_permutations by a whole band, all documents are alike.',
  ],
  examples: [
    {
      title: 'drops a text that differs in a word of thirty',
      before: [{ text: `${'the mill stands by the river and grinds what the farmers bring '.repeat(3)}every day` }],
      text: `${'the mill stands by the river and grinds what the farmers bring '.repeat(3)}every night`,
      expect: { drop: 'duplicate' },
    },
    {
      title: 'keeps a text that is another',
      before: [{ text: 'one two three four five six seven' }],
      text: 'seven six five four three two one',
      expect: { keep: true },
    },
    {
      title: 'finds all short texts alike',
      before: [{ text: 'good morning' }],
      text: 'hello world',
      expect: { drop: 'duplicate' },
    },
    {
      title: 'compares Chinese by its characters',
      parameters: { tokenization: 'character', window_size: 2 },
      before: [{ text: '磨坊在河边,农民把粮食带到这里来磨成面粉。' }],
      text: '磨坊在河边,农民把粮食带到这里来磨成面粉!',
      expect: { drop: 'duplicate' },
    },
  ],
  assets: minHashAssets,
  create: (parameters, context) => minHashDeduplicator(parameters, context),
})

import { z } from 'zod'
import { defineDeduplicator } from '../../../topologies/operator.ts'
import { commonParameters } from '../../../topologies/parameters.ts'
import { shingleParameters } from '../shingles/parameters.ts'
import { blockKeys } from '../simhash/blocks.ts'
import { BYTES, distance, simHash } from '../simhash/signature.ts'

/** The member in which a run of Data-Juicer leaves its hash in decimal, which is trusted. */
const SIMHASH = '__dj__simhash'
const BITS = 8 * BYTES

const parameters = commonParameters
  .extend({
    ...shingleParameters(6),
    num_blocks: z
      .int()
      .positive()
      .max(BITS)
      .default(6)
      .describe('blocks that a hash is parted into to find similar ones; no effect on the result'),
    hamming_distance: z
      .int()
      .positive()
      .default(4)
      .describe('bits in which two duplicates may differ; fewer than num_blocks'),
  })
  .superRefine(({ num_blocks: blocks, hamming_distance: bits }, context) => {
    if (bits < blocks) return
    context.addIssue({
      code: 'custom',
      path: ['hamming_distance'],
      message: `must be less than num_blocks, which is ${blocks}`,
    })
  })

export default defineDeduplicator({
  name: 'document_simhash_deduplicator',
  summary: 'Drops near duplicates, by SimHash values that differ in few bits: the first document of a cluster stays.',
  parameters,
  quirks: [
    'Clusters are chains: two documents that are both like a third are of one cluster, however unlike each other.',
    'All documents of fewer tokens than the window have the hash 0, so that only the first of them stays.',
    'A hash that a sample brings along under __dj__simhash is taken as it is.',
  ],
  examples: [
    {
      title: 'drops a text that is the same but for its case',
      before: [{ text: 'The mill stands by the river and grinds' }],
      text: 'the MILL stands by the river and grinds',
      expect: { drop: 'duplicate' },
    },
    {
      title: 'keeps a text that is another',
      before: [{ text: 'The mill stands by the river and grinds' }],
      text: 'Seven farmers bring their corn to town tonight',
      expect: { keep: true },
    },
    {
      title: 'finds all short texts alike',
      before: [{ text: 'good morning' }],
      text: 'hello world',
      expect: { drop: 'duplicate' },
    },
  ],
  create(given) {
    const { num_blocks: blocks, hamming_distance: most } = given
    const hashOf = simHash(given)
    const keysOf = blockKeys(blocks, most)
    return {
      probe(subject) {
        const { value } = subject.text()
        const signature = known(subject.field(SIMHASH)) ?? hashOf(value)
        return { keys: keysOf(signature), signature }
      },
      compare(a, b) {
        const bits = distance(a, b)
        return bits <= most ? 1 - bits / BITS : null
      },
      similarity: (a, b) => 1 - distance(a, b) / BITS,
    }
  },
})

function known(value: unknown): Uint8Array | null {
  if (typeof value !== 'string' || !/^\d{1,20}$/.test(value)) return null
  const bytes = Buffer.alloc(BYTES)
  bytes.writeBigUInt64BE(BigInt.asUintN(BITS, BigInt(value)))
  return bytes
}

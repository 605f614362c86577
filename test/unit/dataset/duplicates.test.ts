import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCodec } from '../../../schemas/codec.ts'
import type { ProbedDocument } from '../../../schemas/dataset.ts'
import { Clusters } from '../../../services/dataset/clusters.ts'
import { bucketFold } from '../../../services/dataset/folds/bucket-fold.ts'
import { levelStores } from '../../../services/dataset/store/level-store.ts'
import { findDuplicates } from '../../../topologies/dataset/duplicates.ts'
import type { Deduplicator, Probe } from '../../../topologies/dataset/operator.ts'
import type { DatasetLink } from '../../../topologies/topology.ts'

const codec = createCodec()
const openStore = levelStores(mkdtempSync(join(tmpdir(), 'millrace-duplicates-')))
let stores = 0

type Kind = Pick<Deduplicator<never>, 'compare' | 'similarity'>

const sharing: Kind = { similarity: () => 1 }
/** Alike when they differ in one at most. */
const near = (a: Uint8Array, b: Uint8Array) => (Math.abs((a[0] ?? 0) - (b[0] ?? 0)) <= 1 ? 0.9 : null)
const comparing: Kind = { compare: near, similarity: () => 0.9 }

const byte = fc.nat({ max: 9 }).map((number) => Uint8Array.of(number))
const probes = fc.array(
  fc.record({
    keys: fc.uniqueArray(byte, { maxLength: 3, selector: ([n]) => n }),
    signature: byte,
    ranked: fc.nat({ max: 3 }),
  }),
  { minLength: 1, maxLength: 30 },
)

/** What index and judge make of probes that come in blocks of this size to so many shards. */
async function judged(
  deduplicator: Kind,
  all: Probe[],
  { size, shards }: { size: number; shards: number },
): Promise<(number | null)[]> {
  const clusters = new Clusters()
  for (let shard = 0; shard < shards; shard++) {
    const store = await openStore(String(stores++))
    const fold = bucketFold({
      deduplicator: { probe: neverAsked, ...deduplicator },
      link: linkOf(shards),
      shard,
      codec,
    })
    for (let first = 0; first < all.length; first += size) {
      const documents = all.slice(first, first + size).map((probe, i) => probed(probe, first + i, { shard, shards }))
      const block = {
        pipeline: 'p',
        operator: '',
        parameters: '',
        partition: 0,
        block: BigInt(first),
        ended: [],
        forgotten: [],
      }
      const turn = { block: { ...block, total: documents.length, documents }, dataset: 0, own: true, ended: [], first }
      const { changes, answers } = await fold.fold(store, [turn])
      await store.write(changes)
      for (const { value } of answers.edges)
        for (const edge of value ? codec.decodeEdges(value).edges : []) clusters.add(edge)
    }
    await store.close()
  }
  const found = new Map(
    (clusters.verdicts().get(0) ?? []).map((one) => [one.order.readUInt32BE(), Number(one.original?.id)]),
  )
  return all.map((_, i) => found.get(i) ?? null)
}

function probed(
  { keys, signature, rank }: Probe,
  i: number,
  { shard, shards }: { shard: number; shards: number },
): ProbedDocument {
  const order = Buffer.alloc(4)
  order.writeUInt32BE(i)
  const own = keys.filter(([n = 0]) => n % shards === shard).map((key) => Buffer.from(key))
  return { order, id: String(i), source: '', keys: own, signature: Buffer.from(signature), rank: rank ?? null }
}

function neverAsked(): never {
  throw new Error('an index never looks at documents')
}

function linkOf(shards: number): DatasetLink {
  const operator = { index: 0, name: '', parameters: {}, textKey: 'text', onFailure: 'dead_letter' as const }
  const topics = { probes: '', edges: '', verdicts: '' }
  return { operator, fingerprint: '', judged: 'end', lasting: false, shards, answerers: 1, ...topics }
}

test.each([
  ['share a key', sharing, false],
  ['are found alike', comparing, false],
  ['share a key and have ranks', sharing, true],
] as const)(
  'index and judge find the same duplicates as a look at all documents at once: where they %s',
  async (_, kind, ranks) => {
    await fc.assert(
      fc.asyncProperty(
        probes,
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 3 }),
        async (given, size, shards) => {
          const all = given.map(
            ({ keys, signature, ranked }): Probe => ({ keys, signature, ...(ranks ? { rank: BigInt(ranked) } : {}) }),
          )
          expect(await judged(kind, all, { size, shards })).toEqual(findDuplicates(kind, all))
        },
      ),
      { numRuns: 60 },
    )
  },
)

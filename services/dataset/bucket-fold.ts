import type { Codec } from '../../schemas/codec.ts'
import type { Edge, Verdict } from '../../schemas/dataset.ts'
import type { Deduplicator } from '../../topologies/dataset/operator.ts'
import { DUPLICATE, type Subject } from '../../topologies/operator.ts'
import type { DatasetLink } from '../../topologies/topology.ts'
import { type Answers, type Fold, noAnswers, type Turn } from './fold.ts'
import { bytesOf, keyOf, spelling } from './keys.ts'
import { decodeIndexed, encodeIndexed, type IndexedDocument, indexed } from './known-document.ts'
import type { Change, Store } from './store.ts'

export interface BucketParts {
  deduplicator: Deduplicator<Subject>
  link: DatasetLink
  shard: number
  codec: Codec
}

const NUMBER_BYTES = 8

/** Finds documents that share a key with an earlier one. Of each bucket the first is kept; all of them where they are compared. */
export function bucketFold(parts: BucketParts): Fold {
  return {
    async fold(store, turns) {
      const draft = await Draft.over(store, turns, parts.deduplicator.compare !== undefined)
      const answers = noAnswers()
      for (const turn of turns) {
        const edges = edgesOf(turn, draft, parts.deduplicator)
        for (const id of turn.block.forgotten) draft.forget(turn.block.pipeline, id)
        if (turn.own) answer(turn, edges, parts, answers)
      }
      return { changes: draft.changes(), answers }
    },
  }
}

function edgesOf({ block, dataset, first }: Turn, draft: Draft, deduplicator: Deduplicator<Subject>): Edge[] {
  const { pipeline, partition } = block
  return block.documents.flatMap((probed, i) => {
    const document = indexed(probed, { pipeline, partition, dataset })
    const others = deduplicator.compare
      ? draft.alike(document, probed.keys, first + i, deduplicator.compare)
      : draft.sharing(document, probed.keys, first + i)
    // Under at-least-once delivery a document may leave its probe twice.
    return others.filter((other) => !isSame(document, other)).map((other) => edgeOf(document, other, deduplicator))
  })
}

function isSame(document: IndexedDocument, other: IndexedDocument): boolean {
  return document.pipeline === other.pipeline && document.order.equals(other.order)
}

function edgeOf(document: IndexedDocument, other: IndexedDocument, deduplicator: Deduplicator<Subject>): Edge {
  const past = other.pipeline !== document.pipeline || other.dataset < document.dataset
  return { document, other, past, similarity: deduplicator.similarity(document.signature, other.signature) }
}

function answer({ block, dataset, ended }: Turn, edges: Edge[], parts: BucketParts, answers: Answers): void {
  const { link, shard, codec } = parts
  if (link.judged === 'arrival') {
    const value = codec.encodeVerdicts({ answerer: shard, through: block.block, verdicts: verdictsOf(edges) })
    answers.verdicts.set(block.partition, [...(answers.verdicts.get(block.partition) ?? []), { key: null, value }])
    return
  }
  const write = (block: Omit<Parameters<Codec['encodeEdges']>[0], 'shard'>) =>
    answers.edges.push({ key: null, value: codec.encodeEdges({ shard, ...block }) })
  if (edges.length > 0) write({ dataset, edges, ended: null, through: [] })
  for (const { dataset, run, through } of ended) write({ dataset, edges: [], ended: run, through })
}

/** The first to arrive stays: a document goes that is like an earlier one, and names the earliest. */
function verdictsOf(edges: Edge[]): Verdict[] {
  const earliest = new Map<string, Edge>()
  for (const edge of edges) {
    const key = spelling(edge.document.order)
    if (!earliest.has(key)) earliest.set(key, edge)
  }
  return [...earliest.values()].map(({ document, other, similarity }) => ({
    order: document.order,
    reason: DUPLICATE,
    original: { pipeline: other.pipeline, id: other.id, source: other.source, similarity },
    lines: [],
    sample: null,
  }))
}

/** What a store holds of the keys of some blocks, and what they add to it. */
class Draft {
  readonly #buckets: Map<string, number[]>
  readonly #documents: Map<number, IndexedDocument | null>
  readonly #twins: Map<string, number>
  readonly #names: Map<string, number>
  readonly #changes = new Map<string, Change>()

  private constructor(
    buckets: Map<string, number[]>,
    documents: Map<number, IndexedDocument | null>,
    others: { twins: Map<string, number>; names: Map<string, number> },
  ) {
    this.#buckets = buckets
    this.#documents = documents
    this.#twins = others.twins
    this.#names = others.names
  }

  static async over(store: Store, turns: Turn[], compares: boolean): Promise<Draft> {
    const documents = turns.flatMap(({ block }) => block.documents)
    const buckets = await lookUp(
      store,
      'bucket',
      documents.flatMap(({ keys }) => keys),
    )
    const twins = await lookUp(store, 'twin', compares ? documents.map(({ signature }) => signature) : [])
    const names = await lookUp(
      store,
      'name',
      turns.flatMap(({ block }) => block.forgotten.map((id) => nameOf(block.pipeline, id))),
    )
    const numbers = [...new Set([...buckets.values(), ...twins.values(), ...names.values()].flat())]
    const found = await store.getMany(numbers.map((number) => keyOf('document', bytesOf(number))))
    const known = new Map(numbers.map((number, i) => [number, found[i] ? decodeIndexed(found[i]) : null]))
    return new Draft(buckets, known, { twins: firsts(twins), names: firsts(names) })
  }

  /** The first documents of the buckets; the document becomes the first of those that have none. */
  sharing(document: IndexedDocument, keys: Buffer[], number: number): IndexedDocument[] {
    const others = new Map<number, IndexedDocument>()
    for (const key of keys) {
      const [first] = this.#in(key)
      if (first) others.set(...first)
      else this.#fill(key, [number])
    }
    this.#add(document, number)
    return byArrival(others)
  }

  /** The documents of the buckets that compare finds alike; of those with one signature only the first is in any. */
  alike(
    document: IndexedDocument,
    keys: Buffer[],
    number: number,
    compare: (a: Uint8Array, b: Uint8Array) => number | null,
  ): IndexedDocument[] {
    const others = new Map<number, IndexedDocument>()
    const { signature } = document
    const twin = this.#twins.get(spelling(signature))
    const first = twin === undefined ? null : this.#documents.get(twin)
    this.#add(document, number)
    if (twin !== undefined && first) return compare(signature, signature) === null ? [] : [first]
    this.#twins.set(spelling(signature), number)
    this.#put(keyOf('twin', signature), bytesOf(number))
    for (const key of keys) {
      const there = this.#in(key)
      for (const [at, other] of there) if (compare(other.signature, signature) !== null) others.set(at, other)
      this.#fill(key, [...there.map(([at]) => at), number])
    }
    return byArrival(others)
  }

  /** From now on the document is as if it had never been there. */
  forget(pipeline: string, id: string): void {
    const name = nameOf(pipeline, id)
    const number = this.#names.get(spelling(name))
    if (number === undefined) return
    this.#documents.set(number, null)
    for (const key of [keyOf('document', bytesOf(number)), keyOf('name', name)]) {
      this.#changes.set(spelling(key), { type: 'del', key })
    }
  }

  changes(): Change[] {
    return [...this.#changes.values()]
  }

  /** The documents of a bucket that are not forgotten, by their numbers. */
  #in(key: Buffer): [number, IndexedDocument][] {
    return (this.#buckets.get(spelling(key)) ?? []).flatMap((number) => {
      const document = this.#documents.get(number)
      return document ? [[number, document] as [number, IndexedDocument]] : []
    })
  }

  #fill(key: Buffer, numbers: number[]): void {
    this.#buckets.set(spelling(key), numbers)
    this.#put(keyOf('bucket', key), Buffer.concat(numbers.map(bytesOf)))
  }

  #add(document: IndexedDocument, number: number): void {
    const name = nameOf(document.pipeline, document.id)
    this.#documents.set(number, document)
    this.#names.set(spelling(name), number)
    this.#put(keyOf('document', bytesOf(number)), encodeIndexed(document))
    this.#put(keyOf('name', name), bytesOf(number))
  }

  #put(key: Buffer, value: Buffer): void {
    this.#changes.set(spelling(key), { type: 'put', key, value })
  }
}

function byArrival(documents: Map<number, IndexedDocument>): IndexedDocument[] {
  return [...documents].sort(([a], [b]) => a - b).map(([, document]) => document)
}

/** The numbers under each key that the store has. */
async function lookUp(store: Store, kind: 'bucket' | 'twin' | 'name', keys: Buffer[]): Promise<Map<string, number[]>> {
  const unique = new Map(keys.map((key) => [spelling(key), key]))
  const found = await store.getMany(Array.from(unique.values(), (key) => keyOf(kind, key)))
  const numbers = new Map<string, number[]>()
  for (const [i, key] of [...unique.keys()].entries()) if (found[i]) numbers.set(key, numbersIn(found[i]))
  return numbers
}

function numbersIn(bytes: Buffer): number[] {
  return Array.from({ length: bytes.length / NUMBER_BYTES }, (_, i) => Number(bytes.readBigUInt64BE(i * NUMBER_BYTES)))
}

function firsts(all: Map<string, number[]>): Map<string, number> {
  return new Map(Array.from(all, ([key, [first = 0]]) => [key, first]))
}

function nameOf(pipeline: string, id: string): Buffer {
  return Buffer.from(`${pipeline}\0${id}`)
}

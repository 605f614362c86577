import type { Codec } from '../../../schemas/codec.ts'
import type { Edge, Verdict } from '../../../schemas/dataset.ts'
import type { Deduplicator } from '../../../topologies/dataset/operator.ts'
import { DUPLICATE, type Subject } from '../../../topologies/operator.ts'
import type { DatasetLink } from '../../../topologies/topology.ts'
import { bytesOf, keyOf, NUMBER_BYTES, readNumber, spelling, writeNumber } from '../store/keys.ts'
import type { Change, Store } from '../store/store.ts'
import { type Answers, type Fold, noAnswers, type Turn } from './fold.ts'
import { decodeIndexed, encodeIndexed, type IndexedDocument, indexed } from './known-document.ts'

/** Most edges in one record. */
const EDGES = 5_000

export interface BucketParts {
  deduplicator: Deduplicator<Subject>
  link: DatasetLink
  shard: number
  codec: Codec
}

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
  for (let i = 0; i < edges.length; i += EDGES) {
    write({ dataset, edges: edges.slice(i, i + EDGES), ended: null, through: [] })
  }
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

/** A key of a store, and the numbers of the documents that the store has under it. */
interface Entry {
  key: Buffer
  numbers: number[]
  changed: boolean
}

type Entries = Map<string, Entry>

/** What a store holds of the keys of some blocks, and what they add to it. */
class Draft {
  readonly #buckets: Entries
  readonly #twins: Entries
  readonly #names: Entries
  readonly #documents: Map<number, IndexedDocument | null>
  readonly #changes: Change[] = []

  private constructor(
    found: { buckets: Entries; twins: Entries; names: Entries },
    documents: Map<number, IndexedDocument | null>,
  ) {
    this.#buckets = found.buckets
    this.#twins = found.twins
    this.#names = found.names
    this.#documents = documents
  }

  static async over(store: Store, turns: Turn[], compares: boolean): Promise<Draft> {
    const documents = turns.flatMap(({ block }) => block.documents)
    const forgotten = turns.flatMap(({ block }) => block.forgotten.map((id) => nameOf(block.pipeline, id)))
    const buckets = await lookUp(
      store,
      'bucket',
      documents.flatMap(({ keys }) => keys),
    )
    const twins = await lookUp(store, 'twin', compares ? documents.map(({ signature }) => signature) : [])
    const names = await lookUp(store, 'name', forgotten)
    const numbers = [buckets, twins, names].flatMap((entries) => Array.from(entries.values(), ({ numbers }) => numbers))
    const known = await documentsOf(store, [...new Set(numbers.flat())])
    return new Draft({ buckets, twins, names }, known)
  }

  /** The first documents of the buckets; the document becomes the first of those that have none. */
  sharing(document: IndexedDocument, keys: Buffer[], number: number): IndexedDocument[] {
    const others = new Map<number, IndexedDocument>()
    for (const key of keys) {
      const entry = entryOf(this.#buckets, 'bucket', key)
      const first = entry.numbers[0]
      const other = first === undefined ? null : this.#documents.get(first)
      if (other && first !== undefined) others.set(first, other)
      else fill(entry, [number])
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
    const twin = entryOf(this.#twins, 'twin', signature)
    const first = twin.numbers[0] === undefined ? null : this.#documents.get(twin.numbers[0])
    this.#add(document, number)
    if (first) return compare(signature, signature) === null ? [] : [first]
    fill(twin, [number])
    for (const key of keys) {
      const entry = entryOf(this.#buckets, 'bucket', key)
      const there = this.#in(entry)
      for (const [at, other] of there) if (compare(other.signature, signature) !== null) others.set(at, other)
      fill(entry, [...there.map(([at]) => at), number])
    }
    return byArrival(others)
  }

  /** From now on the document is as if it had never been there. */
  forget(pipeline: string, id: string): void {
    const name = entryOf(this.#names, 'name', nameOf(pipeline, id))
    const [number] = name.numbers
    if (number === undefined) return
    this.#documents.set(number, null)
    name.numbers = []
    this.#changes.push({ type: 'del', key: name.key }, { type: 'del', key: keyOf('document', bytesOf(number)) })
  }

  changes(): Change[] {
    return [...this.#changes, ...changesOf(this.#buckets), ...changesOf(this.#twins)]
  }

  /** The documents of a bucket that are not forgotten, by their numbers. */
  #in({ numbers }: Entry): [number, IndexedDocument][] {
    return numbers.flatMap((number) => {
      const document = this.#documents.get(number)
      return document ? [[number, document] as [number, IndexedDocument]] : []
    })
  }

  /** In the order of the changes a document may still be forgotten behind this. */
  #add(document: IndexedDocument, number: number): void {
    const name = entryOf(this.#names, 'name', nameOf(document.pipeline, document.id))
    const bytes = bytesOf(number)
    this.#documents.set(number, document)
    name.numbers = [number]
    this.#changes.push(
      { type: 'put', key: keyOf('document', bytes), value: encodeIndexed(document) },
      { type: 'put', key: name.key, value: bytes },
    )
  }
}

/** What the store has under each key. */
async function lookUp(store: Store, kind: 'bucket' | 'twin' | 'name', keys: Buffer[]): Promise<Entries> {
  const entries: Entries = new Map()
  for (const key of keys) entryOf(entries, kind, key)
  const all = [...entries.values()]
  const found = await store.getMany(all.map(({ key }) => key))
  for (const [i, entry] of all.entries()) if (found[i]) entry.numbers = numbersIn(found[i])
  return entries
}

async function documentsOf(store: Store, numbers: number[]): Promise<Map<number, IndexedDocument | null>> {
  const found = await store.getMany(numbers.map((number) => keyOf('document', bytesOf(number))))
  return new Map(numbers.map((number, i) => [number, found[i] ? decodeIndexed(found[i]) : null]))
}

const EMPTY: number[] = []

function entryOf(entries: Entries, kind: 'bucket' | 'twin' | 'name', key: Buffer): Entry {
  const spelt = spelling(key)
  const known = entries.get(spelt)
  if (known) return known
  const entry = { key: keyOf(kind, key), numbers: EMPTY, changed: false }
  entries.set(spelt, entry)
  return entry
}

function fill(entry: Entry, numbers: number[]): void {
  entry.numbers = numbers
  entry.changed = true
}

function changesOf(entries: Entries): Change[] {
  const changes: Change[] = []
  for (const { key, numbers, changed } of entries.values()) {
    if (changed) changes.push({ type: 'put', key, value: bytesOfAll(numbers) })
  }
  return changes
}

function bytesOfAll(numbers: number[]): Buffer {
  const bytes = Buffer.allocUnsafe(numbers.length * NUMBER_BYTES)
  for (const [i, number] of numbers.entries()) writeNumber(bytes, number, i * NUMBER_BYTES)
  return bytes
}

function numbersIn(bytes: Buffer): number[] {
  return Array.from({ length: bytes.length / NUMBER_BYTES }, (_, i) => readNumber(bytes, i * NUMBER_BYTES))
}

function byArrival(documents: Map<number, IndexedDocument>): IndexedDocument[] {
  return [...documents].sort(([a], [b]) => a - b).map(([, document]) => document)
}

function nameOf(pipeline: string, id: string): Buffer {
  return Buffer.from(`${pipeline}\0${id}`)
}

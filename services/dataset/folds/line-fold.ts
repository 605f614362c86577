import type { Codec } from '../../../schemas/codec.ts'
import type { Verdict } from '../../../schemas/dataset.ts'
import type { DatasetLink } from '../../../topologies/topology.ts'
import { keyOf, rangeOf, spelling } from '../store/keys.ts'
import type { Change, Store } from '../store/store.ts'
import { verdictRecords } from '../verdict-records.ts'
import { type Fold, noAnswers, type Turn } from './fold.ts'

export interface LineParts {
  /** A line goes that stands in more documents than this. */
  threshold: number
  link: DatasetLink
  shard: number
  codec: Codec
}

const NOTHING = Buffer.alloc(0)

/**
 * Counts the documents in which a line stands. At the end of a data set every document learns which of its lines are
 * frequent; where documents are judged as they arrive, those that have become frequent by then.
 */
export function lineFold(parts: LineParts): Fold {
  const { link, shard, codec, threshold } = parts
  return {
    async fold(store, turns) {
      const counts = await countsOf(store, turns)
      const postings = new Postings(store)
      const answers = noAnswers()
      const put = (partition: number, through: bigint, verdicts: Verdict[]) => {
        const records = verdictRecords(verdicts, { answerer: shard, through }, codec)
        answers.verdicts.set(partition, [...(answers.verdicts.get(partition) ?? []), ...records])
      }
      for (const turn of turns) {
        count(turn, counts)
        if (!turn.own) continue
        const { block, dataset, ended } = turn
        const frequent = (key: Buffer) => (counts.get(spelling(key)) ?? 0) > threshold
        if (link.judged === 'arrival') {
          put(block.partition, block.block, verdictsOn(block.documents, frequent))
          continue
        }
        for (const { order, keys } of block.documents)
          postings.add(dataset, keys, { partition: block.partition, order })
        for (const { dataset, through, documents } of ended) {
          const verdicts = await postings.settle(dataset, documents > 1 ? threshold : Number.POSITIVE_INFINITY, counts)
          for (const [partition, border] of through.entries()) put(partition, border, verdicts.get(partition) ?? [])
        }
      }
      return { changes: [...changesOf(counts), ...postings.changes()], answers }
    },
  }
}

type Counts = Map<string, number>

/** What the store has of the lines of some blocks. */
async function countsOf(store: Store, turns: Turn[]): Promise<Counts> {
  const keys = turns.flatMap(({ block }) => block.documents.flatMap(({ keys }) => keys))
  const unique = new Map(keys.map((key) => [spelling(key), key]))
  const found = await store.getMany(Array.from(unique.values(), (key) => keyOf('bucket', key)))
  return new Map(Array.from(unique.keys(), (key, i) => [key, found[i]?.readUInt32BE(0) ?? 0]))
}

function count({ block }: Turn, counts: Counts): void {
  for (const { keys } of block.documents) {
    for (const key of keys.map(spelling)) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
}

function changesOf(counts: Counts): Change[] {
  return Array.from(counts, ([key, number]) => {
    const value = Buffer.alloc(4)
    value.writeUInt32BE(number)
    return { type: 'put', key: keyOf('bucket', Buffer.from(key, 'latin1')), value }
  })
}

function verdictsOn(documents: Turn['block']['documents'], frequent: (key: Buffer) => boolean): Verdict[] {
  return documents.flatMap(({ order, keys }) => {
    const lines = keys.filter(frequent)
    return lines.length > 0 ? [{ order, reason: null, original: null, lines, sample: null }] : []
  })
}

interface Place {
  partition: number
  order: Buffer
}

/** Which documents of a data set hold a line: in the store, and what has been added since. */
class Postings {
  readonly #store: Store
  readonly #added = new Map<string, Buffer>()
  readonly #settled: Buffer[] = []

  constructor(store: Store) {
    this.#store = store
  }

  /** As a key: data set, length of the line's key, the key, partition, order. */
  add(dataset: number, keys: Buffer[], { partition, order }: Place): void {
    for (const line of keys) {
      const key = keyOf('posting', numbers(dataset), Buffer.of(line.length), line, numbers(partition), order)
      this.#added.set(spelling(key), key)
    }
  }

  /** By partition: the documents with lines that stand in more than so many documents. The data set's postings go. */
  async settle(dataset: number, threshold: number, known: Counts): Promise<Map<number, Verdict[]>> {
    const verdicts = new Map<number, Map<string, Verdict>>()
    const { from, to } = rangeOf('posting', numbers(dataset))
    for await (const lines of groups(this.#all(from, to))) {
      const [first] = lines
      if (!first || (await this.#count(first.line, known)) <= threshold) continue
      for (const { line, partition, order } of lines) {
        const those = verdicts.get(partition) ?? new Map<string, Verdict>()
        verdicts.set(partition, those)
        const verdict = those.get(spelling(order)) ?? { order, reason: null, original: null, lines: [], sample: null }
        those.set(spelling(order), verdict)
        verdict.lines.push(line)
      }
    }
    return new Map(Array.from(verdicts, ([partition, those]) => [partition, [...those.values()]]))
  }

  changes(): Change[] {
    const gone = new Set(this.#settled.map(spelling))
    const added = [...this.#added].flatMap(([spelt, key]): Change[] =>
      gone.has(spelt) ? [] : [{ type: 'put', key, value: NOTHING }],
    )
    return [...added, ...this.#settled.map((key): Change => ({ type: 'del', key }))]
  }

  async #count(line: Buffer, known: Counts): Promise<number> {
    const counted = known.get(spelling(line))
    if (counted !== undefined) return counted
    const [stored] = await this.#store.getMany([keyOf('bucket', line)])
    return stored?.readUInt32BE(0) ?? 0
  }

  /** Those of the store and those that were added, in the order of their keys. */
  async *#all(from: Buffer, to: Buffer): AsyncGenerator<Buffer> {
    const added = [...this.#added.values()].filter((key) => key.compare(from) >= 0 && key.compare(to) < 0)
    added.sort((a, b) => a.compare(b))
    let next = 0
    for await (const [key] of this.#store.range(from, to)) {
      for (; next < added.length && (added[next]?.compare(key) ?? 0) < 0; next++) yield* this.#passed(added[next])
      if (added[next]?.equals(key)) next++
      yield* this.#passed(key)
    }
    for (; next < added.length; next++) yield* this.#passed(added[next])
  }

  *#passed(key: Buffer | undefined): Generator<Buffer> {
    if (!key) return
    this.#settled.push(key)
    yield key
  }
}

interface Posting extends Place {
  line: Buffer
}

/** Neighbours of one line together. */
async function* groups(keys: AsyncIterable<Buffer>): AsyncGenerator<Posting[]> {
  let group: Posting[] = []
  for await (const key of keys) {
    const posting = postingOf(key)
    if (group[0] && !group[0].line.equals(posting.line)) {
      yield group
      group = []
    }
    group.push(posting)
  }
  if (group.length > 0) yield group
}

function postingOf(key: Buffer): Posting {
  const length = key[5] ?? 0
  const line = key.subarray(6, 6 + length)
  return { line, partition: key.readUInt32BE(6 + length), order: key.subarray(10 + length) }
}

function numbers(number: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(number)
  return bytes
}

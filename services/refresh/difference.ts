import { createHash } from 'node:crypto'
import type { Codec } from '../../schemas/codec.ts'
import type { Document } from '../../schemas/document.ts'
import type { Broker } from '../brokers/broker.ts'
import type { Manifest, SourceReport } from './manifest.ts'
import { recordsOf } from './ranges.ts'

/** What one and the other refresh say of the same thing. */
export type Pair = [number, number]

export interface Difference {
  refreshes: [string, string]
  /** What of their making is not the same. */
  subject: ('recipe' | 'index' | 'sources' | 'assets' | 'export' | 'max_samples')[]
  totals: Record<string, Pair>
  operators: { name: string; in: Pair; kept: Pair; failed: Pair; dropped: Record<string, Pair> }[]
  sources: {
    source: string
    in: Pair
    kept: Pair
    tokens: [number | null, number | null]
    rejected: Record<string, Record<string, Pair>>
    duplicates_within: Pair
    duplicates_past: Pair
    dead_letters: Record<string, Pair>
  }[]
  files: { count: Pair; bytes: Pair; rows: Pair }
}

/** Two refreshes side by side; what one of them does not have is zero there. */
export function difference(a: Manifest, b: Manifest): Difference {
  const parts = ['recipe', 'index', 'sources', 'assets', 'export', 'max_samples'] as const
  return {
    refreshes: [a.name, b.name],
    subject: parts.filter((part) => JSON.stringify(a.subject[part]) !== JSON.stringify(b.subject[part])),
    totals: pairs(a.totals, b.totals),
    operators: matched(a.operators, b.operators).map(({ key: name, left, right }) => ({
      name,
      in: [left?.in ?? 0, right?.in ?? 0],
      kept: [left?.kept ?? 0, right?.kept ?? 0],
      failed: [left?.failed ?? 0, right?.failed ?? 0],
      dropped: pairs(left?.dropped, right?.dropped),
    })),
    sources: matched(
      a.sources.map((report) => ({ ...report, name: report.source })),
      b.sources.map((report) => ({ ...report, name: report.source })),
    ).map(({ key, left, right }) => sourceDifference(key, left, right)),
    files: {
      count: [a.files.length, b.files.length],
      bytes: [sum(a.files, 'bytes'), sum(b.files, 'bytes')],
      rows: [sum(a.files, 'rows'), sum(b.files, 'rows')],
    },
  }
}

function sourceDifference(
  source: string,
  left: SourceReport | undefined,
  right: SourceReport | undefined,
): Difference['sources'][number] {
  const operators = new Set([...Object.keys(left?.rejected ?? {}), ...Object.keys(right?.rejected ?? {})])
  return {
    source,
    in: [left?.in ?? 0, right?.in ?? 0],
    kept: [left?.kept ?? 0, right?.kept ?? 0],
    tokens: [left?.tokens ?? null, right?.tokens ?? null],
    rejected: Object.fromEntries(
      [...operators].map((name) => [name, pairs(left?.rejected?.[name], right?.rejected?.[name])]),
    ),
    duplicates_within: [left?.duplicates?.within ?? 0, right?.duplicates?.within ?? 0],
    duplicates_past: [left?.duplicates?.past ?? 0, right?.duplicates?.past ?? 0],
    dead_letters: pairs(left?.dead_letters, right?.dead_letters),
  }
}

function pairs(left: Record<string, number> = {}, right: Record<string, number> = {}): Record<string, Pair> {
  const keys = new Set([...Object.keys(left), ...Object.keys(right)])
  return Object.fromEntries([...keys].map((key): [string, Pair] => [key, [left[key] ?? 0, right[key] ?? 0]]))
}

/** Things of the same name beside each other, the how manieth of its name counting, in the order of the first list. */
function matched<T extends { name: string }>(left: readonly T[], right: readonly T[]) {
  const lefts = numbered(left)
  const rights = numbered(right)
  const keys = new Set([...lefts.keys(), ...rights.keys()])
  return [...keys].map((key) => ({ key, left: lefts.get(key), right: rights.get(key) }))
}

function numbered<T extends { name: string }>(things: readonly T[]): Map<string, T> {
  const seen = new Map<string, number>()
  return new Map(
    things.map((thing): [string, T] => {
      const occurrence = (seen.get(thing.name) ?? 0) + 1
      seen.set(thing.name, occurrence)
      return [occurrence === 1 ? thing.name : `${thing.name} (${occurrence})`, thing]
    }),
  )
}

function sum(files: Manifest['files'], key: 'bytes' | 'rows'): number {
  return files.reduce((all, file) => all + file[key], 0)
}

/** A document whose text the other refresh does not have. */
export interface OnlyThere {
  count: number
  /** The first of them. */
  documents: { id: string; source: string }[]
}

/**
 * The documents whose text is in only one of two refreshes, by a hash of 64 bits: eight bytes of memory for each document.
 * Rejects with `input_missing` when some have expired on their topic.
 */
export async function documentsInOne(
  { broker, codec, most }: { broker: Broker; codec: Codec; most: number },
  a: Manifest,
  b: Manifest,
): Promise<[OnlyThere, OnlyThere]> {
  const documents = ({ offsets }: Manifest) => documentsOf(broker, codec, offsets.refined)
  const inA = await hashesOf(documents(a), a.totals.output)
  const inB = await hashesOf(documents(b), b.totals.output)
  return [await without(documents(a), inB, most), await without(documents(b), inA, most)]
}

async function* documentsOf(
  broker: Broker,
  codec: Codec,
  range: Manifest['offsets']['refined'],
): AsyncGenerator<Document> {
  for await (const { value } of recordsOf(broker, range)) if (value) yield codec.decodeDocument(value)
}

async function hashesOf(documents: AsyncIterable<Document>, count: number): Promise<BigUint64Array> {
  const hashes = new BigUint64Array(count)
  let at = 0
  for await (const document of documents) hashes[at++] = hashOf(document)
  return hashes.sort()
}

async function without(documents: AsyncIterable<Document>, others: BigUint64Array, most: number): Promise<OnlyThere> {
  const only: OnlyThere = { count: 0, documents: [] }
  for await (const document of documents) {
    if (holds(others, hashOf(document))) continue
    only.count++
    if (only.documents.length < most) only.documents.push({ id: document.id, source: document.source })
  }
  return only
}

function hashOf({ text }: Document): bigint {
  return createHash('sha256').update(text).digest().readBigUInt64BE()
}

function holds(sorted: BigUint64Array, wanted: bigint): boolean {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? 0n) < wanted) low = middle + 1
    else high = middle
  }
  return sorted[low] === wanted
}

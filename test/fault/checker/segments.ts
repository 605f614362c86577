import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PipelineLog } from './pipeline-log.ts'
import { type Violation, violation } from './violation.ts'

/** A record batch as it lies in the broker's own files: kafka.apache.org/documentation, "Record Batch". */
export interface StoredBatch {
  /** Where it begins in its file. */
  at: number
  first: bigint
  last: bigint
  producerId: bigint
  epoch: number
  transactional: boolean
  /** Set for a transaction's marker. */
  marker: 'commit' | 'abort' | null
}

const HEAD = 61
const TRANSACTIONAL = 0x10
const CONTROL = 0x20
/** Where a control record's type lies: behind the head, five one-byte numbers, and the version of the key. */
const TYPE_AT = HEAD + 7

/** The batches of one partition, from the files of a local broker's data directory. */
export function storedBatches(directory: string): StoredBatch[] {
  const files = readdirSync(directory).filter((name) => name.endsWith('.log'))
  return files.sort().flatMap((name) => batchesIn(readFileSync(join(directory, name))))
}

function batchesIn(bytes: Buffer): StoredBatch[] {
  const batches: StoredBatch[] = []
  for (let at = 0; at + HEAD <= bytes.length; ) {
    const end = at + 12 + bytes.readInt32BE(at + 8)
    if (bytes.readInt8(at + 16) !== 2 || end > bytes.length) break
    const attributes = bytes.readInt16BE(at + 21)
    const first = bytes.readBigInt64BE(at)
    const marker = (attributes & CONTROL) === 0 ? null : bytes.readInt16BE(at + TYPE_AT) === 1 ? 'commit' : 'abort'
    batches.push({
      at,
      first,
      last: first + BigInt(bytes.readInt32BE(at + 23)),
      producerId: bytes.readBigInt64BE(at + 43),
      epoch: bytes.readInt16BE(at + 51),
      transactional: (attributes & TRANSACTIONAL) !== 0,
      marker,
    })
    at = end
  }
  return batches
}

/** Offsets of a partition by what became of their transaction. Without a transaction a record is committed. */
export function offsetsByFate(batches: readonly StoredBatch[]): {
  committed: Set<bigint>
  aborted: Set<bigint>
  open: Set<bigint>
} {
  const fates = { committed: new Set<bigint>(), aborted: new Set<bigint>(), open: new Set<bigint>() }
  const pending = new Map<bigint, bigint[]>()
  for (const { first, last, producerId, transactional, marker } of batches) {
    const offsets = Array.from({ length: Number(last - first) + 1 }, (_, i) => first + BigInt(i))
    if (marker !== null) {
      const into = marker === 'commit' ? fates.committed : fates.aborted
      for (const offset of pending.get(producerId) ?? []) into.add(offset)
      pending.delete(producerId)
    } else if (transactional) pending.set(producerId, [...(pending.get(producerId) ?? []), ...offsets])
    else for (const offset of offsets) fates.committed.add(offset)
  }
  for (const offsets of pending.values()) for (const offset of offsets) fates.open.add(offset)
  return fates
}

/**
 * Holds what a reader saw against what the broker stored: all of every committed transaction, nothing of an aborted one, none left open; and no
 * producer wrote with an epoch that a newer one had ended.
 */
export function storedViolations(log: PipelineLog, data: string): Violation[] {
  const shown: string[] = []
  const hidden: string[] = []
  const left: string[] = []
  const fenced: string[] = []
  for (const { topic, partitions } of log.topology.channels) {
    const seen = Map.groupBy(log.records.get(topic) ?? [], ({ partition }) => partition)
    for (let partition = 0; partition < partitions; partition++) {
      const batches = storedBatches(join(data, `${topic}-${partition}`))
      const { committed, aborted, open } = offsetsByFate(batches)
      const visible = new Set((seen.get(partition) ?? []).map(({ record }) => record.offset))
      const text = (offset: bigint) => `${topic} ${partition}-${offset}`
      shown.push(...[...visible].filter((offset) => aborted.has(offset) || open.has(offset)).map(text))
      hidden.push(...[...committed].filter((offset) => !visible.has(offset)).map(text))
      left.push(...[...open].map(text))
      fenced.push(...revenants(batches).map(({ first }) => text(first)))
    }
  }
  return [
    ...violation('I5', 'readers of committed records see what was aborted', shown),
    ...violation('I5', 'readers of committed records miss what was committed', hidden),
    ...violation('I5', 'transactions were left open', left),
    ...violation('I10', 'producers wrote that had been fenced', fenced),
  ]
}

/** Batches of a producer behind batches of the same producer with a newer epoch. */
export function revenants(batches: readonly StoredBatch[]): StoredBatch[] {
  const newest = new Map<bigint, number>()
  return batches.filter(({ producerId, epoch }) => {
    const known = newest.get(producerId) ?? -1
    newest.set(producerId, Math.max(known, epoch))
    return producerId >= 0n && epoch < known
  })
}

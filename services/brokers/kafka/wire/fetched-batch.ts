import type { IncomingRecord } from '../../broker.ts'
import type { RecordBatch } from './record-set.ts'
import { WireFailure } from './wire-failure.ts'

/** What kafkajs knows of one partition of a fetch response. */
export interface FetchedPartition {
  partition: number
  highWatermark: string
  abortedTransactions?: { producerId: string; firstOffset: string }[]
  messages: RecordBatch[]
}

/**
 * The committed records of one partition of one fetch. Stands in for kafkajs' own batch, so its methods are what kafkajs' runner
 * asks for; a fetch of control records alone counts as a batch too, because positions must move over it. Throws what kept the
 * first of the records from being decoded.
 */
export class FetchedBatch {
  readonly topic: string
  readonly partition: number
  readonly highWatermark: string
  /** The offset that was asked for. */
  readonly from: bigint
  /** The offset behind everything that was fetched. */
  readonly next: bigint
  readonly messages: IncomingRecord[]
  readonly #fetched: boolean

  constructor(topic: string, fetchedOffset: string, data: FetchedPartition) {
    this.topic = topic
    this.partition = data.partition
    this.highWatermark = data.highWatermark
    this.from = BigInt(fetchedOffset)
    this.#fetched = data.messages.length > 0
    const damage = data.messages[0]?.damage
    if (damage) throw placed(damage, this)
    this.messages = committedRecords(data, this.from)
    const last = data.messages.at(-1)?.lastOffset ?? this.from - 1n
    this.next = last + 1n > this.from ? last + 1n : this.from
  }

  isEmpty(): boolean {
    return !this.#fetched
  }

  isEmptyDueToFiltering(): boolean {
    return false
  }

  firstOffset(): string | null {
    return this.messages[0]?.offset.toString() ?? null
  }

  lastOffset(): string {
    return (this.next - 1n).toString()
  }

  offsetLag(): string {
    return (BigInt(this.highWatermark) - this.next).toString()
  }

  offsetLagLow(): string {
    return (BigInt(this.highWatermark) - 1n - (this.messages[0]?.offset ?? this.next - 1n)).toString()
  }
}

/** The decoder does not know of which partition the records are. */
function placed(damage: WireFailure, { topic, partition, from }: FetchedBatch): WireFailure {
  const place = `The records of topic ${topic}, partition ${partition}, from offset ${from} cannot be read.`
  // Without a cause, which kafkajs would put in its place.
  return new WireFailure(`${place} ${damage.message}`, { code: damage.code })
}

/** Leaves out control records, records before the offset that was asked for, and those of aborted transactions. */
function committedRecords(data: FetchedPartition, from: bigint): IncomingRecord[] {
  const aborted = (data.abortedTransactions ?? [])
    .map(({ producerId, firstOffset }) => ({ producerId: BigInt(producerId), firstOffset: BigInt(firstOffset) }))
    .sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1))
  const aborting = new Set<bigint>()
  const parts: IncomingRecord[][] = []
  for (const batch of data.messages) {
    for (let next = aborted[0]; next && next.firstOffset <= batch.lastOffset; next = aborted[0]) {
      aborting.add(next.producerId)
      aborted.shift()
    }
    if (batch.aborts) aborting.delete(batch.producerId)
    if (batch.control || (batch.transactional && aborting.has(batch.producerId))) continue
    parts.push(onwards(batch.records, from))
  }
  return parts.length === 1 ? (parts[0] ?? []) : parts.flat()
}

/** Batches are fetched whole, so the first one may begin before the offset that was asked for. */
function onwards(records: IncomingRecord[], from: bigint): IncomingRecord[] {
  const first = records[0]
  return !first || first.offset >= from ? records : records.filter(({ offset }) => offset >= from)
}

import type { Batch, IncomingRecord, OutgoingRecord, TopicPartition } from '../broker.ts'

/** A transaction as the partitions see it. */
export interface TransactionState {
  outcome: 'open' | 'committed' | 'aborted'
}

interface Entry {
  /** Null for the marker that ends a transaction: it takes an offset and nobody reads it. */
  record: IncomingRecord | null
  bytes: number
  transaction: TransactionState | null
}

/** One partition: records and markers at offsets without gaps, and what readers of committed records may see of them. */
export class PartitionLog {
  readonly name: TopicPartition
  readonly #entries: Entry[] = []
  readonly #watchers = new Set<() => void>()
  /** First offset of every open transaction here, in the order of the log. */
  readonly #open = new Map<TransactionState, number>()

  constructor(name: TopicPartition) {
    this.name = name
  }

  get end(): bigint {
    return BigInt(this.#entries.length)
  }

  append(records: OutgoingRecord[], transaction: TransactionState | null): void {
    if (transaction && !this.#open.has(transaction)) this.#open.set(transaction, this.#entries.length)
    for (const record of records) {
      const stored = store(record, BigInt(this.#entries.length))
      this.#entries.push({ record: stored, bytes: sizeOf(record), transaction })
    }
    this.#tell()
  }

  /** Writes the marker of a transaction whose outcome is settled. */
  settle(transaction: TransactionState): void {
    this.#open.delete(transaction)
    this.#entries.push({ record: null, bytes: 0, transaction: null })
    this.#tell()
  }

  /** Committed records from an offset on, up to the first open transaction; null when there is nothing to pass yet. */
  read(from: bigint, maxBytes: number): Batch | null {
    const [firstOpen] = this.#open.values()
    const stable = firstOpen ?? this.#entries.length
    const records: IncomingRecord[] = []
    let next = Number(from)
    for (let bytes = 0; next < stable; next++) {
      const entry = this.#entries[next]
      if (!entry?.record || entry.transaction?.outcome === 'aborted') continue
      bytes += entry.bytes
      if (records.length > 0 && bytes > maxBytes) break
      records.push({ ...entry.record, headers: { ...entry.record.headers } })
    }
    return next > Number(from) ? { ...this.name, records, next: BigInt(next), highWatermark: this.end } : null
  }

  /** Calls back after every change; gives the function that ends it. */
  watch(changed: () => void): () => void {
    this.#watchers.add(changed)
    return () => this.#watchers.delete(changed)
  }

  #tell(): void {
    for (const changed of this.#watchers) changed()
  }
}

/** Copies, because a broker must not see what its clients do to their buffers afterwards. */
function store(record: OutgoingRecord, offset: bigint): IncomingRecord {
  const copies = Object.entries(record.headers ?? {}).map(([name, value]) => [name, Buffer.from(value)])
  const headers: Record<string, Buffer> = Object.fromEntries(copies)
  return {
    offset,
    timestamp: record.timestamp ?? Date.now(),
    key: record.key && Buffer.from(record.key),
    value: record.value && Buffer.from(record.value),
    headers,
  }
}

/** About the bytes of a record in a batch of Kafka's: key, value, headers, and what frames them. */
export function sizeOf(record: OutgoingRecord): number {
  let bytes = 70 + (record.key?.length ?? 0) + (record.value?.length ?? 0)
  for (const [name, value] of Object.entries(record.headers ?? {})) bytes += name.length + Buffer.byteLength(value) + 4
  return bytes
}

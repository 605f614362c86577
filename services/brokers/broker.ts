/** What the house asks of a broker, and no more. Brokers carry bytes; they know no schema. */

export interface TopicPartition {
  topic: string
  partition: number
}

export type Headers = Record<string, Buffer | string>

export interface IncomingRecord {
  offset: bigint
  /** Milliseconds since the epoch. */
  timestamp: number
  key: Buffer | null
  value: Buffer | null
  headers: Record<string, Buffer>
}

export interface OutgoingRecord {
  key: Buffer | null
  value: Buffer | null
  headers?: Headers
  /** Milliseconds since the epoch; now, when not given. */
  timestamp?: number
}

/** Records for one partition, in order. */
export interface Delivery extends TopicPartition {
  records: OutgoingRecord[]
}

/** Committed records of one partition, in order. Empty when only control records were passed: `next` still moves on. */
export interface Batch extends TopicPartition {
  records: IncomingRecord[]
  /** The offset behind this batch: what to commit once it is done. */
  next: bigint
  /** End of the partition when the batch was fetched. */
  highWatermark: bigint
}

export interface Position extends TopicPartition {
  offset: bigint
}

export interface TopicSpec {
  topic: string
  partitions: number
  config?: Record<string, string>
}

/** Every method rejects with a Failure whose code is in the table; none rejects with a foreign error. */
export interface Broker {
  readonly kind: 'kafka' | 'memory'
  /** Addresses, for people. */
  readonly address: string
  /** Creates what is missing; topics that exist stay as they are. */
  createTopics(specs: TopicSpec[]): Promise<void>
  deleteTopics(topics: string[]): Promise<void>
  topics(): Promise<string[]>
  /** Rejects with `topic_missing`. */
  partitions(topic: string): Promise<number>
  /** First and next offset of every partition, by partition number. Rejects with `topic_missing`. */
  bounds(topic: string): Promise<{ earliest: bigint; latest: bigint }[]>
  /** Committed offset of a group per partition of the topic, by partition number; null where it has none. */
  committed(group: string, topic: string): Promise<(bigint | null)[]>
  /** An idempotent producer: what it acknowledged is written once. */
  producer(options?: ProducerOptions): Promise<Producer>
  /** A transactional producer, not yet initialised: call `init` before the first `begin`. */
  transactor(transactionalId: string, options?: ProducerOptions): Promise<Transactor>
  consumer(options: ConsumerOptions): Promise<Consumer>
  /**
   * Reads committed records without a group. `from`: first offset per partition (earliest when left out). `until: 'end'`
   * ends at what was the end of each partition at the call; `'forever'` follows until the signal aborts.
   */
  read(topic: string, options: ReadOptions): AsyncIterable<Batch>
  close(): Promise<void>
}

export interface ProducerOptions {
  compression?: 'none' | 'gzip' | 'zstd'
  /** Transactions open for longer are aborted by the broker. Milliseconds; 60,000 when not given. */
  transactionTimeout?: number
}

export interface ReadOptions {
  from?: Map<number, bigint>
  /** Only these partitions; all of them when left out. */
  partitions?: readonly number[]
  until: 'end' | 'forever'
  signal?: AbortSignal
}

export interface Producer {
  /** Resolves when every record is acknowledged, in order per partition. Slices large requests by bytes. */
  send(deliveries: Delivery[]): Promise<void>
  close(): Promise<void>
}

/**
 * One transactional id. `init` fences every older holder of the id and settles what it left pending; when it resolves, the
 * committed offsets are final. After `producer_fenced`, `transaction_lost` or `broker_timeout` only `init` or `close` may be called.
 */
export interface Transactor {
  init(): Promise<void>
  begin(): Promise<Transaction>
  close(): Promise<void>
}

export interface Transaction {
  send(deliveries: Delivery[]): Promise<void>
  sendOffsets(group: string, positions: Position[]): Promise<void>
  commit(): Promise<void>
  abort(): Promise<void>
}

export interface ConsumerOptions {
  group: string
  topics: string[]
  /** Called with the whole new assignment. All that was delivered before is void; nothing is delivered before `readFrom`. */
  onAssigned(partitions: TopicPartition[]): void
  /** Must not block; hold back with `pause`. */
  onBatch(batch: Batch): void
  /** Records at these offsets, `from` inclusive, `to` exclusive, expired before they were read; what follows is delivered. */
  onExpired?(gap: TopicPartition & { from: bigint; to: bigint }): void
  /** The consumer ended by itself and will not come back. */
  onLost(error: Error): void
  /** Milliseconds without a heartbeat after which the group takes the partitions away; 10,000 when not given. */
  sessionTimeout?: number
  /** Most bytes of one partition in one batch; 4 MiB when not given. */
  maxBytesPerPartition?: number
}

export interface Consumer {
  /** Starts or restarts delivery of an assigned partition at this offset; nothing older is delivered afterwards. */
  readFrom(position: Position): void
  pause(partition: TopicPartition): void
  resume(partition: TopicPartition): void
  /** Commits outside of any transaction (at-least-once delivery only). */
  commit(positions: Position[]): Promise<void>
  /** Leaves the group. */
  close(): Promise<void>
}

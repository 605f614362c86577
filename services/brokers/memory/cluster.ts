import { Failure } from '../../../topologies/failure.ts'
import type { Delivery, Position, TopicSpec } from '../broker.ts'
import { PartitionLog, sizeOf, type TransactionState } from './partition-log.ts'

/** Kafka's default for `max.message.bytes`. */
const DEFAULT_MESSAGE_BYTES = 1_048_588

interface Topic {
  partitions: PartitionLog[]
  messageBytes: number
}

/** What all clients of one memory broker share: topics, and the offsets that groups have committed. */
export class MemoryCluster {
  readonly #topics = new Map<string, Topic>()
  readonly #offsets = new Map<string, bigint>()
  readonly #deletionWatchers = new Set<() => void>()

  create({ topic, partitions, config = {} }: TopicSpec): void {
    if (this.#topics.has(topic)) return
    const logs = Array.from({ length: partitions }, (_, partition) => new PartitionLog({ topic, partition }))
    this.#topics.set(topic, {
      partitions: logs,
      messageBytes: Number(config['max.message.bytes'] ?? DEFAULT_MESSAGE_BYTES),
    })
  }

  /** Forgets the topic and, as Kafka does, what groups have committed of it. */
  delete(topic: string): void {
    if (!this.#topics.delete(topic)) return
    for (const name of this.#offsets.keys()) {
      if (name.startsWith(`${topic}\n`)) this.#offsets.delete(name)
    }
    for (const tell of this.#deletionWatchers) tell()
  }

  /** Calls back when a topic is deleted; gives the function that ends it. */
  watchDeletions(deleted: () => void): () => void {
    this.#deletionWatchers.add(deleted)
    return () => this.#deletionWatchers.delete(deleted)
  }

  names(): string[] {
    return [...this.#topics.keys()].sort()
  }

  has(topic: string): boolean {
    return this.#topics.has(topic)
  }

  partitions(topic: string): PartitionLog[] {
    return this.#topic(topic).partitions
  }

  partition(topic: string, partition: number): PartitionLog {
    const log = this.#topic(topic).partitions[partition]
    if (!log) throw new Failure('topic_missing', `The topic ${topic} has no partition ${partition}.`)
    return log
  }

  /** Appends all or nothing. Rejects with `topic_missing` or `message_too_large`. */
  append(deliveries: Delivery[], transaction: TransactionState | null): PartitionLog[] {
    const filled = deliveries.filter(({ records }) => records.length > 0)
    const logs = filled.map(({ topic, partition }) => this.partition(topic, partition))
    for (const { topic, records } of filled) this.#check(topic, records)
    for (const [i, log] of logs.entries()) log.append(filled[i]?.records ?? [], transaction)
    return logs
  }

  commit(group: string, positions: Position[]): void {
    for (const { topic, partition, offset } of positions) {
      this.partition(topic, partition)
      this.#offsets.set(offsetName(group, topic, partition), offset)
    }
  }

  committed(group: string, topic: string): (bigint | null)[] {
    return this.partitions(topic).map((_, partition) => this.#offsets.get(offsetName(group, topic, partition)) ?? null)
  }

  #check(topic: string, records: Delivery['records']): void {
    const limit = this.#topic(topic).messageBytes
    if (!records.some((record) => sizeOf(record) > limit)) return
    throw new Failure(
      'message_too_large',
      `A record is larger than max.message.bytes of topic ${topic}, which is ${limit}.`,
    )
  }

  #topic(topic: string): Topic {
    const found = this.#topics.get(topic)
    if (!found) throw new Failure('topic_missing', `The topic ${topic} does not exist.`)
    return found
  }
}

function offsetName(group: string, topic: string, partition: number): string {
  return `${topic}\n${partition}\n${group}`
}

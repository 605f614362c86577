import { classify } from '../../topologies/failure.ts'
import type { Batch, Broker, Consumer, IncomingRecord, TopicPartition } from '../brokers/broker.ts'

export interface AttachParts {
  broker: Broker
  topic: string
  /** The consumer group: what one of its members has delivered, none gets again. */
  group: string
  /** Where a group begins that has delivered nothing so far. */
  from: 'beginning' | 'end'
  /** Ends after so many records; infinity for no end. */
  most: number
  /** Takes records of one partition, in order. When it resolves they are delivered. */
  deliver(records: IncomingRecord[], partition: number): Promise<void>
  signal: AbortSignal
}

/** Waiting batches of more than this hold back the broker. Bytes. */
const MOST_WAITING = 32 * 2 ** 20

/**
 * Gives a topic's committed records to a consumer, and notes for its group what was delivered: behind the delivery, so that
 * nothing is passed over. Whoever stops between the two gets the last batch once more. Resolves after `most` records or
 * when the signal aborts; rejects when the group is lost.
 */
export async function attach(parts: AttachParts): Promise<void> {
  const reading = new Reading(parts)
  await reading.open()
  try {
    await reading.deliverAll()
  } finally {
    await reading.close()
  }
}

class Reading {
  readonly #parts: AttachParts
  #joining: Promise<Consumer> | null = null
  #consumer: Consumer | null = null
  #waiting: Batch[] = []
  #bytes = 0
  readonly #paused = new Set<number>()
  /** Counts the assignments: what came in a former one is void. */
  #assignment = 0
  #failure: unknown = null
  #wake: () => void = () => undefined

  constructor(parts: AttachParts) {
    this.#parts = parts
    parts.signal.addEventListener('abort', () => this.#wake(), { once: true })
  }

  async open(): Promise<void> {
    const { broker, topic, group } = this.#parts
    this.#joining = broker.consumer({
      group,
      topics: [topic],
      onAssigned: (partitions) => void this.#begin(partitions),
      onBatch: (batch) => this.#take(batch),
      onLost: (error) => this.#end(error),
    })
    this.#consumer = await this.#joining
  }

  async deliverAll(): Promise<void> {
    const { deliver, topic, signal, most } = this.#parts
    let left = most
    while (!signal.aborted && this.#failure === null) {
      const batch = this.#waiting.shift()
      if (!batch) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
        continue
      }
      this.#release(batch)
      const assignment = this.#assignment
      const records = batch.records.slice(0, left)
      if (records.length > 0) await deliver(records, batch.partition)
      left -= records.length
      const behind = records.length < batch.records.length ? (records.at(-1)?.offset ?? -1n) + 1n : batch.next
      const position = { topic, partition: batch.partition, offset: behind }
      if (assignment === this.#assignment) await this.#consumer?.commit([position])
      if (left <= 0) return
    }
    if (this.#failure !== null) throw classify(this.#failure)
  }

  async close(): Promise<void> {
    await this.#consumer?.close()
  }

  async #begin(partitions: TopicPartition[]): Promise<void> {
    const { broker, topic, group, from } = this.#parts
    const assignment = ++this.#assignment
    this.#waiting = []
    this.#bytes = 0
    this.#paused.clear()
    try {
      const [committed, bounds] = await Promise.all([broker.committed(group, topic), broker.bounds(topic)])
      // Partitions may be assigned before the consumer is in hand, even before it is being waited for.
      const consumer = await this.#joining
      if (assignment !== this.#assignment) return
      for (const { partition } of partitions) {
        const bound = bounds[partition]
        const start = from === 'end' ? bound?.latest : bound?.earliest
        consumer?.readFrom({ topic, partition, offset: committed[partition] ?? start ?? 0n })
      }
    } catch (thrown) {
      this.#end(thrown)
    }
  }

  #take(batch: Batch): void {
    this.#waiting.push(batch)
    this.#bytes += sizeOf(batch)
    if (this.#bytes > MOST_WAITING && !this.#paused.has(batch.partition)) {
      this.#paused.add(batch.partition)
      this.#consumer?.pause(batch)
    }
    this.#wake()
  }

  #release(batch: Batch): void {
    this.#bytes -= sizeOf(batch)
    if (this.#bytes > MOST_WAITING / 2) return
    for (const partition of this.#paused) this.#consumer?.resume({ topic: this.#parts.topic, partition })
    this.#paused.clear()
  }

  #end(failure: unknown): void {
    this.#failure = failure
    this.#wake()
  }
}

function sizeOf({ records }: Batch): number {
  return records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0)
}

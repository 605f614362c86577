import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type {
  Batch,
  Broker,
  Consumer,
  ConsumerOptions,
  Delivery,
  IncomingRecord,
  TopicPartition,
} from '../../services/brokers/broker.ts'
import { Failure, type FailureCode } from '../../topologies/failure.ts'

export const LARGE = { 'max.message.bytes': String(64 * 1024 * 1024) }
/** Long enough for a rebalance on a busy machine; nothing waits this long when all is well. Milliseconds. */
const PATIENCE = 15_000

/** The broker under test, and what every test does with it. */
export class Bench {
  #broker: Broker | null = null

  async open(open: () => Promise<Broker>): Promise<void> {
    this.#broker = await open()
  }

  async close(): Promise<void> {
    await this.#broker?.close()
  }

  get broker(): Broker {
    if (!this.#broker) throw new Error('The broker is not open yet.')
    return this.#broker
  }

  async newTopic(partitions = 1, config: Record<string, string> = {}): Promise<string> {
    const topic = `contract-${randomUUID()}`
    await this.broker.createTopics([{ topic, partitions, config }])
    return topic
  }

  async produce(topic: string, values: string[], partition = 0): Promise<void> {
    const producer = await this.broker.producer()
    await producer.send([delivery(topic, values, partition)])
    await producer.close()
  }

  /** Writes in one transaction, which is committed when `outcome` says so. */
  async transact(topic: string, values: string[], outcome: 'commit' | 'abort' = 'commit'): Promise<void> {
    const transactor = await this.broker.transactor(randomUUID())
    await transactor.init()
    const transaction = await transactor.begin()
    await transaction.send([delivery(topic, values)])
    await transaction[outcome]()
    await transactor.close()
  }

  async readAll(topic: string, from?: Map<number, bigint>): Promise<Batch[]> {
    const batches: Batch[] = []
    for await (const batch of this.broker.read(topic, { until: 'end', ...(from ? { from } : {}) })) batches.push(batch)
    return batches
  }

  async valuesOf(topic: string): Promise<string[]> {
    return (await this.readAll(topic)).flatMap(({ records }) => records.map(textOf))
  }

  /** A member that reads whatever it is assigned, from the start or from where `startAt` says. */
  async member(
    group: string,
    topic: string,
    change: Partial<ConsumerOptions> & { startAt?: bigint } = {},
  ): Promise<Member> {
    const seen = new Member()
    const consumer = await this.broker.consumer({
      group,
      topics: [topic],
      onAssigned: (partitions) => {
        seen.assignments.push(partitions)
        setImmediate(() => {
          for (const partition of partitions) seen.consumer?.readFrom({ ...partition, offset: change.startAt ?? 0n })
        })
      },
      onBatch: (batch) => seen.batches.push(batch),
      onLost: (error) => seen.lost.push(error),
      ...change,
    })
    seen.consumer = consumer
    // The first assignment comes before the consumer is handed over.
    for (const partition of seen.assignments.at(-1) ?? [])
      consumer.readFrom({ ...partition, offset: change.startAt ?? 0n })
    return seen
  }

  /** Reads a topic from its start as it is written. */
  follow(topic: string): { values: string[]; stop(): Promise<void> } {
    const values: string[] = []
    const abort = new AbortController()
    const reading = (async () => {
      for await (const { records } of this.broker.read(topic, { until: 'forever', signal: abort.signal }))
        values.push(...records.map(textOf))
    })()
    return {
      values,
      stop: () => {
        abort.abort()
        return reading
      },
    }
  }
}

/** What a member of a group was given. */
class Member {
  readonly assignments: TopicPartition[][] = []
  readonly batches: Batch[] = []
  readonly lost: Error[] = []
  consumer: Consumer | null = null

  get values(): string[] {
    return this.batches.flatMap(({ records }) => records.map(textOf))
  }

  get partitions(): number[] {
    return (this.assignments.at(-1) ?? []).map(({ partition }) => partition).sort()
  }
}

export function delivery(topic: string, values: string[], partition = 0): Delivery {
  return { topic, partition, records: values.map((value) => ({ key: null, value: Buffer.from(value) })) }
}

export function textOf(record: IncomingRecord): string {
  return record.value?.toString() ?? 'null'
}

export function failedWith(code: FailureCode): (error: unknown) => boolean {
  return (error) => {
    if (!(error instanceof Failure)) return false
    expect(error.code).toBe(code)
    return true
  }
}

/** Waits until the expectations hold. */
export async function eventually(expectations: () => void | Promise<void>): Promise<void> {
  const deadline = Date.now() + PATIENCE
  for (;;) {
    try {
      await expectations()
      return
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
    await sleep(20)
  }
}

export function deferred<T>(): { promise: Promise<T>; resolve(value: T): void } {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

export function ignore(): void {
  return
}

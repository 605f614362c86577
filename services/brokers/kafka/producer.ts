import { setTimeout as sleep } from 'node:timers/promises'
import type { Producer as KafkaProducer, Message, ProducerBatch } from 'kafkajs'
import { Failure, type FailureCode } from '../../../topologies/failure.ts'
import type { Delivery, Producer, ProducerOptions } from '../broker.ts'
import type { Client } from './client.ts'
import { kafkaFailure } from './failures.ts'
import { CLIENT_RETRY, persistently } from './retry.ts'
import { type SliceLimits, sliceRequests } from './slices.ts'
import { CODECS } from './wire/compression.ts'
import type { PartitionRecords } from './wire/patches.ts'

/** What producers share beside the client. */
export interface ProducerParts {
  client: Client
  limits: SliceLimits
}

/** How long a plain producer tries a request: longer than the restart of a broker. Milliseconds. */
const PATIENCE = 90_000
const START_PATIENCE = 10_000
/** The broker does not take this producer's sequence numbers any more: only another producer helps. */
const OUT_OF_STEP = new Set<FailureCode>(['transaction_lost', 'producer_fenced'])
/** How long `close` waits for requests under way. Milliseconds. */
const CLOSE_PATIENCE = 10_000

/** An idempotent producer. Rejects with `broker_unreachable` when none of the brokers answers. */
export async function openProducer(parts: ProducerParts, options: ProducerOptions): Promise<Producer> {
  const producer = new PlainProducer(parts, options)
  await producer.open(START_PATIENCE)
  return producer
}

class PlainProducer implements Producer {
  readonly #parts: ProducerParts
  readonly #options: ProducerOptions
  #inner: KafkaProducer | null = null
  #sending: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(parts: ProducerParts, options: ProducerOptions) {
    this.#parts = parts
    this.#options = options
  }

  async open(patience: number): Promise<KafkaProducer> {
    const { kafka } = this.#parts.client
    const inner = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry: CLIENT_RETRY,
    })
    try {
      await persistently({ doing: 'connecting a producer', patience }, () => inner.connect())
    } catch (failure) {
      void inner.disconnect().catch(() => undefined)
      throw failure
    }
    this.#inner = inner
    return inner
  }

  /** Requests follow each other, so that records are written in the order of the calls. */
  send(deliveries: Delivery[]): Promise<void> {
    const turn = this.#sending.then(() => this.#send(deliveries))
    this.#sending = turn.catch(() => undefined)
    return turn
  }

  async #send(deliveries: Delivery[]): Promise<void> {
    if (this.#closed) throw new Failure('broker_failed', 'This producer is closed.')
    const inner = this.#inner ?? (await this.open(PATIENCE))
    const context = { doing: `producing to ${topicsOf(deliveries)}`, lost: 'broker_timeout' as const }
    try {
      for (const request of sliceRequests(deliveries, this.#parts.limits)) {
        const batch = batchOf(request, this.#options.compression)
        // A request that is sent again carries the same sequence numbers, so the broker writes it once.
        await persistently({ ...context, patience: PATIENCE, except: OUT_OF_STEP }, () => this.#attempt(inner, batch))
      }
    } catch (error) {
      // Its sequence numbers may be out of step now; the next call starts with a fresh producer.
      this.#inner = null
      void inner.disconnect().catch(() => undefined)
      throw kafkaFailure(error, context)
    }
  }

  async #attempt(inner: KafkaProducer, batch: ProducerBatch): Promise<void> {
    if (this.#closed) throw new Failure('broker_failed', 'This producer is closed.')
    await inner.sendBatch(batch)
  }

  async close(): Promise<void> {
    // What was sent before is sent to its end, unless that takes too long.
    await Promise.race([this.#sending, sleep(CLOSE_PATIENCE, undefined, { ref: false })])
    this.#closed = true
    await this.#inner?.disconnect().catch(() => undefined)
  }
}

/** One request as kafkajs takes it: per topic one message for each partition, which carries all of its records. */
export function batchOf(request: Delivery[], compression: ProducerOptions['compression'] = 'none'): ProducerBatch {
  const byTopic = new Map<string, Message[]>()
  for (const { topic, partition, records } of request) {
    const message: PartitionRecords = { partition, records, value: null }
    const messages = byTopic.get(topic)
    if (messages) messages.push(message)
    else byTopic.set(topic, [message])
  }
  return {
    compression: CODECS[compression],
    topicMessages: [...byTopic].map(([topic, messages]) => ({ topic, messages })),
  }
}

/** The topics of some deliveries, for people. */
export function topicsOf(deliveries: Delivery[]): string {
  return [...new Set(deliveries.map(({ topic }) => topic))].join(', ')
}

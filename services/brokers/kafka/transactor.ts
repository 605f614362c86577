import type { Producer as KafkaProducer, Transaction as KafkaTransaction } from 'kafkajs'
import { Failure, type FailureCode } from '../../../topologies/failure.ts'
import type { Delivery, Position, ProducerOptions, Transaction, Transactor } from '../broker.ts'
import { kafkaFailure } from './failures.ts'
import { batchOf, type ProducerParts, topicsOf } from './producer.ts'
import { CLIENT_RETRY, persistently } from './retry.ts'
import { sliceRequests } from './slices.ts'

const DEFAULT_TRANSACTION_TIMEOUT = 60_000
/** How long `init` waits for an older transaction to be settled, or for a broker that restarts. Milliseconds. */
const INIT_PATIENCE = 90_000
/** How long offsets wait for a coordinator that loads or finishes the transaction before. Milliseconds. */
const OFFSETS_PATIENCE = 15_000

/** Failures after which nobody knows, or all know too well, what became of the transaction: only `init` mends them. */
const POISON = new Set<FailureCode>(['producer_fenced', 'transaction_lost', 'broker_timeout'])
/** Answers that leave the transaction as it is, so that the caller can abort it. */
const HARMLESS = new Set<FailureCode>(['message_too_large', 'topic_missing', 'broker_denied', 'broker_untrusted'])

/** One holder of a transactional id, on a kafkajs producer that is made anew by every `init`. */
export class KafkaTransactor implements Transactor {
  readonly #parts: ProducerParts
  readonly #id: string
  readonly #options: ProducerOptions
  #inner: KafkaProducer | null = null
  /** kafkajs fences as it begins a transaction; the first one is begun by `init` and waits here. */
  #begun: KafkaTransaction | null = null
  #poison: Failure | null = null
  /** When the broker began to count the time of the transaction that is open. */
  #openSince: number | null = null
  #closed = false

  constructor(parts: ProducerParts, id: string, options: ProducerOptions) {
    this.#parts = parts
    this.#id = id
    this.#options = options
  }

  async init(): Promise<void> {
    this.#discard()
    const doing = `taking over the transactional id ${this.#id}`
    const context = { doing, transactionalId: this.#id, patience: INIT_PATIENCE }
    await persistently(context, async () => {
      if (this.#closed) throw new Failure('broker_failed', `The transactor ${this.#id} is closed.`)
      const inner = this.#create()
      try {
        await inner.connect()
        this.#begun = await inner.transaction()
        if (this.#closed) throw new Failure('broker_failed', `The transactor ${this.#id} was closed.`)
        this.#inner = inner
      } catch (error) {
        abandon(inner)
        throw error
      }
    })
    this.#poison = null
  }

  async begin(): Promise<Transaction> {
    if (this.#poison)
      throw new Failure(this.#poison.code, `${this.#poison.message} Call init first.`, { cause: this.#poison })
    const inner = this.#inner
    if (!inner) throw new Failure('broker_failed', `The transactor ${this.#id} is not initialised; call init first.`)
    const begun = this.#begun
    this.#begun = null
    this.#openSince = null
    const transaction = begun ?? (await this.#guard('beginning a transaction', () => inner.transaction()))
    return {
      send: (deliveries) => this.#send(transaction, deliveries),
      sendOffsets: (group, positions) => this.#sendOffsets(transaction, group, positions),
      commit: () => this.#settle('committing', () => transaction.commit()),
      abort: () => this.#settle('aborting', () => transaction.abort()),
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    const inner = this.#inner
    this.#inner = null
    this.#begun = null
    await inner?.disconnect().catch(() => undefined)
  }

  #create(): KafkaProducer {
    return this.#parts.client.kafka.producer({
      transactionalId: this.#id,
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      transactionTimeout: this.#timeout,
      retry: CLIENT_RETRY,
    })
  }

  #send(transaction: KafkaTransaction, deliveries: Delivery[]): Promise<void> {
    return this.#guard(`producing to ${topicsOf(deliveries)} in a transaction`, async () => {
      for (const request of sliceRequests(deliveries, this.#parts.limits)) {
        await transaction.sendBatch(batchOf(request, this.#options.compression))
      }
    })
  }

  #sendOffsets(transaction: KafkaTransaction, group: string, positions: Position[]): Promise<void> {
    const doing = `adding offsets of ${group} to a transaction`
    const topics = offsetsByTopic(positions)
    // Only what was answered is tried again: a request that was lost may have been heard all the same.
    const only = { lost: 'broker_timeout', only: 'broker_not_ready', patience: OFFSETS_PATIENCE } as const
    const context = { doing, group, transactionalId: this.#id, ...only }
    return this.#guard(doing, () =>
      persistently(context, () => transaction.sendOffsets({ consumerGroupId: group, topics })),
    )
  }

  /** The end of a transaction: any doubt about it is a time-out, because it may have happened. */
  #settle(how: string, end: () => Promise<void>): Promise<void> {
    return this.#guard(`${how} a transaction`, async () => {
      try {
        await end()
      } catch (error) {
        const doing = `${how} a transaction of ${this.#id}`
        const failure = kafkaFailure(error, { doing, transactionalId: this.#id, lost: 'broker_timeout' })
        const known = failure.code === 'broker_denied' || POISON.has(failure.code)
        throw known ? failure : new Failure('broker_timeout', failure.message, { cause: failure })
      }
    })
  }

  /** Runs a step of the transaction; remembers failures after which this producer must not be used again. */
  async #guard<T>(doing: string, step: () => Promise<T>): Promise<T> {
    if (this.#poison) throw this.#poison
    const inner = this.#inner
    this.#openSince ??= performance.now()
    try {
      return await step()
    } catch (error) {
      const failure = this.#asTransactional(error, doing)
      // A holder that was initialised anew meanwhile is not harmed by what happened to its predecessor.
      if (POISON.has(failure.code) && inner === this.#inner) this.#poison = failure
      throw failure
    }
  }

  #asTransactional(error: unknown, doing: string): Failure {
    const context = { doing: `${doing} of ${this.#id}`, transactionalId: this.#id, lost: 'broker_timeout' } as const
    const failure = kafkaFailure(error, context)
    if (failure.code === 'producer_fenced' && this.#overdue()) return this.#timedOut(failure)
    if (POISON.has(failure.code) || HARMLESS.has(failure.code)) return failure
    return new Failure('broker_timeout', failure.message, { cause: failure })
  }

  /** A transaction that was open for too long is ended by the broker, which then answers as if somebody had taken over. */
  #overdue(): boolean {
    return this.#openSince !== null && performance.now() - this.#openSince >= this.#timeout
  }

  #timedOut(failure: Failure): Failure {
    const sentence = `A transaction of ${this.#id} was open for more than ${this.#timeout / 1000} s, and the broker has ended it.`
    return new Failure('transaction_lost', sentence, { cause: failure })
  }

  get #timeout(): number {
    return this.#options.transactionTimeout ?? DEFAULT_TRANSACTION_TIMEOUT
  }

  #discard(): void {
    if (this.#inner) abandon(this.#inner)
    this.#inner = null
    this.#begun = null
  }
}

function offsetsByTopic(
  positions: Position[],
): { topic: string; partitions: { partition: number; offset: string }[] }[] {
  const byTopic = Map.groupBy(positions, ({ topic }) => topic)
  return [...byTopic].map(([topic, group]) => ({
    topic,
    partitions: group.map(({ partition, offset }) => ({ partition, offset: offset.toString() })),
  }))
}

/** Closes a producer that nobody waits for. */
function abandon(producer: KafkaProducer): void {
  void producer.disconnect().catch(() => undefined)
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Codec } from '../../../schemas/codec.ts'
import { LETTERS_STAGE, type LetterMark } from '../../../schemas/ledger.ts'
import { classify, Failure } from '../../../topologies/failure.ts'
import { groupName } from '../../../topologies/names.ts'
import type { Topology } from '../../../topologies/topology.ts'
import type { Broker, Delivery, OutgoingRecord, Transactor } from '../../brokers/broker.ts'
import { checkpoint } from '../../worker/checkpoint.ts'
import { type LetterState, MARK_KEY, Marks, readMarks } from './marks.ts'

/** A letter to settle, and the record that goes back to the raw topic for it; none when it is discarded. */
export interface Settled {
  partition: number
  offset: bigint
  record: OutgoingRecord | null
}

export interface SettlementParts {
  broker: Broker
  codec: Codec
  pipeline: string
  topics: Topology['topics']
  compression: Topology['compression']
  /** Fingerprint of the recipe that goes on with them; '' when it is not known. */
  recipe: string
  action: LetterMark['action']
}

const ATTEMPTS = 8
/** Readers wait for what is open, so what a killed command left open must end soon. Milliseconds. */
const TRANSACTION_TIMEOUT = 20_000

/**
 * Settles letters in transactions: what goes back to the raw topic, and the mark in the ledger that says so. One holder at a
 * time: a newer one fences an older one, and only then reads what is settled, when nothing of the older one is pending any more.
 */
export class Settlement {
  readonly #parts: SettlementParts
  readonly #group: string
  #transactor: Transactor | null = null
  #marks = new Marks()

  constructor(parts: SettlementParts) {
    this.#parts = parts
    this.#group = groupName(parts.pipeline, 'replay')
  }

  /** Fences every older holder. */
  async open(): Promise<void> {
    const { broker, compression } = this.#parts
    this.#transactor = await broker.transactor(this.#group, { compression, transactionTimeout: TRANSACTION_TIMEOUT })
    await this.#fence()
  }

  /** What was done with the letter at this place of the dead-letter topic. */
  of(place: { partition: number; offset: bigint }): LetterState {
    return this.#marks.of(place)
  }

  /**
   * Settles these letters, those that are not, all together. Rejects with `message_too_large` when a record is, and nothing was
   * settled; with `replay_taken_over` when there is a newer holder.
   */
  async settle(letters: readonly Settled[]): Promise<void> {
    let left = letters
    for (let attempt = 1; left.length > 0; attempt++) {
      try {
        await this.#send(left)
        return
      } catch (thrown) {
        const failure = classify(thrown)
        if (failure.code === 'producer_fenced') throw takenOver(this.#parts.pipeline)
        if (!failure.retryable || attempt === ATTEMPTS) throw failure
        await sleep(100 * 2 ** attempt)
        // Whether it happened, and what a holder in between did, the ledger tells.
        await this.#fence()
        left = left.filter((letter) => this.of(letter) === 'outstanding')
      }
    }
  }

  async close(): Promise<void> {
    await this.#transactor?.close()
  }

  async #fence(): Promise<void> {
    await this.#transactor?.init()
    this.#marks = await readMarks(this.#parts.broker, this.#parts.topics.ledger, this.#parts.codec)
  }

  async #send(letters: readonly Settled[]): Promise<void> {
    if (!this.#transactor) throw new Failure('broker_failed', 'The settlement is not open.')
    const { topics, action } = this.#parts
    const position = { topic: topics.deadLetters, partition: 0, offset: BigInt(this.#marks.size + letters.length) }
    await checkpoint(this.#transactor, { deliveries: this.#deliveries(letters), group: this.#group, position })
    for (const { partition, offset } of letters) this.#marks.add({ partition, letters: { action, offsets: [offset] } })
  }

  /** By partition: the records for the raw topic, and one mark for all letters. */
  #deliveries(letters: readonly Settled[]): Delivery[] {
    const { topics } = this.#parts
    return [...Map.groupBy(letters, ({ partition }) => partition)].flatMap(([partition, settled]) => {
      const records = settled.flatMap(({ record }) => record ?? [])
      const mark = this.#mark(
        partition,
        settled.map(({ offset }) => offset),
      )
      return [
        ...(records.length > 0 ? [{ topic: topics.raw, partition, records }] : []),
        { topic: topics.ledger, partition, records: [{ key: MARK_KEY, value: mark }] },
      ]
    })
  }

  #mark(partition: number, offsets: bigint[]): Buffer {
    const { codec, pipeline, recipe, topics, action } = this.#parts
    const nothing = { documents: 0, output: 0, rejected: 0, duplicates: 0, dead_letters: 0, split: 0, merged: 0 }
    return codec.encodeLedgerEntry({
      ...nothing,
      pipeline,
      recipe,
      stage: LETTERS_STAGE,
      topic: topics.deadLetters,
      partition,
      from: offsets[0] ?? 0n,
      to: (offsets.at(-1) ?? 0n) + 1n,
      records: 0,
      repaired: 0,
      bytes_in: 0,
      bytes_out: 0,
      ended: [],
      replayed: 0,
      at: Date.now(),
      worker: `${action}-${process.pid}`,
      operators: [],
      letters: { action, offsets },
    })
  }
}

function takenOver(pipeline: string): Failure {
  return new Failure(
    'replay_taken_over',
    `Another command began to replay or discard dead letters of ${pipeline}; this one stopped, and what it had settled stays settled.`,
  )
}

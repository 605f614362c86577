import { classify, type Failure } from '../../../topologies/failure.ts'
import type { OutgoingRecord } from '../../brokers/broker.ts'
import type { Destination, Refusal } from './destination.ts'
import type { FiledLetter } from './filed-letter.ts'
import type { LetterReport, LetterWork } from './report.ts'
import type { Settlement } from './settlement.ts'

/** A letter that is about to be settled: replayed with this record, or discarded without one. */
export interface Prepared {
  filed: FiledLetter
  destination: Destination | null
  record: OutgoingRecord | null
}

/** So many letters that were refused for one reason are named. */
const NAMED = 20

/** Gathers letters until there are enough for a transaction, and keeps the report. */
export class Batches {
  /** How many letters were taken so far, settled or waiting. */
  taken = 0
  readonly report: LetterReport = { chosen: 0, settled: 0, resumed: [], exhausted: 0, refused: [] }
  readonly #work: LetterWork
  /** Null for a dry run. */
  readonly #settlement: Settlement | null
  #waiting: Prepared[] = []
  #bytes = 0

  constructor(work: LetterWork, settlement: Settlement | null) {
    this.#work = work
    this.#settlement = settlement
  }

  async add(prepared: Prepared): Promise<void> {
    const { letters, bytes } = this.#work.batch
    this.taken++
    this.#waiting.push(prepared)
    this.#bytes += bytesOf(prepared)
    if (this.#waiting.length >= letters || this.#bytes >= bytes) await this.flush()
  }

  async flush(): Promise<void> {
    const waiting = this.#waiting
    this.#waiting = []
    this.#bytes = 0
    await this.#settle(waiting)
  }

  /** Of letters that are too large together with others, each is tried in a smaller company, and at last alone. */
  async #settle(batch: Prepared[]): Promise<void> {
    if (batch.length === 0) return
    try {
      await this.#settlement?.settle(batch.map(({ filed, record }) => ({ ...place(filed), record })))
    } catch (thrown) {
      const failure = classify(thrown)
      if (failure.code !== 'message_too_large') throw failure
      const half = Math.ceil(batch.length / 2)
      const [only] = batch
      if (only && batch.length === 1) return this.refuse(only.filed, tooLarge(failure))
      await this.#settle(batch.slice(0, half))
      return this.#settle(batch.slice(half))
    }
    for (const prepared of batch) this.#count(prepared)
    this.#work.onSettled(this.report.settled)
  }

  refuse({ id }: FiledLetter, { reason, sentence }: Refusal): void {
    const { refused } = this.report
    const row = refused.find((known) => known.sentence === sentence)
    if (!row) refused.push({ reason, sentence, letters: 1, ids: [id] })
    else if (++row.letters <= NAMED) row.ids.push(id)
  }

  #count({ destination }: Prepared): void {
    this.report.settled++
    if (!destination) return
    const { restarted, resumption } = destination
    const { index, name } = resumption.operator ?? { index: -1, name: null }
    const row = this.report.resumed.find((known) => known.index === index && known.restarted === restarted)
    if (row) row.letters++
    else this.report.resumed.push({ operator: name, index, letters: 1, restarted })
  }
}

function tooLarge({ message }: Failure): Refusal {
  return { reason: 'too_large', sentence: `it is too large for the raw topic: ${message}` }
}

function place({ partition, offset }: FiledLetter): { partition: number; offset: bigint } {
  return { partition, offset }
}

function bytesOf({ filed, record }: Prepared): number {
  if (!record) return 0
  let bytes = filed.record.value?.length ?? 0
  for (const value of Object.values(record.headers ?? {})) bytes += value.length
  return bytes
}

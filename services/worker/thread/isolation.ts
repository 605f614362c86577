import { Failure } from '../../../topologies/failure.ts'
import type { PlannedOperator } from '../../../topologies/topology.ts'
import type { IncomingRecord } from '../../brokers/broker.ts'
import type { BatchResult } from '../chain/work.ts'
import type { CondemningProcessor } from './careful.ts'
import { DECODING } from './mark.ts'
import { mergeResults } from './merge.ts'
import { type OperatorThread, ThreadDeath } from './operator-thread.ts'

/** A record is poison when the thread dies of it this often, the last times with nothing else in it. */
const DEATHS = 2

interface Work {
  records: IncomingRecord[]
  partition: number
  /** How often the thread has died of these records. */
  deaths: number
}

/**
 * Finds the document that takes down the operator thread, and lets its neighbours pass: the batch is cut where the thread
 * stood, or in halves where that is not known, until one record is alone with its guilt. That one meets the recipe's policy
 * for failures, without being run again.
 */
export class IsolatingProcessor implements CondemningProcessor {
  readonly #thread: OperatorThread
  readonly #operators: PlannedOperator[]
  /** While a culprit is looked for, batches go one at a time: each death has one suspect. */
  #searching = 0
  #turn: Promise<unknown> = Promise.resolve()

  constructor(thread: OperatorThread, operators: PlannedOperator[]) {
    this.#thread = thread
    this.#operators = operators
  }

  process(records: IncomingRecord[], partition: number): Promise<BatchResult> {
    return this.#attempt({ records, partition, deaths: 0 })
  }

  close(): Promise<void> {
    return this.#thread.close()
  }

  setAside(record: IncomingRecord, partition: number, failure: Failure): Promise<BatchResult> {
    return this.#inTurn(() => this.#thread.process([record], partition, { place: DECODING, failure }))
  }

  async #attempt(work: Work): Promise<BatchResult> {
    try {
      const run = () => this.#thread.process(work.records, work.partition)
      return await (this.#searching > 0 ? this.#inTurn(run) : run())
    } catch (thrown) {
      if (!(thrown instanceof ThreadDeath)) throw thrown
      this.#searching++
      try {
        return await (thrown.innocent ? this.#attempt(work) : this.#isolate(work, thrown))
      } finally {
        this.#searching--
      }
    }
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(run, run)
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  async #isolate({ records, partition, deaths }: Work, death: ThreadDeath): Promise<BatchResult> {
    const [only] = records
    if (only && records.length === 1) {
      if (deaths + 1 < DEATHS) return this.#attempt({ records, partition, deaths: deaths + 1 })
      return this.#condemn(only, partition, death)
    }
    const results: BatchResult[] = []
    for (const piece of piecesOf(records, death.suspect?.record)) {
      const guilt = piece.length === 1 && death.suspect ? 1 : 0
      results.push(await this.#attempt({ records: piece, partition, deaths: guilt }))
    }
    return mergeResults(results)
  }

  /** If even that takes the thread down, the record is set aside unseen. */
  async #condemn(record: IncomingRecord, partition: number, death: ThreadDeath): Promise<BatchResult> {
    const place = death.suspect?.place ?? DECODING
    const name = this.#operators[place]?.name ?? 'The decoder'
    const failure = new Failure(death.code, `${name}: ${death.message}`, { cause: death })
    try {
      return await this.#inTurn(() => this.#thread.process([record], partition, { place, failure }))
    } catch (thrown) {
      if (!(thrown instanceof ThreadDeath)) throw thrown
      return this.setAside(record, partition, failure)
    }
  }
}

/** Before the suspect, the suspect, behind it; or two halves. None is empty. */
function piecesOf(records: IncomingRecord[], suspect: number | undefined): IncomingRecord[][] {
  const half = Math.ceil(records.length / 2)
  const [from, to] = suspect === undefined ? [half, half] : [suspect, suspect + 1]
  return [records.slice(0, from), records.slice(from, to), records.slice(to)].filter(({ length }) => length > 0)
}

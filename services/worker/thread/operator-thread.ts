import type { Worker as Thread } from 'node:worker_threads'
import { classify, Failure, type FailureCode } from '../../../topologies/failure.ts'
import type { IncomingRecord, OutgoingRecord, TopicPartition } from '../../brokers/broker.ts'
import type { BatchTally } from '../chain/tally.ts'
import type { BatchResult, Trial } from '../chain/work.ts'
import type { Mark, Standing } from './mark.ts'
import { pack, unpack } from './wire.ts'

export interface ThreadRequest {
  id: number
  partition: number
  records: ArrayBuffer
  condemned?: { place: number; code: FailureCode; message: string }
}

/** A BatchResult whose records are packed. */
export interface ThreadResult {
  id: number
  output: ArrayBuffer
  rejected: ArrayBuffer
  deadLetters: ArrayBuffer
  elsewhere: (TopicPartition & { records: ArrayBuffer })[]
  tally: BatchTally
}

export type ThreadReply =
  | { ready: true }
  | ThreadResult
  | { id: number; failure: { code: FailureCode; message: string } }

/** The thread ended while this batch was in it. */
export class ThreadDeath extends Failure {
  /** The record of the batch at which it died; null when that is not known, or the batch had no part in it. */
  readonly suspect: { record: number; place: number } | null
  /** Another batch was being worked on. */
  readonly innocent: boolean

  constructor(cause: { code: FailureCode; message: string; thrown: unknown }, id: number, standing: Standing | null) {
    super(cause.code, cause.message, { cause: cause.thrown })
    this.suspect = standing?.batch === id ? { record: standing.record, place: standing.operator } : null
    this.innocent = standing !== null && standing.batch !== id
  }
}

export interface OperatorThreadParts {
  /** Makes the thread; called again whenever the former one has died. */
  start(): Thread
  mark: Mark
  /** Longest that an operator of the stage may work on one document, by its place. Milliseconds. */
  timeBudgets: number[]
}

/** What is known of a running thread. */
interface Life {
  /** Its operators are built: from here on a death is a document's doing. */
  ready: boolean
  cause: unknown
}

interface Pending {
  resolve(result: BatchResult): void
  reject(failure: Failure): void
}

/** How often the mark is looked at. Milliseconds. */
const WATCH = 100

/**
 * The operator thread seen from the I/O thread. A thread that dies takes its batches with it and nothing else: they reject
 * with ThreadDeath, and the next batch starts a new thread. A thread that stands at one document for longer than its
 * operator's budget is stopped.
 */
export class OperatorThread {
  readonly #parts: OperatorThreadParts
  readonly #pending = new Map<number, Pending>()
  #thread: Thread | null = null
  #watch: NodeJS.Timeout | undefined
  #count = 0
  #late: Failure | null = null

  constructor(parts: OperatorThreadParts) {
    this.#parts = parts
  }

  process(records: IncomingRecord[], partition: number, condemned?: Trial['condemned']): Promise<BatchResult> {
    const thread = this.#running()
    const request: ThreadRequest = { id: this.#count++, partition, records: pack(records) }
    if (condemned) {
      const { place, failure } = condemned
      request.condemned = { place, code: failure.code, message: failure.message }
    }
    return new Promise((resolve, reject) => {
      this.#pending.set(request.id, { resolve, reject })
      thread.postMessage(request, [request.records])
    })
  }

  async close(): Promise<void> {
    const thread = this.#thread
    this.#thread = null
    clearInterval(this.#watch)
    await thread?.terminate()
  }

  #running(): Thread {
    if (this.#thread) return this.#thread
    this.#parts.mark.leave()
    const thread = this.#parts.start()
    const life: Life = { ready: false, cause: undefined }
    thread.on('message', (reply: ThreadReply) => {
      if ('ready' in reply) life.ready = true
      else this.#settle(reply)
    })
    thread.on('error', (error) => {
      life.cause = error
    })
    thread.on('exit', () => this.#lost(thread, life))
    this.#thread = thread
    this.#watchOver(thread)
    return thread
  }

  /** Time counts only while this thread runs, too: a process that was stopped for an hour has not worked for an hour. */
  #watchOver(thread: Thread): void {
    const { mark, timeBudgets } = this.#parts
    const smallest = Math.min(...timeBudgets, Number.POSITIVE_INFINITY)
    let moves = mark.moves
    let stood = 0
    clearInterval(this.#watch)
    this.#watch = setInterval(() => {
      const { standing } = mark
      stood = standing && mark.moves === moves ? stood + WATCH : 0
      moves = mark.moves
      if (!standing || stood < smallest) return
      const budget = timeBudgets[standing.operator] ?? Math.max(...timeBudgets, smallest)
      if (stood < budget) return
      this.#late = new Failure('operator_timeout', `It took longer than ${budget / 1000} s.`)
      void thread.terminate()
    }, WATCH)
    this.#watch.unref()
  }

  #settle(reply: Exclude<ThreadReply, { ready: true }>): void {
    const pending = this.#pending.get(reply.id)
    this.#pending.delete(reply.id)
    if (!pending) return
    if ('failure' in reply) {
      pending.reject(new Failure(reply.failure.code, reply.failure.message))
      return
    }
    pending.resolve({
      output: outgoing(reply.output),
      rejected: outgoing(reply.rejected),
      deadLetters: outgoing(reply.deadLetters),
      elsewhere: reply.elsewhere.map(({ records, ...place }) => ({ ...place, records: outgoing(records) })),
      tally: reply.tally,
    })
  }

  #lost(thread: Thread, life: Life): void {
    if (this.#thread !== thread) return
    this.#thread = null
    clearInterval(this.#watch)
    const { standing } = this.#parts.mark
    const cause = this.#causeOf(life)
    this.#late = null
    for (const [id, pending] of this.#pending) {
      const failure = new Failure(cause.code, cause.message, { cause: cause.thrown })
      pending.reject(life.ready ? new ThreadDeath(cause, id, standing) : failure)
    }
    this.#pending.clear()
  }

  /** No document has a part in it when a thread cannot even start. */
  #causeOf({ ready, cause: thrown }: Life): { code: FailureCode; message: string; thrown: unknown } {
    if (this.#late) return { code: this.#late.code, message: this.#late.message, thrown: this.#late }
    const { code, message } = classify(thrown)
    const story = thrown === undefined ? 'no reason given' : message
    if (ready) return { code: 'operator_crashed', message: `The operator thread ended: ${story}.`, thrown }
    if (code !== 'unknown') return { code, message, thrown }
    return { code: 'worker_died', message: `The operator thread could not start: ${story}.`, thrown }
  }
}

function outgoing(memory: ArrayBuffer): OutgoingRecord[] {
  return unpack(memory)
}

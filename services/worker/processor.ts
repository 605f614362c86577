import type { Worker as Thread } from 'node:worker_threads'
import { classify, Failure, type FailureCode } from '../../topologies/failure.ts'
import type { IncomingRecord, OutgoingRecord } from '../brokers/broker.ts'
import type { BatchProcessor, BatchResult } from './chain/batch.ts'
import type { BatchTally } from './chain/tally.ts'
import { pack, unpack } from './wire.ts'

/** Runs batches through a stage's chain, somewhere. */
export interface Processor {
  /** Rejects with `worker_died` when the place where it ran is gone; the batch may be tried again. */
  process(records: IncomingRecord[], partition: number): Promise<BatchResult>
  close(): Promise<void>
}

/** Runs the chain in the calling thread: for the embedded broker and for tests. */
export function inlineProcessor(processor: BatchProcessor): Processor {
  const ready = processor.ready()
  ready.catch(() => undefined)
  return {
    process: async (records, partition) => {
      await ready
      return processor.process(records, partition)
    },
    close: () => processor.close(),
  }
}

export interface ThreadRequest {
  id: number
  partition: number
  records: ArrayBuffer
}

export type ThreadReply =
  | { id: number; output: ArrayBuffer; rejected: ArrayBuffer; deadLetters: ArrayBuffer; tally: BatchTally }
  | { id: number; failure: { code: FailureCode; message: string } }

interface Pending {
  resolve(result: BatchResult): void
  reject(failure: Failure): void
}

/**
 * The operator thread seen from the I/O thread. A thread that dies takes its batches with it and nothing else: they reject
 * with `worker_died`, and the next batch starts a new thread.
 */
export class OperatorThread implements Processor {
  readonly #start: () => Thread
  readonly #pending = new Map<number, Pending>()
  #thread: Thread | null = null
  #count = 0

  /** @param start makes the thread; called again whenever the former one has died */
  constructor(start: () => Thread) {
    this.#start = start
  }

  process(records: IncomingRecord[], partition: number): Promise<BatchResult> {
    const thread = this.#running()
    const request: ThreadRequest = { id: this.#count++, partition, records: pack(records) }
    return new Promise((resolve, reject) => {
      this.#pending.set(request.id, { resolve, reject })
      thread.postMessage(request, [request.records])
    })
  }

  async close(): Promise<void> {
    const thread = this.#thread
    this.#thread = null
    await thread?.terminate()
  }

  #running(): Thread {
    if (this.#thread) return this.#thread
    const thread = this.#start()
    let cause: unknown
    thread.on('message', (reply: ThreadReply) => this.#settle(reply))
    thread.on('error', (error) => {
      cause = error
    })
    thread.on('exit', () => this.#lost(thread, cause))
    this.#thread = thread
    return thread
  }

  #settle(reply: ThreadReply): void {
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
      tally: reply.tally,
    })
  }

  #lost(thread: Thread, cause: unknown): void {
    if (this.#thread === thread) this.#thread = null
    const known = classify(cause)
    const failure =
      known.code === 'unknown'
        ? new Failure('worker_died', `The operator thread ended: ${cause ? known.message : 'no reason given'}.`, {
            cause,
          })
        : known
    for (const pending of this.#pending.values()) pending.reject(failure)
    this.#pending.clear()
  }
}

function outgoing(memory: ArrayBuffer): OutgoingRecord[] {
  return unpack(memory)
}

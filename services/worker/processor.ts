import type { IncomingRecord } from '../brokers/broker.ts'
import type { BatchProcessor } from './chain/batch.ts'
import type { BatchResult } from './chain/work.ts'

/** Runs batches through a stage's chain, somewhere. */
export interface Processor {
  /**
   * Rejects with a Failure when the batch could not be processed; a retryable one may be tried again.
   * @param signal aborts when the lane takes nothing more: whoever waits for others gives up
   */
  process(records: IncomingRecord[], partition: number, signal?: AbortSignal): Promise<BatchResult>
  /** A batch may be begun only when the one before it is final, because it depends on what that one brought. */
  readonly inOrder?: boolean
  /** The partition goes on from here: what was worked on since the last final batch is void. */
  resume?(partition: number, position: bigint, signal: AbortSignal): Promise<void>
  /** The partition is another's now, or nobody's. */
  leave?(partition: number): Promise<void>
  close(): Promise<void>
}

/** Runs the chain in the calling thread: for tests. */
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

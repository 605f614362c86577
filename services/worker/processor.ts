import type { IncomingRecord } from '../brokers/broker.ts'
import type { BatchProcessor } from './chain/batch.ts'
import type { BatchResult } from './chain/work.ts'

/** Runs batches through a stage's chain, somewhere. */
export interface Processor {
  /** Rejects with a Failure when the batch could not be processed; a retryable one may be tried again. */
  process(records: IncomingRecord[], partition: number): Promise<BatchResult>
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

import type { Batch, IncomingRecord } from '../brokers/broker.ts'

/** What a lane works on at once: records of one partition, and the offset behind them. */
export interface Intake {
  records: IncomingRecord[]
  bytes: number
  next: bigint
  highWatermark: bigint
}

export interface InboxLimits {
  /** Intakes are cut at this size; a transaction is about as large. Bytes. */
  intakeBytes: number
  /** Above this the partition is paused, below half of it resumed. Bytes. */
  highBytes: number
  pause(): void
  resume(): void
}

/** Fetched batches that wait for the operator thread. Holds back the broker by pausing the partition, never by buffering more. */
export class Inbox {
  readonly #limits: InboxLimits
  #batches: Intake[] = []
  #bytes = 0
  #paused = false
  #closed = false
  #wake: (() => void) | null = null

  constructor(limits: InboxLimits) {
    this.#limits = limits
  }

  put(batch: Batch): void {
    if (this.#closed) return
    const bytes = batch.records.reduce((sum, record) => sum + (record.value?.length ?? 0), 0)
    this.#batches.push({ records: batch.records, bytes, next: batch.next, highWatermark: batch.highWatermark })
    this.#bytes += bytes
    if (!this.#paused && this.#bytes > this.#limits.highBytes) {
      this.#paused = true
      this.#limits.pause()
    }
    this.#wake?.()
  }

  /** The next intake, all that waits up to the limit; null once closed. */
  async take(): Promise<Intake | null> {
    while (this.#batches.length === 0) {
      if (this.#closed) return null
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#wake = null
    }
    const taken = this.#merge()
    this.#bytes -= taken.bytes
    if (this.#paused && this.#bytes < this.#limits.highBytes / 2 && !this.#closed) {
      this.#paused = false
      this.#limits.resume()
    }
    return taken
  }

  /** Ends the intake; what waits is forgotten, because it is not committed and will be read again. */
  close(): void {
    this.#closed = true
    this.#batches = []
    this.#bytes = 0
    this.#wake?.()
  }

  #merge(): Intake {
    const parts: Intake[] = []
    let bytes = 0
    while (this.#batches.length > 0 && (parts.length === 0 || bytes < this.#limits.intakeBytes)) {
      const part = this.#batches.shift()
      if (!part) break
      parts.push(part)
      bytes += part.bytes
    }
    const last = parts.at(-1)
    const records = parts.length === 1 && last ? last.records : parts.flatMap((part) => part.records)
    return { records, bytes, next: last?.next ?? 0n, highWatermark: last?.highWatermark ?? 0n }
  }
}

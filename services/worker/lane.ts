import { setTimeout as sleep } from 'node:timers/promises'
import { classify, type Failure } from '../../topologies/failure.ts'
import type { Batch, Delivery } from '../brokers/broker.ts'
import type { BatchResult } from './chain/work.ts'
import type { Commit } from './commit.ts'
import { Inbox, type Intake } from './inbox.ts'
import type { LaneParts } from './parts.ts'

const LONGEST_BACK_OFF = 10_000

type LaneState = 'fencing' | 'flowing' | 'drained' | 'abandoned'

/**
 * One input partition on its way through a stage. Fence first, then read the position, then process; while one batch is
 * being committed the next is being computed. After any failure the lane starts over from the committed offset.
 *
 *   fencing -> flowing -> (failure: back off, fencing) -> drained | abandoned
 */
export class Lane {
  readonly partition: number
  readonly finished: Promise<void>
  readonly #parts: LaneParts
  readonly #commit: Commit
  #inbox: Inbox
  #state: LaneState = 'fencing'
  /** Failures in a row, without a commit between them. */
  #failures = 0
  /** Aborts when nothing more is taken. */
  readonly #ending = new AbortController()

  /** @param after what must have happened before this lane fences: the former lane of the partition has ended */
  constructor(partition: number, parts: LaneParts, after: Promise<unknown>) {
    this.partition = partition
    this.#parts = parts
    this.#commit = parts.commitFor(partition)
    this.#inbox = this.#newInbox()
    this.finished = after.then(() => this.#run())
  }

  get ready(): boolean {
    return this.#state === 'flowing'
  }

  receive(batch: Batch): void {
    if (this.#state === 'flowing') this.#inbox.put(batch)
  }

  /** Takes nothing more; what is being worked on is finished and committed. */
  drain(): Promise<void> {
    this.#state = 'drained'
    this.#inbox.close()
    this.#ending.abort()
    return this.finished
  }

  /** The partition may belong to somebody else by now: nothing more is committed. */
  abandon(): void {
    this.#state = 'abandoned'
    this.#inbox.close()
    this.#ending.abort()
  }

  async #run(): Promise<void> {
    while (this.#is('fencing')) {
      try {
        await this.#flow(await this.#fence())
      } catch (thrown) {
        const failure = classify(thrown)
        if (!failure.retryable) this.#stopFor(failure)
        else await this.#backOff(failure, ++this.#failures)
      }
    }
    await this.#parts.processor.leave?.(this.partition)
    await this.#commit.close()
  }

  async #fence(): Promise<bigint> {
    this.#inbox = this.#newInbox()
    const position = await this.#commit.fence()
    if (!this.#is('fencing')) return position
    await this.#parts.processor.resume?.(this.partition, position, this.#ending.signal)
    if (!this.#is('fencing')) return position
    this.#state = 'flowing'
    this.#parts.consumer().readFrom({ topic: this.#parts.stage.input, partition: this.partition, offset: position })
    return position
  }

  async #flow(start: bigint): Promise<void> {
    let committing: Promise<void> = Promise.resolve()
    let from = start
    const inbox = this.#inbox
    try {
      for (let intake = await inbox.take(); intake; intake = await inbox.take()) {
        if (this.#parts.processor.inOrder) await committing
        const result = await this.#parts.processor.process(intake.records, this.partition, this.#ending.signal)
        await committing
        if (this.#is('abandoned')) return
        committing = this.#settle(result, intake, from)
        // A failure must wake the lane even when no more input comes.
        committing.catch(() => inbox.close())
        if (intake.records.length > 0) from = intake.next
      }
      await committing
    } finally {
      // Nobody may fence or close while a transaction of this lane is still under way.
      await committing.catch(() => undefined)
    }
  }

  #is(state: LaneState): boolean {
    return this.#state === state
  }

  async #settle(result: BatchResult, intake: Intake, from: bigint): Promise<void> {
    const { topology, stage, metrics } = this.#parts
    const deliveries: Delivery[] = [
      { topic: stage.output, partition: this.partition, records: result.output },
      { topic: topology.topics.rejected, partition: this.partition, records: result.rejected },
      { topic: topology.topics.deadLetters, partition: this.partition, records: result.deadLetters },
    ]
    const filled = [...deliveries, ...result.elsewhere].filter(({ records }) => records.length > 0)
    await this.#commit.commit({ deliveries: filled, tally: result.tally, from, next: intake.next })
    await result.settled?.()
    this.#failures = 0
    metrics.committed(this.partition, result.tally, intake.highWatermark - intake.next)
  }

  async #backOff(failure: Failure, failures: number): Promise<void> {
    const { log, metrics } = this.#parts
    if (this.#is('drained') || this.#is('abandoned')) return
    metrics.restarted(this.partition, failure.code)
    log.warn(
      { partition: this.partition, code: failure.code, reason: failure.message },
      'starting over from the committed offset',
    )
    this.#inbox.close()
    this.#parts.consumer().pause({ topic: this.#parts.stage.input, partition: this.partition })
    await sleep(Math.min(100 * 2 ** failures, LONGEST_BACK_OFF) * (0.5 + Math.random() / 2))
    if (this.#is('flowing')) this.#state = 'fencing'
  }

  #stopFor(failure: Failure): void {
    if (this.#state === 'abandoned') return
    this.#state = 'abandoned'
    this.#inbox.close()
    this.#parts.onFatal(failure)
  }

  #newInbox(): Inbox {
    const place = { topic: this.#parts.stage.input, partition: this.partition }
    return new Inbox({
      intakeBytes: this.#parts.intakeBytes,
      highBytes: this.#parts.intakeBytes * 2,
      pause: () => this.#parts.consumer().pause(place),
      resume: () => this.#parts.consumer().resume(place),
    })
  }
}

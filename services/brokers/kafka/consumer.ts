import { setTimeout as sleep } from 'node:timers/promises'
import type {
  Assigner,
  ConsumerCrashEvent,
  ConsumerGroupJoinEvent,
  Consumer as KafkaConsumer,
  PartitionAssigner,
} from 'kafkajs'
import { Failure, type FailureCode } from '../../../topologies/failure.ts'
import type { Consumer, ConsumerOptions, Position, TopicPartition } from '../broker.ts'
import { type Client, loadKafkajs } from './client.ts'
import { kafkaFailure } from './failures.ts'
import { CLIENT_RETRY, persistently } from './retry.ts'
import type { FetchedBatch } from './wire/fetched-batch.ts'
import { rememberMember } from './wire/mends.ts'

type AssignerConfig = Parameters<PartitionAssigner>[0]

const DEFAULT_SESSION_TIMEOUT = 10_000
/** Members join again at their next heartbeat, whatever they work on; one that has not by now is taken for dead. Milliseconds. */
const REBALANCE_TIMEOUT = 15_000
/** A rebalance is noticed at a heartbeat, so this is also how long it takes to begin. Milliseconds. */
const HEARTBEAT_INTERVAL = 1000
/** A fetch waits this long for records, and a partition that is resumed waits for the fetch that is under way. Milliseconds. */
const FETCH_WAIT = 150
const DEFAULT_PARTITION_BYTES = 4 * 1024 * 1024
/** Most bytes of one fetch over all partitions. */
const FETCH_BYTES = 16 * 1024 * 1024

/** About a minute: a broker that restarts within it finds the same member, and the group need not wait for an old one to expire. */
const OUTAGE_RETRIES = 60

const START_PATIENCE = 10_000
const CLOSE_PATIENCE = 5000
const FIRST_PAUSE = 200
const LONGEST_PAUSE = 5000
/** An error that should not pass is believed when the consumer has crashed of the very same so often, each time within this of the last. */
const CRASHES_BELIEVED = 4
const CRASH_MEMORY = 300_000
/** Failures that are believed at once. */
const HOPELESS = new Set<FailureCode>(['broker_denied', 'broker_untrusted', 'unpacked_too_large'])

/** Delivery of one assigned partition. */
interface Flow extends TopicPartition {
  /** Offset of what comes next; null until `readFrom` says where to begin. */
  expected: bigint | null
  /** Where a batch began that came instead of the expected one; null when all is as expected. */
  doubted: bigint | null
}

/** Joins the group. Rejects with `topic_missing`, `broker_unreachable` or `broker_denied`. */
export async function openConsumer(client: Client, options: ConsumerOptions): Promise<Consumer> {
  const consumer = new GroupConsumer(client, options)
  await consumer.open(START_PATIENCE)
  return consumer
}

/** A member of a consumer group, on a kafkajs consumer that is made anew whenever it crashes. */
class GroupConsumer implements Consumer {
  readonly #client: Client
  readonly #options: ConsumerOptions
  readonly #flows = new Map<string, Flow>()
  #inner: KafkaConsumer | null = null
  /** Who this is to the group. A successor that says so is let in at once; a stranger waits until the dead member has expired. */
  #memberId: string | null = null
  #opening: Promise<unknown> = Promise.resolve()
  #crashes = 0
  /** What it crashed of last that trying again should not mend. An assignment mends it no more than time does. */
  #complaint: { sentence: string; count: number; at: number } | null = null
  #closed = false

  constructor(client: Client, options: ConsumerOptions) {
    this.#client = client
    this.#options = options
  }

  /** Connects, subscribes and joins. Once this resolved, only `onLost` or `close` end the consumer. */
  open(patience: number): Promise<void> {
    const opened = this.#open(patience)
    this.#opening = opened.catch(() => undefined)
    return opened
  }

  async #open(patience: number): Promise<void> {
    const { group, topics } = this.#options
    const inner = this.#create()
    try {
      await persistently({ doing: `joining ${group}`, group, patience }, async () => {
        if (this.#closed) throw new Failure('broker_failed', 'The consumer is closed.')
        await inner.connect()
        await inner.subscribe({ topics, fromBeginning: true })
      })
      this.#inner = inner
      await inner.run({
        autoCommit: false,
        eachBatchAutoResolve: true,
        partitionsConsumedConcurrently: 1,
        eachBatch: async ({ batch }) => this.#deliver(asFetched(batch)),
      })
    } catch (failure) {
      void inner.disconnect().catch(() => undefined)
      throw failure
    }
  }

  #create(): KafkaConsumer {
    const { group, sessionTimeout, maxBytesPerPartition } = this.#options
    const session = sessionTimeout ?? DEFAULT_SESSION_TIMEOUT
    const bytes = maxBytesPerPartition ?? DEFAULT_PARTITION_BYTES
    const inner = this.#client.kafka.consumer({
      groupId: group,
      sessionTimeout: session,
      rebalanceTimeout: Math.max(REBALANCE_TIMEOUT, session),
      heartbeatInterval: Math.min(HEARTBEAT_INTERVAL, Math.floor(session / 3)),
      maxWaitTimeInMs: FETCH_WAIT,
      minBytes: 1,
      maxBytes: Math.max(FETCH_BYTES, bytes),
      maxBytesPerPartition: bytes,
      allowAutoTopicCreation: false,
      partitionAssigners: [(config) => this.#assigner(config)],
      // A crashed consumer is replaced here, with back-off, and never revived by kafkajs: revived ones escape `disconnect`.
      retry: { ...CLIENT_RETRY, retries: OUTAGE_RETRIES, restartOnFailure: async () => false },
    })
    inner.on(inner.events.GROUP_JOIN, (event) => this.#assign(inner, event))
    inner.on(inner.events.CRASH, (event) => this.#recover(inner, event))
    return inner
  }

  /** Deals partitions out in turn. Asked for as a consumer is made, it also hands over who that consumer was before it crashed. */
  #assigner(config: AssignerConfig): Assigner {
    const { PartitionAssigners } = loadKafkajs()
    rememberMember(config.cluster, this.#memberId)
    return PartitionAssigners.roundRobin(config)
  }

  /** kafkajs calls this before it fetches anything of the new assignment. */
  #assign(inner: KafkaConsumer, { payload }: ConsumerGroupJoinEvent): void {
    if (this.#closed) throw new Failure('broker_failed', 'The consumer is closed.')
    this.#inner = inner
    this.#memberId = payload.memberId
    this.#crashes = 0
    this.#flows.clear()
    const assigned = Object.entries(payload.memberAssignment)
    for (const [topic, partitions] of assigned) {
      inner.pause([{ topic, partitions }])
      for (const partition of partitions)
        this.#flows.set(nameOf({ topic, partition }), { topic, partition, expected: null, doubted: null })
    }
    this.#options.onAssigned([...this.#flows.values()].map(({ topic, partition }) => ({ topic, partition })))
  }

  #deliver(batch: FetchedBatch): void {
    const { topic, partition, next, messages } = batch
    const flow = this.#flows.get(nameOf(batch))
    if (this.#closed || !flow || flow.expected === null) return
    if (batch.from !== flow.expected) {
      if (!this.#believes(flow, flow.expected, batch.from)) {
        this.#inner?.seek({ topic, partition, offset: flow.expected.toString() })
        return
      }
      this.#tellGap(flow, flow.expected, batch.from)
    }
    flow.expected = next
    flow.doubted = null
    this.#options.onBatch({ topic, partition, records: messages, next, highWatermark: BigInt(batch.highWatermark) })
  }

  /**
   * A batch that begins elsewhere was fetched before `readFrom` moved the partition, or what was expected is not there any more.
   * The expected one is asked for again: only what has expired comes from further on once more.
   */
  #believes(flow: Flow, expected: bigint, from: bigint): boolean {
    const again = flow.doubted !== null && from >= flow.doubted
    flow.doubted = from > expected ? from : null
    return from > expected && again
  }

  #tellGap({ topic, partition }: Flow, from: bigint, to: bigint): void {
    this.#options.onExpired?.({ topic, partition, from, to })
    this.#client.log.warn(
      { topic, partition, from: String(from), to: String(to) },
      'records expired before they were read',
    )
  }

  readFrom({ topic, partition, offset }: Position): void {
    const flow = this.#flows.get(nameOf({ topic, partition }))
    if (!flow || !this.#inner || this.#closed) return
    flow.expected = offset
    flow.doubted = null
    this.#inner.seek({ topic, partition, offset: offset.toString() })
    this.#inner.resume([{ topic, partitions: [partition] }])
  }

  pause({ topic, partition }: TopicPartition): void {
    if (this.#flows.has(nameOf({ topic, partition }))) this.#inner?.pause([{ topic, partitions: [partition] }])
  }

  resume({ topic, partition }: TopicPartition): void {
    const flow = this.#flows.get(nameOf({ topic, partition }))
    if (flow && flow.expected !== null) this.#inner?.resume([{ topic, partitions: [partition] }])
  }

  async commit(positions: Position[]): Promise<void> {
    const { group } = this.#options
    const inner = this.#inner
    if (!inner) throw new Failure('broker_not_ready', `The consumer of ${group} is joining its group again.`)
    try {
      await inner.commitOffsets(
        positions.map(({ topic, partition, offset }) => ({ topic, partition, offset: offset.toString() })),
      )
    } catch (error) {
      throw kafkaFailure(error, { doing: `committing offsets of ${group}`, group, lost: 'broker_timeout' })
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    // A consumer that is still joining cannot leave; it is given a moment to arrive.
    await Promise.race([this.#opening, sleep(CLOSE_PATIENCE, undefined, { ref: false })])
    await this.#inner?.disconnect().catch(() => undefined)
  }

  #recover(crashed: KafkaConsumer, { payload }: ConsumerCrashEvent): void {
    if (this.#closed || (this.#inner && this.#inner !== crashed)) return
    const { group } = this.#options
    const failure = kafkaFailure(payload.error, { doing: `consuming as ${group}`, group })
    this.#inner = null
    for (const flow of this.#flows.values()) flow.expected = null
    this.#crashes++
    const hopeless = HOPELESS.has(failure.code) || (!failure.retryable && this.#believed(failure))
    if (hopeless) {
      this.#lose(failure)
      return
    }
    const pause = Math.min(FIRST_PAUSE * 2 ** (this.#crashes - 1), LONGEST_PAUSE)
    this.#client.log.warn({ group, code: failure.code, reason: failure.message, pause }, 'consumer is started again')
    void this.#reopen(pause)
  }

  #believed({ message }: Failure): boolean {
    const at = performance.now()
    const { sentence, count, at: last } = this.#complaint ?? { sentence: '', count: 0, at }
    const again = sentence === message && at - last < CRASH_MEMORY
    this.#complaint = { sentence: message, count: again ? count + 1 : 1, at }
    return this.#complaint.count >= CRASHES_BELIEVED
  }

  async #reopen(pause: number): Promise<void> {
    await sleep(pause)
    try {
      if (!this.#closed) await this.open(Number.POSITIVE_INFINITY)
    } catch (error) {
      if (!this.#closed) this.#lose(kafkaFailure(error, { doing: `joining ${this.#options.group}` }))
    }
  }

  #lose(failure: Failure): void {
    this.#closed = true
    this.#options.onLost(failure)
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${partition} ${topic}`
}

/** The patched kafkajs makes its batches of our class; its types cannot know. */
function asFetched(batch: unknown): FetchedBatch {
  return batch as FetchedBatch
}

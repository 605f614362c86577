import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { installRefusalMarks } from './refusal-marks.ts'
import { hangUpOnSilence } from './silence.ts'
import { keepTime } from './steady-clock.ts'
import { WireFailure } from './wire-failure.ts'

const load = createRequire(import.meta.url)

/** Corrects faults of kafkajs 2.2.4 that would show here; each says below what was wrong. */
export function installMends(): void {
  scheduleOnlyWhenPending()
  forgetPartialAnswers()
  hangUpOnSilence()
  rejoinAsFormerMember()
  rejoinInTime()
  resetWithoutCommit()
  mendErrorTable()
  keepTime()
  installRefusalMarks()
}

interface RequestQueue {
  pending: unknown[]
  throttledUntil: number
  throttleCheckTimeoutId: NodeJS.Timeout | null
  checkPendingRequests(): void
  scheduleCheckPendingRequests(): void
}

/** How soon to look again at requests that wait for others in flight. Milliseconds. */
const PENDING_POLL = 10

/** kafkajs set a timer after every answer, with a negative delay, which Node 24 warns of on standard error. */
function scheduleOnlyWhenPending(): void {
  const { prototype } = load('kafkajs/src/network/requestQueue/index.js') as { prototype: RequestQueue }
  prototype.scheduleCheckPendingRequests = function schedule(this: RequestQueue): void {
    if (this.throttleCheckTimeoutId || this.pending.length === 0) return
    const throttled = this.throttledUntil - Date.now()
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null
        this.checkPendingRequests()
      },
      throttled > 0 ? throttled : PENDING_POLL,
    )
  }
}

interface Connection {
  chunks: Buffer[]
  bytesBuffered: number
  bytesNeeded: number
  isConnected(): boolean
  connect(): Promise<unknown>
}

/** Bytes of the size that stands before every answer. */
const SIZE_BYTES = 4

/** A connection that broke off within an answer kept its first half, and took the next connection's answers for the other half. */
function forgetPartialAnswers(): void {
  const { prototype } = load('kafkajs/src/network/connection.js') as { prototype: Connection }
  const { connect } = prototype
  prototype.connect = function connectAfresh(this: Connection): Promise<unknown> {
    if (!this.isConnected()) Object.assign(this, { chunks: [], bytesBuffered: 0, bytesNeeded: SIZE_BYTES })
    return connect.call(this)
  }
}

/** Where a consumer finds who it was before it crashed: kafkajs gives its cluster to nobody else. */
interface MemberMemory {
  formerMember?: string | null
}

interface ConsumerGroup {
  cluster: MemberMemory
  memberId: string | null
  connect(): Promise<void>
}

/** Lets the consumer that owns this cluster join its group as the member that it was. A coordinator that forgot it makes it a new one. */
export function rememberMember(cluster: object, member: string | null): void {
  const memory: MemberMemory = cluster
  memory.formerMember = member
}

/** A consumer that kafkajs revives is a stranger to its group, which then waits until the member that it was has expired. */
function rejoinAsFormerMember(): void {
  const { prototype } = load('kafkajs/src/consumer/consumerGroup.js') as { prototype: ConsumerGroup }
  const { connect } = prototype
  prototype.connect = function connectAsFormer(this: ConsumerGroup): Promise<void> {
    this.memberId ??= this.cluster.formerMember ?? null
    return connect.call(this)
  }
}

interface Rejoining {
  recoverFromFetch(error: { type?: string }): Promise<void>
}

/** Answers after which kafkajs joins the group anew: a leader does not know its partition yet, or is another one by now. */
const STALE = new Set(['LEADER_NOT_AVAILABLE', 'NOT_LEADER_FOR_PARTITION', 'UNKNOWN_TOPIC_OR_PARTITION'])
const FIRST_REJOIN = 50
const LONGEST_REJOIN = 2000
/** Who had no such answer for so long begins with the shortest pause again. Milliseconds. */
const REJOIN_MEMORY = 5000

/** kafkajs joined at once, and so did the whole group, some hundred times a second for as long as one partition had no leader. */
function rejoinInTime(): void {
  const { prototype } = load('kafkajs/src/consumer/consumerGroup.js') as { prototype: Rejoining }
  const { recoverFromFetch } = prototype
  const rejoins = new WeakMap<Rejoining, { pause: number; at: number }>()
  prototype.recoverFromFetch = async function recover(this: Rejoining, error): Promise<void> {
    if (STALE.has(error.type ?? '')) {
      const last = rejoins.get(this)
      const again = last && performance.now() - last.at < REJOIN_MEMORY
      const pause = again ? Math.min(last.pause * 2, LONGEST_REJOIN) : FIRST_REJOIN
      await sleep(pause)
      rejoins.set(this, { pause, at: performance.now() })
    }
    return recoverFromFetch.call(this, error)
  }
}

interface OffsetManager {
  cluster: { fetchTopicsOffset(topics: object[]): Promise<{ partitions: { offset: string }[] }[]> }
  nextOffset(topic: string, partition: number): { toString(): string }
  resolveOffset(position: { topic: string; partition: number; offset: string }): void
  setDefaultOffset(partition: { topic: string; partition: number }): Promise<void>
}

/** kafkajs answers a position outside of the log by committing another one. Committing is not its business here. */
function resetWithoutCommit(): void {
  const { prototype } = load('kafkajs/src/consumer/offsetManager/index.js') as { prototype: OffsetManager }
  prototype.setDefaultOffset = async function reset(this: OffsetManager, { topic, partition }): Promise<void> {
    const [first] = await this.cluster.fetchTopicsOffset([{ topic, partitions: [{ partition }], fromBeginning: true }])
    const earliest = BigInt(first?.partitions[0]?.offset ?? 0)
    const wanted = BigInt(this.nextOffset(topic, partition).toString())
    if (wanted >= earliest) {
      const sentence = `Position ${wanted} of ${topic}, partition ${partition}, lies behind its end. Was the topic created anew?`
      throw new WireFailure(sentence)
    }
    this.resolveOffset({ topic, partition, offset: (earliest - 1n).toString() })
  }
}

interface ErrorCode {
  type: string
  code: number
  retriable: boolean
  message: string
}

/** Passes when the coordinator has finished the former transaction of the same producer; Kafka's own client retries it. */
const RETRIABLE = 'CONCURRENT_TRANSACTIONS'

/** Codes that kafkajs' table lacks: kafka.apache.org/protocol, "Error Codes". */
const NEWER_ERRORS: ErrorCode[] = [
  { type: 'THROTTLING_QUOTA_EXCEEDED', code: 89, retriable: true, message: 'The quota for such requests is used up' },
  {
    type: 'PRODUCER_FENCED',
    code: 90,
    retriable: false,
    message: 'A newer producer with the same transactional id exists',
  },
  { type: 'UNKNOWN_TOPIC_ID', code: 100, retriable: true, message: 'The broker does not know the topic id' },
  { type: 'TRANSACTIONAL_ID_NOT_FOUND', code: 105, retriable: false, message: 'The transactional id is not known' },
  { type: 'TRANSACTION_ABORTABLE', code: 120, retriable: false, message: 'The transaction can only be aborted' },
]

/** Names the codes that kafkajs would not tell apart, and lets it retry what passes by itself. */
function mendErrorTable(): void {
  const { errorCodes } = load('kafkajs/src/protocol/error.js') as { errorCodes: ErrorCode[] }
  const known = new Set(errorCodes.map(({ code }) => code))
  errorCodes.push(...NEWER_ERRORS.filter(({ code }) => !known.has(code)))
  const concurrent = errorCodes.find(({ type }) => type === RETRIABLE)
  if (concurrent) concurrent.retriable = true
}

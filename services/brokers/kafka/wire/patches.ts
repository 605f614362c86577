import { createRequire } from 'node:module'
import { Failure } from '../../../../topologies/failure.ts'
import type { OutgoingRecord } from '../../broker.ts'
import { FetchedBatch } from './fetched-batch.ts'
import { type ProduceParameters, produceBody, RequestBody } from './produce-request.ts'
import { decodeRecordSet, type RecordBatch } from './record-set.ts'

const load = createRequire(import.meta.url)

/** The version whose modules are known here; what is replaced belongs to its inside. */
const VERSION = '2.2.4'

/** Left in the process, because this module may be evaluated again (by a test runner) while kafkajs stays loaded. */
const PATCHED = Symbol.for('millrace.kafkajs')

/** Api key of Produce in Kafka's protocol. */
const PRODUCE = 0

/**
 * Gives kafkajs faster parts, before it is loaded: record batches are encoded and decoded in one pass with native checksums, a
 * request is built in one buffer, and records that come with their partition are not sorted one by one. kafkajs' own parts take
 * five copies and a checksum in JavaScript. Also corrects two faults of it: a timer with a negative delay after each answer, and
 * error codes newer than it that it would not name.
 */
export function installPatches(): void {
  const { version } = load('kafkajs/package.json') as { version: string }
  if (version !== VERSION) {
    throw new Failure('environment_missing', `kafkajs ${VERSION} is needed and ${version} is installed. Run npm ci.`)
  }
  if (load.cache[load.resolve('kafkajs/src/index.js')]) {
    if (PATCHED in globalThis) return
    throw new Failure(
      'environment_missing',
      'kafkajs was loaded before Millrace could prepare it; load it through connectKafka.',
    )
  }
  substitute('kafkajs/src/protocol/requests/produce/v3/request.js', produceRequest)
  substitute('kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js', decodeMessages)
  substitute('kafkajs/src/producer/groupMessagesPerPartition.js', groupByPartition)
  substitute('kafkajs/src/consumer/batch.js', FetchedBatch)
  const original = load('kafkajs/src/protocol/request.js') as CreateRequest
  substitute('kafkajs/src/protocol/request.js', createRequestWith(original))
  forgetPartialAnswers()
  scheduleOnlyWhenPending()
  resetWithoutCommit()
  mendErrorTable()
  Object.defineProperty(globalThis, PATCHED, { value: VERSION })
}

function substitute(path: string, exports: unknown): void {
  load(path)
  const module = load.cache[load.resolve(path)]
  if (module) module.exports = exports
}

interface Request {
  apiKey: number
  apiVersion: number
  apiName: string
  encode(): Promise<unknown>
  expectResponse?(): boolean
}

function produceRequest(parameters: ProduceParameters): Request {
  return {
    apiKey: PRODUCE,
    apiVersion: 3,
    apiName: 'Produce',
    expectResponse: () => parameters.acks !== 0,
    encode: () => produceBody(parameters),
  }
}

type CreateRequest = (frame: {
  correlationId: number
  clientId: string
  request: Request
}) => Promise<{ buffer: Buffer }>

function createRequestWith(original: CreateRequest): CreateRequest {
  return async (frame) => {
    const { request, correlationId, clientId } = frame
    if (request.apiKey !== PRODUCE) return original(frame)
    const body = await request.encode()
    if (!(body instanceof RequestBody)) return original({ ...frame, request: { ...request, encode: async () => body } })
    return { buffer: body.frame({ apiKey: request.apiKey, apiVersion: request.apiVersion, correlationId, clientId }) }
  }
}

/** The part of kafkajs' decoder that is used here. */
interface Decoder {
  readInt32(): number
  canReadBytes(length: number): boolean
  readBytes(length: number): Buffer
}

async function decodeMessages(decoder: Decoder): Promise<RecordBatch[]> {
  const size = decoder.readInt32()
  return size <= 0 || !decoder.canReadBytes(size) ? [] : decodeRecordSet(decoder.readBytes(size))
}

/** What our producers give kafkajs as one message: all records of a partition. */
export interface PartitionRecords {
  partition: number
  records: OutgoingRecord[]
  /** kafkajs insists that every message has a value. */
  value: null
}

function groupByPartition({ messages }: { messages: PartitionRecords[] }): Record<number, OutgoingRecord[]> {
  const groups: Record<number, OutgoingRecord[]> = {}
  for (const { partition, records } of messages) {
    const group = groups[partition]
    groups[partition] = group ? [...group, ...records] : records
  }
  return groups
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
      throw new Failure('broker_failed', sentence)
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

function mendErrorTable(): void {
  const { errorCodes } = load('kafkajs/src/protocol/error.js') as { errorCodes: ErrorCode[] }
  const known = new Set(errorCodes.map(({ code }) => code))
  errorCodes.push(...NEWER_ERRORS.filter(({ code }) => !known.has(code)))
  const concurrent = errorCodes.find(({ type }) => type === RETRIABLE)
  if (concurrent) concurrent.retriable = true
}

import { createRequire } from 'node:module'
import { Failure } from '../../../../topologies/failure.ts'
import type { OutgoingRecord } from '../../broker.ts'
import { FetchedBatch } from './fetched-batch.ts'
import { installMends } from './mends.ts'
import { type ProduceParameters, produceBody, RequestBody } from './produce-request.ts'
import { type Allowance, damagedBatch, decodeRecordSet, newAllowance, type RecordBatch } from './record-set.ts'
import { WireFailure } from './wire-failure.ts'

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
 * five copies and a checksum in JavaScript. Faults of kafkajs are mended along with it.
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
  installMends()
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

/** By the decoder of a response, which all of its partitions share. */
const allowances = new WeakMap<Decoder, Allowance>()

async function decodeMessages(decoder: Decoder): Promise<RecordBatch[]> {
  const size = decoder.readInt32()
  if (size <= 0 || !decoder.canReadBytes(size)) return []
  const allowance = allowances.get(decoder) ?? newAllowance()
  allowances.set(decoder, allowance)
  try {
    return await decodeRecordSet(decoder.readBytes(size), allowance)
  } catch (error) {
    if (error instanceof WireFailure) return [damagedBatch(error)]
    throw error
  }
}

/** What our producers give kafkajs as one message: all records of a partition. */
export interface PartitionRecords {
  partition: number
  records: OutgoingRecord[]
  /** kafkajs insists that every message has a value. */
  value: null
}

interface Grouping {
  topic: string
  partitionMetadata: { partitionId: number }[]
  messages: PartitionRecords[]
}

/** kafkajs leaves out, without a word, what is for a partition that the topic does not have. */
function groupByPartition({ topic, partitionMetadata, messages }: Grouping): Record<number, OutgoingRecord[]> {
  const known = new Set(partitionMetadata.map(({ partitionId }) => partitionId))
  const groups: Record<number, OutgoingRecord[]> = {}
  for (const { partition, records } of messages) {
    if (!known.has(partition)) throw missingPartition(topic, partition)
    const group = groups[partition]
    groups[partition] = group ? [...group, ...records] : records
  }
  return groups
}

/** As the broker would answer; kafkajs asks for the topic's partitions once more and tries again before it gives up. */
function missingPartition(topic: string, partition: number): Error {
  const { KafkaJSProtocolError } = load('kafkajs/src/errors.js') as {
    KafkaJSProtocolError: new (error: Error & { type: string; code: number; retriable: boolean }) => Error
  }
  const sentence = `The topic ${topic} has no partition ${partition}. All topics of a pipeline must have as many partitions as its raw topic: add partitions to it (kafka-topics --alter).`
  return new KafkaJSProtocolError(
    Object.assign(new Error(sentence), { type: 'UNKNOWN_TOPIC_OR_PARTITION', code: 3, retriable: true }),
  )
}

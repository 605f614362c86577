import { answerFrame, fieldsOf, type Seen } from './frames.ts'
import { APIS, type ApiName } from './layouts.ts'
import { decode, encode, entries, type Fields, isFields, type Value } from './values.ts'

/** Error codes of Kafka's protocol, by the names that Kafka gives them: kafka.apache.org/protocol, "Error Codes". */
export const CODES = {
  UNKNOWN_SERVER_ERROR: -1,
  OFFSET_OUT_OF_RANGE: 1,
  CORRUPT_MESSAGE: 2,
  UNKNOWN_TOPIC_OR_PARTITION: 3,
  LEADER_NOT_AVAILABLE: 5,
  NOT_LEADER_OR_FOLLOWER: 6,
  REQUEST_TIMED_OUT: 7,
  MESSAGE_TOO_LARGE: 10,
  NETWORK_EXCEPTION: 13,
  COORDINATOR_LOAD_IN_PROGRESS: 14,
  COORDINATOR_NOT_AVAILABLE: 15,
  NOT_COORDINATOR: 16,
  NOT_ENOUGH_REPLICAS: 19,
  ILLEGAL_GENERATION: 22,
  UNKNOWN_MEMBER_ID: 25,
  REBALANCE_IN_PROGRESS: 27,
  TOPIC_AUTHORIZATION_FAILED: 29,
  GROUP_AUTHORIZATION_FAILED: 30,
  OUT_OF_ORDER_SEQUENCE_NUMBER: 45,
  INVALID_PRODUCER_EPOCH: 47,
  INVALID_TXN_STATE: 48,
  INVALID_PRODUCER_ID_MAPPING: 49,
  CONCURRENT_TRANSACTIONS: 51,
  TRANSACTION_COORDINATOR_FENCED: 52,
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 53,
  KAFKA_STORAGE_ERROR: 56,
  UNKNOWN_PRODUCER_ID: 59,
  UNSTABLE_OFFSET_COMMIT: 88,
  PRODUCER_FENCED: 90,
  TRANSACTION_ABORTABLE: 120,
} as const

export type CodeName = keyof typeof CODES

/** Requests whose answer has the error once, beside fields that then mean nothing. */
const PLAIN: Partial<Record<ApiName, Fields>> = {
  FindCoordinator: { message: null, node: -1, host: '', port: -1 },
  JoinGroup: { generation: -1, protocol: '', leader: '', member: '', members: [] },
  Heartbeat: {},
  SyncGroup: { assignment: Buffer.alloc(0) },
  OffsetFetch: { topics: [] },
  InitProducerId: { producer_id: -1n, producer_epoch: -1 },
  AddOffsetsToTxn: {},
  EndTxn: {},
}

/** Requests whose answer has an error for every partition. */
const PER_PARTITION: Partial<Record<ApiName, Fields>> = {
  Produce: { base_offset: -1n, log_append_time: -1n, log_start_offset: -1n },
  Fetch: {
    high_watermark: -1n,
    last_stable_offset: -1n,
    log_start_offset: -1n,
    aborted: null,
    preferred_replica: -1,
    records: null,
  },
  ListOffsets: { timestamp: -1n, offset: -1n },
  AddPartitionsToTxn: {},
  TxnOffsetCommit: {},
}

/** The answer of a broker that refuses a request without having acted on it. */
export function refusal(request: Seen, code: CodeName): Buffer {
  const { api, correlation } = request
  if (!api) throw new Error('A request that is not understood cannot be refused.')
  const error_code = CODES[code]
  const plain = PLAIN[api]
  const fields: Fields = { throttle_time_ms: 0, error_code, session: 0, ...plain }
  if (!plain) fields.topics = entries(fieldsOf(request), 'topics').map((topic) => refused(topic, api, error_code))
  return answerFrame(correlation, encode(APIS[api].answer, fields))
}

function refused(topic: Fields, api: ApiName, error_code: number): Fields {
  const asked = Array.isArray(topic.partitions) ? topic.partitions : []
  const partitions = asked.map((partition): Fields => {
    const index = isFields(partition) ? (partition.index ?? 0) : partition
    return { ...PER_PARTITION[api], index, error_code }
  })
  return { name: topic.name ?? '', partitions }
}

/** The answer of a broker that has acted, changed by `change`. */
export function changed({ api, correlation }: Seen, frame: Buffer, change: (answer: Fields) => Fields): Buffer {
  if (!api) return frame
  const { answer } = APIS[api]
  return answerFrame(correlation, encode(answer, change(decode(answer, frame.subarray(8)))))
}

/** The fields of an answer. */
export function answerFields({ api }: Seen, frame: Buffer): Fields {
  return api ? decode(APIS[api].answer, frame.subarray(8)) : {}
}

/** The same fields with this code wherever an error can stand. */
export function failing(fields: Fields, code: CodeName): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, failingValue(name, value, code)]))
}

function failingValue(name: string, value: Value, code: CodeName): Value {
  if (name === 'error_code') return CODES[code]
  if (Array.isArray(value)) return value.map((entry) => (isFields(entry) ? failing(entry, code) : entry))
  return value
}

/** The first error that an answer carries, as Kafka's number; 0 when it carries none. */
export function errorIn(fields: Fields): number {
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'error_code' && typeof value === 'number' && value !== 0) return value
    const nested = Array.isArray(value) ? value.filter(isFields).map(errorIn) : []
    const found = nested.find((code) => code !== 0)
    if (found !== undefined) return found
  }
  return 0
}

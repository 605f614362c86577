import type { Codec } from '../../../schemas/codec.ts'
import type { DeadLetter } from '../../../schemas/dead-letter.ts'
import type { Failure } from '../../../topologies/failure.ts'
import { HEADERS } from '../../../topologies/names.ts'
import type { PlannedOperator, Stage, Topology } from '../../../topologies/topology.ts'
import type { Headers, OutgoingRecord } from '../../brokers/broker.ts'
import type { UnpackedRecord } from '../thread/wire.ts'
import { resumptionOf } from './resumption.ts'

/** A header longer than this helps nobody and may break a topic's record limit. Characters. */
const LONGEST_TEXT = 4_000

export interface FailedRecord {
  record: UnpackedRecord
  partition: number
  failure: Failure
  /** The operator that failed, or null when the record could not be decoded. */
  operator: PlannedOperator | null
  document: { id: string; source: string } | null
  /** The document as it stood before the operator, in wire format; null when the record's value says the same, missing when nobody knows. */
  before?: Buffer | null
}

/**
 * The dead letter of a record: its value, key and headers as they came, byte for byte, and the story in headers: under the
 * names of Kafka Streams and Kafka Connect for the tools that know those, under ours, and whole as Avro in one more.
 */
export function deadLetter(failed: FailedRecord, topology: Topology, stage: Stage, codec: Codec): OutgoingRecord {
  const letter = envelope(failed, topology, stage)
  const story = errorHeaders(letter)
  // Without a prototype, since a header may bear any name.
  const headers: Headers = Object.assign(Object.create(null), failed.record.headers, story)
  // What a failed operator was given stands in the letter itself.
  if (failed.operator) delete headers[HEADERS.resumeDocument]
  letter.displaced = displacedBy(story, failed.record.headers)
  headers[HEADERS.deadLetter] = codec.encodeDeadLetter(letter)
  const timestamp = resumptionOf(failed.record.headers)?.timestamp ?? failed.record.timestamp
  return { key: failed.record.key, value: failed.record.value, headers, timestamp }
}

/** All header names that a story or a replay adds to a record. */
const ADDED = new Set<string>([
  HEADERS.deadLetter,
  HEADERS.resume,
  HEADERS.resumeDocument,
  ...Object.values(HEADERS).filter((name) => name.startsWith('__')),
])

/** The headers of the record that a dead letter stands for, as its producer had them. */
export function originalHeaders(headers: Record<string, Buffer>, { displaced }: DeadLetter): Headers {
  const own = Object.entries(headers).filter(([name]) => !ADDED.has(name))
  return Object.assign(Object.create(null), Object.fromEntries(own), displaced)
}

function envelope(failed: FailedRecord, topology: Topology, stage: Stage): DeadLetter {
  const { headers } = failed.record
  const earlier = resumptionOf(headers)
  const fits = failed.before !== undefined && fitsBeside(failed.before, failed.record, topology)
  const now = Date.now()
  return {
    pipeline: topology.pipeline,
    stage: stage.name,
    operator: failed.operator?.name ?? null,
    operator_index: failed.operator?.index ?? -1,
    code: failed.failure.code,
    message: failed.failure.message.slice(0, LONGEST_TEXT),
    stack: rootOf(failed.failure).stack?.slice(0, LONGEST_TEXT) ?? null,
    topic: stage.input,
    partition: failed.partition,
    offset: failed.record.offset,
    timestamp: failed.record.timestamp,
    attempts: (earlier?.attempts ?? 0) + 1,
    first_time: earlier?.first_time ?? now,
    last_time: now,
    recipe: topology.recipe,
    document: failed.document?.id ?? null,
    source: failed.document?.source ?? headers[HEADERS.source]?.toString() ?? null,
    resumable: fits,
    before: fits ? (failed.before ?? null) : null,
    stage_start: stage.operators[0]?.index ?? -1,
    displaced: {},
  }
}

/** Most bytes that the story takes without `before`: message and stack trace, each three times, and its many small headers. */
const STORY_BYTES = 128 * 1024

/** Whether the letter stays within its topic's limit with this in it. */
function fitsBeside(before: Buffer | null, record: UnpackedRecord, topology: Topology): boolean {
  if (before === null) return true
  const channel = topology.channels.find(({ kind }) => kind === 'dead_letters')
  let bytes = STORY_BYTES + before.length + (record.key?.length ?? 0) + (record.value?.length ?? 0)
  for (const name in record.headers) bytes += 2 * (Buffer.byteLength(name) + (record.headers[name]?.length ?? 0))
  return bytes <= Number(channel?.config['max.message.bytes'] ?? 0)
}

/** The record's own headers under names that the story takes. */
function displacedBy(story: Record<string, string>, headers: Record<string, Buffer>): Record<string, Buffer> {
  const names = [...Object.keys(story), HEADERS.deadLetter].filter((name) => headers[name] !== undefined)
  return Object.fromEntries(names.map((name) => [name, headers[name] ?? Buffer.alloc(0)]))
}

function errorHeaders(letter: DeadLetter): Record<string, string> {
  const operator = letter.operator ?? 'decode'
  const stack = letter.stack ?? ''
  return {
    [HEADERS.streamsException]: letter.code,
    [HEADERS.streamsMessage]: letter.message,
    [HEADERS.streamsStacktrace]: stack,
    [HEADERS.streamsTopic]: letter.topic,
    [HEADERS.streamsPartition]: String(letter.partition),
    [HEADERS.streamsOffset]: String(letter.offset),
    [HEADERS.connectTopic]: letter.topic,
    [HEADERS.connectPartition]: String(letter.partition),
    [HEADERS.connectOffset]: String(letter.offset),
    [HEADERS.connectConnectorName]: letter.pipeline,
    [HEADERS.connectTaskId]: String(letter.partition),
    [HEADERS.connectStage]: letter.stage,
    [HEADERS.connectClassName]: operator,
    [HEADERS.connectExceptionClassName]: letter.code,
    [HEADERS.connectExceptionMessage]: letter.message,
    [HEADERS.connectExceptionStacktrace]: stack,
    [HEADERS.pipeline]: letter.pipeline,
    [HEADERS.stage]: letter.stage,
    [HEADERS.operator]: operator,
    [HEADERS.operatorIndex]: String(letter.operator_index),
    [HEADERS.code]: letter.code,
    [HEADERS.attempts]: String(letter.attempts),
    [HEADERS.firstTime]: String(letter.first_time),
    [HEADERS.lastTime]: String(letter.last_time),
    [HEADERS.recipe]: letter.recipe,
  }
}

function rootOf(failure: Failure): Error {
  return failure.cause instanceof Error ? failure.cause : failure
}

import type { Codec } from '../../../schemas/codec.ts'
import type { DeadLetter } from '../../../schemas/dead-letter.ts'
import type { Failure } from '../../../topologies/failure.ts'
import { HEADERS } from '../../../topologies/names.ts'
import type { PlannedOperator, Stage, Topology } from '../../../topologies/topology.ts'
import type { OutgoingRecord } from '../../brokers/broker.ts'
import type { UnpackedRecord } from '../wire.ts'

/** A header longer than this helps nobody and may break a topic's record limit. Characters. */
const LONGEST_TEXT = 4_000

export interface FailedRecord {
  record: UnpackedRecord
  partition: number
  failure: Failure
  /** The operator that failed, or null when the record could not be decoded. */
  operator: PlannedOperator | null
  document: { id: string; source: string } | null
}

/**
 * The dead letter of a record: its value, key and headers as they came, byte for byte, and the story in headers: under the
 * names of Kafka Streams and Kafka Connect for the tools that know those, under ours, and whole as Avro in one more.
 */
export function deadLetter(failed: FailedRecord, topology: Topology, stage: Stage, codec: Codec): OutgoingRecord {
  const letter = envelope(failed, topology, stage)
  const headers = {
    ...failed.record.headers,
    ...errorHeaders(letter),
    [HEADERS.deadLetter]: codec.encodeDeadLetter(letter),
  }
  return { key: failed.record.key, value: failed.record.value, headers, timestamp: failed.record.timestamp }
}

function envelope(failed: FailedRecord, topology: Topology, stage: Stage): DeadLetter {
  const earlier = failed.record.headers
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
    attempts: Number(earlier[HEADERS.attempts] ?? 0) + 1,
    first_time: Number(earlier[HEADERS.firstTime] ?? now),
    last_time: now,
    recipe: topology.recipe,
    document: failed.document?.id ?? null,
    source: failed.document?.source ?? earlier[HEADERS.source]?.toString() ?? null,
  }
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

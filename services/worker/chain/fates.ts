import type { Document } from '../../../schemas/document.ts'
import { Failure } from '../../../topologies/failure.ts'
import { HEADERS } from '../../../topologies/names.ts'
import { DUPLICATE, GROUPED } from '../../../topologies/operator.ts'
import type { Topology } from '../../../topologies/topology.ts'
import type { Headers } from '../../brokers/broker.ts'
import { orderOf } from '../dataset/probing.ts'
import type { UnpackedRecord } from '../thread/wire.ts'
import type { Outcome } from './chain.ts'
import { deadLetter } from './dead-letter.ts'
import { liesBehind, resumptionOf } from './resumption.ts'
import type { BatchResult, Work } from './work.ts'

/** Left for key, headers and the batch around a record. Bytes. */
const ROUND_A_VALUE = 64 * 1024

/** Longest value that the topics take which the stages write. Bytes. */
export function roomIn({ channels }: Topology): number {
  const written = channels.filter(({ kind }) => kind !== 'raw')
  const limits = written.map(({ config }) => Number(config['max.message.bytes'] ?? Number.POSITIVE_INFINITY))
  return Math.min(...limits) - ROUND_A_VALUE
}

/** Writes the fates of a document, or of its parts, where they belong, and counts them. */
export function settle(outcomes: Outcome[], record: UnpackedRecord, work: Work, result: BatchResult): void {
  result.tally.split += outcomes.length - 1
  for (const outcome of outcomes) settleOne(outcome, record, work, result)
}

function settleOne(outcome: Outcome, record: UnpackedRecord, work: Work, result: BatchResult): void {
  const { tally } = result
  const { parts, partition } = work
  if (outcome.kind === 'kept') {
    const value = parts.codec.encodeDocument(outcome.document)
    if (value.length > work.room) {
      outgrown(outcome, value.length, { record, work, result })
      return
    }
    tally.bytes_out += value.length
    tally.output++
    const { headers, timestamp } = onwards(record, work)
    if (work.probing) headers[HEADERS.order] = orderOf(outcome.document)
    result.output.push({ key: record.key, value, headers, timestamp })
    if (outcome.probe) work.probing?.add(outcome.document, outcome.probe, record)
    return
  }
  if (outcome.kind === 'failed') {
    const { failure, operator, document } = outcome
    const failed = { record, partition, failure, operator, document, before: standing(document, record, work) }
    result.deadLetters.push(deadLetter(failed, parts.topology, parts.stage, parts.codec))
    tally.dead_letters++
    return
  }
  const { document, operator, reason, original } = outcome
  // What has become part of another document is not lost, so there is nothing to look up.
  if (reason === GROUPED) {
    tally.merged++
    return
  }
  const counted = reason === DUPLICATE ? 'duplicates' : 'rejected'
  if (parts.topology.rejected === 'count') {
    tally[counted]++
    return
  }
  const value = parts.codec.encodeRejection({
    document,
    operator: operator.name,
    operator_index: operator.index,
    reason,
    stage: parts.stage.name,
    pipeline: parts.topology.pipeline,
    recipe: parts.topology.recipe,
    duplicate_of: original,
  })
  if (value.length > work.room) {
    outgrown(outcome, value.length, { record, work, result })
    return
  }
  tally[counted]++
  const headers = { [HEADERS.version]: parts.topology.recipe }
  result.rejected.push({ key: record.key, value, headers, timestamp: timeOf(record) })
}

/** A document that has become larger than any topic takes is set aside, so that it does not stop all others. */
function outgrown(
  outcome: Outcome,
  bytes: number,
  { record, work, result }: { record: UnpackedRecord; work: Work; result: BatchResult },
): void {
  const { parts, partition, room } = work
  const sentence = `The document has grown to ${bytes} bytes on its way; the topics take ${room}.`
  const failure = new Failure('document_too_large', sentence)
  const operator = 'operator' in outcome ? outcome.operator : (parts.stage.operators.at(-1) ?? null)
  const failed = { record, partition, failure, operator, document: outcome.document }
  result.deadLetters.push(deadLetter(failed, parts.topology, parts.stage, parts.codec))
  result.tally.dead_letters++
}

/** The document before the operator that failed, in wire format; null when the record's value says the same. */
function standing(document: Document, record: UnpackedRecord, { parts, partition, decode }: Work): Buffer | null {
  const { [HEADERS.resumeDocument]: _, ...headers } = record.headers
  const before = parts.codec.encodeDocument(document)
  try {
    return parts.codec.encodeDocument(decode({ ...record, headers }, partition)).equals(before) ? null : before
  } catch {
    // Of a letter that was replayed with its document, the value may be what failed at first.
    return before
  }
}

/** The time of the record that a dead letter stands for: when it was replayed is not when it was made. */
function timeOf(record: UnpackedRecord): number {
  return resumptionOf(record.headers)?.timestamp ?? record.timestamp
}

/** The time and the version of what goes on; and the way, for as long as a replayed document has not reached its operator. */
function onwards(record: UnpackedRecord, { parts, probing }: Work): { timestamp: number; headers: Headers } {
  const { stage, topology } = parts
  const headers: Headers = { [HEADERS.version]: topology.recipe }
  if (probing) headers[HEADERS.block] = probing.numberOf(record)
  const resumption = resumptionOf(record.headers)
  if (!resumption) return { timestamp: record.timestamp, headers }
  const way = record.headers[HEADERS.resume]
  if (way && liesBehind(stage, resumption)) headers[HEADERS.resume] = way
  return { timestamp: resumption.timestamp, headers }
}

/** An end marker goes on behind the data; behind the last stage it only shows in the ledger. */
export function passEnd(record: UnpackedRecord, { parts, probing }: Work, result: BatchResult): void {
  const run = record.headers[HEADERS.end]
  if (!run) return
  probing?.end(run.toString(), record)
  if (parts.stage.last) {
    result.tally.ended.push(run.toString())
    return
  }
  const headers: Headers = { [HEADERS.end]: run }
  if (probing) headers[HEADERS.block] = probing.numberOf(record)
  result.output.push({ key: null, value: null, headers, timestamp: record.timestamp })
}

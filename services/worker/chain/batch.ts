import type { Codec } from '../../../schemas/codec.ts'
import type { Document } from '../../../schemas/document.ts'
import { classify, Failure } from '../../../topologies/failure.ts'
import { HEADERS } from '../../../topologies/names.ts'
import type { Catalog, OperatorContext } from '../../../topologies/operator.ts'
import type { Stage, Topology } from '../../../topologies/topology.ts'
import type { Headers, OutgoingRecord } from '../../brokers/broker.ts'
import { DECODING, type Mark } from '../thread/mark.ts'
import type { UnpackedRecord } from '../thread/wire.ts'
import { buildChain, type Chain, type ChainPlan, type Course, type Outcome, type Watch } from './chain.ts'
import { deadLetter } from './dead-letter.ts'
import { type Decoder, decoderOf } from './decode.ts'
import { liesBehind, placeIn, resumptionOf } from './resumption.ts'
import { type BatchTally, emptyTally } from './tally.ts'
import { buildWaitingChain, waits } from './waiting.ts'

/** What one batch of records became: records per kind of topic, in input order, and the counts for the ledger. */
export interface BatchResult {
  output: OutgoingRecord[]
  rejected: OutgoingRecord[]
  deadLetters: OutgoingRecord[]
  tally: BatchTally
}

export interface StageParts {
  topology: Topology
  stage: Stage
  catalog: Catalog
  context: OperatorContext
  codec: Codec
  /** Is moved along with the work. */
  mark?: Mark
}

/** How a batch is processed otherwise than as usual. */
export interface Trial {
  /** Its number, for the mark. */
  batch?: number
  /** What is known of a batch of one record: at this place (-1: decoding) it takes down the thread. */
  condemned?: { place: number; failure: Failure }
}

/** Decodes, chains and encodes the records of one partition: the whole work of the operator thread. */
export interface BatchProcessor {
  /** Settles when the operators can work; rejects with what one of them lacks. */
  ready(): Promise<void>
  process(records: UnpackedRecord[], partition: number, trial?: Trial): BatchResult | Promise<BatchResult>
  close(): Promise<void>
}

/** Builds the processor of a stage; the same function runs in the operator thread, inline, and in tests. */
export function batchProcessor(parts: StageParts): BatchProcessor {
  const { operators } = parts.stage
  const room = roomIn(parts.topology)
  const plan = { operators, textKey: parts.topology.textKey }
  const decode = decoderOf(parts.topology, parts.stage, parts.codec)
  if (waits(operators, parts.catalog)) return waitingProcessor(parts, plan, { decode, room })
  const watch = new MarkWatch(parts.mark)
  const chain = buildChain(plan, parts.catalog, parts.context, watch)
  const done = async () => undefined
  return {
    ready: done,
    close: done,
    process: (records, partition, { batch = 0, condemned } = {}) => {
      watch.batch = batch
      const result = processInTurn(records, { parts, partition, chain, decode, watch, condemned, room })
      watch.leave()
      return result
    },
  }
}

/** Writes into the mark where the chain stands, when there is one. */
class MarkWatch implements Watch {
  batch: number
  readonly #mark: Mark | undefined

  constructor(mark: Mark | undefined, batch = 0) {
    this.#mark = mark
    this.batch = batch
  }

  document(index: number): void {
    this.#mark?.record(this.batch, index)
  }

  operator(place: number): void {
    this.#mark?.operator(place)
  }

  leave(): void {
    this.#mark?.leave()
  }

  /** The same for a chain that counts only the records at these places. */
  through(places: number[]): Watch {
    return {
      document: (index) => this.document(places[index] ?? index),
      operator: (place) => this.operator(place),
      leave: () => this.leave(),
    }
  }
}

interface Work {
  parts: StageParts
  partition: number
  decode: Decoder
  watch: Watch
  condemned: Trial['condemned']
  /** Longest value that a topic takes. Bytes. */
  room: number
}

/** Left for key, headers and the batch around a record. Bytes. */
const ROUND_A_VALUE = 64 * 1024

/** All topics of a pipeline have the same limit. */
function roomIn({ channels }: Topology): number {
  const limits = channels.map(({ config }) => Number(config['max.message.bytes'] ?? Number.POSITIVE_INFINITY))
  return Math.min(...limits) - ROUND_A_VALUE
}

/** One document after the other through the whole chain, so that little memory is alive at a time. */
function processInTurn(records: UnpackedRecord[], work: Work & { chain: Chain }): BatchResult {
  const result = emptyResult(work.parts.stage, records.length)
  for (const [i, record] of records.entries()) {
    if (record.headers[HEADERS.end]) {
      passEnd(record, work.parts.stage, result)
      continue
    }
    work.watch.document(i)
    const document = documentOf(record, work, result)
    if (document) settle(work.chain(document, result.tally.operators, courseOf(record, work)), record, work, result)
  }
  return result
}

function waitingProcessor(
  parts: StageParts,
  plan: ChainPlan,
  { decode, room }: Pick<Work, 'decode' | 'room'>,
): BatchProcessor {
  const chain = buildWaitingChain(plan, parts.catalog, parts.context)
  return {
    ready: chain.ready,
    close: chain.close,
    process: async (records, partition, { batch, condemned } = {}) => {
      const watch = new MarkWatch(parts.mark, batch)
      const work = { parts, partition, decode, watch, condemned, room }
      const result = emptyResult(parts.stage, records.length)
      const documents = records.map((record) => (record.headers[HEADERS.end] ? null : documentOf(record, work, result)))
      const passed = documents.filter((document) => document !== null)
      const places = [...documents.keys()].filter((i) => documents[i])
      const courses = places.flatMap((i) => (records[i] ? [courseOf(records[i], work)] : []))
      const options = { courses, watch: watch.through(places) }
      const fates = (await chain.pass(passed, result.tally.operators, options)).values()
      for (const [i, record] of records.entries()) {
        if (record.headers[HEADERS.end]) passEnd(record, parts.stage, result)
        else if (documents[i]) settle(fates.next().value ?? [], record, work, result)
      }
      return result
    },
  }
}

/** A record that was a dead letter goes on where it failed. */
function courseOf(record: UnpackedRecord, { condemned, parts }: Work): Course {
  const course: Course = condemned ? { condemned } : {}
  const resumption = resumptionOf(record.headers)
  return resumption ? { ...course, from: placeIn(parts.stage, parts.topology, resumption) } : course
}

function emptyResult(stage: Stage, records: number): BatchResult {
  const tally = emptyTally(stage.operators)
  tally.records = records
  return { output: [], rejected: [], deadLetters: [], tally }
}

/** The document that a record holds; null when it is a dead letter. */
function documentOf(
  record: UnpackedRecord,
  { parts, partition, decode, condemned }: Work,
  result: BatchResult,
): Document | null {
  const { tally } = result
  tally.documents++
  const resumption = resumptionOf(record.headers)
  if (parts.stage.first && resumption) tally.replayed++
  tally.bytes_in += record.value?.length ?? 0
  try {
    if (condemned?.place === DECODING) throw condemned.failure
    const document = decode(record, partition)
    if (parts.stage.first && document.repairs.length > 0 && !resumption?.operator) tally.repaired++
    return document
  } catch (thrown) {
    const failed = { record, partition, failure: classify(thrown), operator: null, document: null }
    result.deadLetters.push(deadLetter(failed, parts.topology, parts.stage, parts.codec))
    tally.dead_letters++
    return null
  }
}

function settle(outcomes: Outcome[], record: UnpackedRecord, work: Work, result: BatchResult): void {
  result.tally.split += outcomes.length - 1
  for (const outcome of outcomes) settleOne(outcome, record, work, result)
}

/** Writes a document's fate where it belongs. */
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
    result.output.push({ key: record.key, value, ...onwards(record, parts.stage) })
    return
  }
  if (outcome.kind === 'failed') {
    const { failure, operator, document } = outcome
    const failed = { record, partition, failure, operator, document, before: standing(document, record, work) }
    result.deadLetters.push(deadLetter(failed, parts.topology, parts.stage, parts.codec))
    tally.dead_letters++
    return
  }
  if (parts.topology.rejected === 'count') {
    tally.rejected++
    return
  }
  const { document, operator, reason } = outcome
  const value = parts.codec.encodeRejection({
    document,
    operator: operator.name,
    operator_index: operator.index,
    reason,
    stage: parts.stage.name,
    pipeline: parts.topology.pipeline,
    recipe: parts.topology.recipe,
  })
  if (value.length > work.room) {
    outgrown(outcome, value.length, { record, work, result })
    return
  }
  tally.rejected++
  result.rejected.push({ key: record.key, value, timestamp: timeOf(record) })
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

/** The time of what goes on; and the way, for as long as a replayed document has not reached its operator. */
function onwards(record: UnpackedRecord, stage: Stage): { timestamp: number; headers?: Headers } {
  const resumption = resumptionOf(record.headers)
  if (!resumption) return { timestamp: record.timestamp }
  const { timestamp } = resumption
  const header = record.headers[HEADERS.resume]
  return header && liesBehind(stage, resumption) ? { timestamp, headers: { [HEADERS.resume]: header } } : { timestamp }
}

/** An end marker goes on behind the data; behind the last stage it only shows in the ledger. */
function passEnd(record: UnpackedRecord, stage: Stage, result: BatchResult): void {
  const run = record.headers[HEADERS.end]
  if (!run) return
  if (stage.last) result.tally.ended.push(run.toString())
  else result.output.push({ key: null, value: null, headers: { [HEADERS.end]: run }, timestamp: record.timestamp })
}

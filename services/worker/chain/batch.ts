import type { Document } from '../../../schemas/document.ts'
import { classify, Failure } from '../../../topologies/failure.ts'
import { HEADERS } from '../../../topologies/names.ts'
import { operatorsOf, type Stage } from '../../../topologies/topology.ts'
import { Probing } from '../dataset/probing.ts'
import { DECODING } from '../thread/mark.ts'
import type { UnpackedRecord } from '../thread/wire.ts'
import { buildChain, type Chain, type ChainPlan, type Course } from './chain.ts'
import { deadLetter } from './dead-letter.ts'
import { decoderOf } from './decode.ts'
import { passEnd, roomIn, settle } from './fates.ts'
import { MarkWatch } from './mark-watch.ts'
import { placeIn, resumptionOf } from './resumption.ts'
import { emptyTally } from './tally.ts'
import { buildWaitingChain, waits } from './waiting.ts'
import type { BatchResult, StageParts, Trial, Work } from './work.ts'

/** Decodes, chains and encodes the records of one partition: the whole work of the operator thread. */
export interface BatchProcessor {
  /** Settles when the operators can work; rejects with what one of them lacks. */
  ready(): Promise<void>
  process(records: UnpackedRecord[], partition: number, trial?: Trial): BatchResult | Promise<BatchResult>
  close(): Promise<void>
}

/** Builds the processor of a stage; the same function runs in the operator thread, inline, and in tests. */
export function batchProcessor(parts: StageParts): BatchProcessor {
  const { operators, probes } = parts.stage
  const room = roomIn(parts.topology)
  const plan = { operators, probes: probes?.operator, textKey: parts.topology.textKey }
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
      const probing = probingOf(parts, records, partition)
      const result = processInTurn(records, { parts, partition, chain, decode, watch, condemned, room, probing })
      watch.leave()
      return result
    },
  }
}

/** One document after the other through the whole chain, so that little memory is alive at a time. */
function processInTurn(records: UnpackedRecord[], work: Work & { chain: Chain }): BatchResult {
  const result = emptyResult(work.parts.stage, records.length)
  for (const [i, record] of records.entries()) {
    if (record.headers[HEADERS.end]) {
      passEnd(record, work, result)
      continue
    }
    work.watch.document(i)
    const document = documentOf(record, work, result)
    if (document) settle(work.chain(document, result.tally.operators, courseOf(record, work)), record, work, result)
  }
  result.elsewhere = work.probing?.deliveries() ?? []
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
      const probing = probingOf(parts, records, partition)
      const work = { parts, partition, decode, watch, condemned, room, probing }
      const result = emptyResult(parts.stage, records.length)
      const documents = records.map((record) => (record.headers[HEADERS.end] ? null : documentOf(record, work, result)))
      const passed = documents.filter((document) => document !== null)
      const places = [...documents.keys()].filter((i) => documents[i])
      const courses = places.flatMap((i) => (records[i] ? [courseOf(records[i], work)] : []))
      const options = { courses, watch: watch.through(places) }
      const fates = (await chain.pass(passed, result.tally.operators, options)).values()
      for (const [i, record] of records.entries()) {
        if (record.headers[HEADERS.end]) passEnd(record, work, result)
        else if (documents[i]) settle(fates.next().value ?? [], record, work, result)
      }
      result.elsewhere = probing?.deliveries() ?? []
      return result
    },
  }
}

/** A record that was a dead letter goes on where it failed. */
function courseOf(record: UnpackedRecord, { condemned, parts }: Work): Course {
  const course: Course = condemned ? { condemned } : {}
  const verdict = parts.stage.gate && record.headers[HEADERS.verdict]
  const [known] = verdict ? parts.codec.decodeVerdicts(verdict).verdicts : []
  if (known) course.verdict = known
  const resumption = resumptionOf(record.headers)
  return resumption ? { ...course, from: placeIn(parts.stage, parts.topology, resumption) } : course
}

function probingOf(parts: StageParts, records: UnpackedRecord[], partition: number): Probing | null {
  const { probes } = parts.stage
  return probes && records.length > 0 ? new Probing(probes, parts, { records, partition }) : null
}

export function emptyResult(stage: Stage, records: number): BatchResult {
  const tally = emptyTally(operatorsOf(stage))
  tally.records = records
  return { output: [], rejected: [], deadLetters: [], elsewhere: [], tally }
}

/**
 * Every document is processed by one version of the recipe from door to door. What another one has begun is left to it:
 * throws Failure `plan_changed`.
 */
function requireVersion({ headers }: UnpackedRecord, { topology, stage }: StageParts): void {
  const version = headers[HEADERS.version]
  if (stage.first || !version || version.toString() === topology.recipe) return
  throw new Failure(
    'plan_changed',
    `Documents that the recipe ${version} of ${topology.pipeline} has begun wait in ${stage.input}, and this is ${topology.recipe}: run that one until they are through, then this one (\`up --replace\` does so).`,
  )
}

/** The document that a record holds; null when it is a dead letter. */
function documentOf(
  record: UnpackedRecord,
  { parts, partition, decode, condemned }: Work,
  result: BatchResult,
): Document | null {
  const { tally } = result
  requireVersion(record, parts)
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

import type { Codec } from '../../../schemas/codec.ts'
import type { Document } from '../../../schemas/document.ts'
import { classify } from '../../../topologies/failure.ts'
import { HEADERS } from '../../../topologies/names.ts'
import type { Catalog, OperatorContext } from '../../../topologies/operator.ts'
import type { Stage, Topology } from '../../../topologies/topology.ts'
import type { OutgoingRecord } from '../../brokers/broker.ts'
import type { UnpackedRecord } from '../wire.ts'
import { buildChain, type Chain, type ChainPlan, type Outcome } from './chain.ts'
import { deadLetter } from './dead-letter.ts'
import { type Decoder, decoderOf } from './decode.ts'
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
}

/** Decodes, chains and encodes the records of one partition: the whole work of the operator thread. */
export interface BatchProcessor {
  /** Settles when the operators can work; rejects with what one of them lacks. */
  ready(): Promise<void>
  process(records: UnpackedRecord[], partition: number): BatchResult | Promise<BatchResult>
  close(): Promise<void>
}

/** Builds the processor of a stage; the same function runs in the operator thread, inline, and in tests. */
export function batchProcessor(parts: StageParts): BatchProcessor {
  const { operators } = parts.stage
  const plan = { operators, textKey: parts.topology.textKey }
  const decode = decoderOf(parts.topology, parts.stage, parts.codec)
  if (waits(operators, parts.catalog)) return waitingProcessor(parts, plan, decode)
  const chain = buildChain(plan, parts.catalog, parts.context)
  const done = async () => undefined
  return {
    ready: done,
    close: done,
    process: (records, partition) => processInTurn(records, { parts, partition, chain, decode }),
  }
}

interface Work {
  parts: StageParts
  partition: number
  decode: Decoder
}

/** One document after the other through the whole chain, so that little memory is alive at a time. */
function processInTurn(records: UnpackedRecord[], work: Work & { chain: Chain }): BatchResult {
  const result = emptyResult(work.parts.stage, records.length)
  for (const record of records) {
    if (record.headers[HEADERS.end]) {
      passEnd(record, work.parts.stage, result)
      continue
    }
    const document = documentOf(record, work, result)
    if (document) settle(work.chain(document, result.tally.operators), record, work, result)
  }
  return result
}

function waitingProcessor(parts: StageParts, plan: ChainPlan, decode: Decoder): BatchProcessor {
  const chain = buildWaitingChain(plan, parts.catalog, parts.context)
  return {
    ready: chain.ready,
    close: chain.close,
    process: async (records, partition) => {
      const work = { parts, partition, decode }
      const result = emptyResult(parts.stage, records.length)
      const documents = records.map((record) => (record.headers[HEADERS.end] ? null : documentOf(record, work, result)))
      const passed = documents.filter((document) => document !== null)
      const fates = (await chain.pass(passed, result.tally.operators)).values()
      for (const [i, record] of records.entries()) {
        if (record.headers[HEADERS.end]) passEnd(record, parts.stage, result)
        else if (documents[i]) settle(fates.next().value ?? [], record, work, result)
      }
      return result
    },
  }
}

function emptyResult(stage: Stage, records: number): BatchResult {
  const tally = emptyTally(stage.operators)
  tally.records = records
  return { output: [], rejected: [], deadLetters: [], tally }
}

/** The document that a record holds; null when it is a dead letter. */
function documentOf(record: UnpackedRecord, { parts, partition, decode }: Work, result: BatchResult): Document | null {
  const { tally } = result
  tally.documents++
  tally.bytes_in += record.value?.length ?? 0
  try {
    const document = decode(record, partition)
    if (parts.stage.first && document.repairs.length > 0) tally.repaired++
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
function settleOne(outcome: Outcome, record: UnpackedRecord, { parts, partition }: Work, result: BatchResult): void {
  const { tally } = result
  if (outcome.kind === 'kept') {
    const value = parts.codec.encodeDocument(outcome.document)
    tally.bytes_out += value.length
    tally.output++
    result.output.push({ key: record.key, value, timestamp: record.timestamp })
    return
  }
  if (outcome.kind === 'failed') {
    const { failure, operator, document } = outcome
    const failed = { record, partition, failure, operator, document }
    result.deadLetters.push(deadLetter(failed, parts.topology, parts.stage, parts.codec))
    tally.dead_letters++
    return
  }
  tally.rejected++
  if (parts.topology.rejected === 'count') return
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
  result.rejected.push({ key: record.key, value, timestamp: record.timestamp })
}

/** An end marker goes on behind the data; behind the last stage it only shows in the ledger. */
function passEnd(record: UnpackedRecord, stage: Stage, result: BatchResult): void {
  const run = record.headers[HEADERS.end]
  if (!run) return
  if (stage.last) result.tally.ended.push(run.toString())
  else result.output.push({ key: null, value: null, headers: { [HEADERS.end]: run }, timestamp: record.timestamp })
}

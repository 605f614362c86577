import type { Codec } from '../../../schemas/codec.ts'
import { classify } from '../../../topologies/failure.ts'
import { HEADERS } from '../../../topologies/names.ts'
import type { Catalog, OperatorContext } from '../../../topologies/operator.ts'
import type { Stage, Topology } from '../../../topologies/topology.ts'
import type { OutgoingRecord } from '../../brokers/broker.ts'
import type { UnpackedRecord } from '../wire.ts'
import { buildChain, type Chain, type Outcome } from './chain.ts'
import { deadLetter } from './dead-letter.ts'
import { type Decoder, decoderOf } from './decode.ts'
import { type BatchTally, emptyTally } from './tally.ts'

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
export type BatchProcessor = (records: UnpackedRecord[], partition: number) => BatchResult

/** Builds the processor of a stage; the same function runs in the operator thread, inline, and in tests. */
export function batchProcessor(parts: StageParts): BatchProcessor {
  const chain = buildChain(
    { operators: parts.stage.operators, textKey: parts.topology.textKey },
    parts.catalog,
    parts.context,
  )
  const decode = decoderOf(parts.topology, parts.stage, parts.codec)
  return (records, partition) => {
    const result: BatchResult = { output: [], rejected: [], deadLetters: [], tally: emptyTally(parts.stage.operators) }
    for (const record of records) {
      if (record.headers[HEADERS.end]) passEnd(record, parts.stage, result)
      else processRecord(record, partition, { parts, chain, decode, result })
    }
    result.tally.records = records.length
    return result
  }
}

interface Work {
  parts: StageParts
  chain: Chain
  decode: Decoder
  result: BatchResult
}

function processRecord(record: UnpackedRecord, partition: number, work: Work): void {
  const { parts, result } = work
  const { tally } = result
  tally.documents++
  tally.bytes_in += record.value?.length ?? 0
  let document: ReturnType<Decoder>
  try {
    document = work.decode(record, partition)
  } catch (thrown) {
    const failed = { record, partition, failure: classify(thrown), operator: null, document: null }
    result.deadLetters.push(deadLetter(failed, parts.topology, parts.stage, parts.codec))
    tally.dead_letters++
    return
  }
  if (parts.stage.first && document.repairs.length > 0) tally.repaired++
  const outcomes = work.chain(document, tally.operators)
  tally.split += outcomes.length - 1
  for (const outcome of outcomes) settle(outcome, record, partition, work)
}

/** Writes a document's fate where it belongs. */
function settle(outcome: Outcome, record: UnpackedRecord, partition: number, work: Work): void {
  const { parts, result } = work
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

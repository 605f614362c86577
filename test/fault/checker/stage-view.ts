import type { Codec } from '../../../schemas/codec.ts'
import { LETTERS_STAGE, type LedgerEntry } from '../../../schemas/ledger.ts'
import { HEADERS } from '../../../topologies/names.ts'
import type { Stage } from '../../../topologies/topology.ts'
import type { Logged, PipelineLog } from './pipeline-log.ts'

/** A document among a stage's input. */
export interface Input {
  id: string
  partition: number
  offset: bigint
}

/** A document, or a part of one, where the stage put it. */
export interface StageFate {
  kind: 'output' | 'rejected' | 'dead letter'
  id: string
  partition: number
  offset: bigint
  /** The input that it comes from; null when there is none. */
  from: Input | null
}

/** A row of the ledger and where it lies. */
export interface Row extends LedgerEntry {
  at_partition: number
  at_offset: bigint
}

/** One stage's part in the log: what it was given, what it made of it, and what it says about that. */
export interface StageView {
  stage: Stage
  inputs: Input[]
  fates: StageFate[]
  rows: Row[]
  /** Per partition of the input. */
  committed: (bigint | null)[]
  ends: bigint[]
}

/** The log by stages, in the order of the line. */
export function stageViews(log: PipelineLog, codec: Codec): StageView[] {
  return log.topology.stages.map((stage) => {
    const inputs = inputsOf(stage, log, codec)
    return {
      stage,
      inputs,
      fates: fatesOf(stage, inputs, log, codec),
      rows: rowsOf(stage, log, codec),
      committed: log.committed.get(stage.name) ?? [],
      ends: log.ends.get(stage.input) ?? [],
    }
  })
}

/** Text of a place, for people. */
export function placeOf({ partition, offset }: { partition: number; offset: bigint }): string {
  return `${partition}-${offset}`
}

export function isEnd({ record }: Logged): boolean {
  return record.headers[HEADERS.end] !== undefined
}

export function bytesOf({ record, partition }: Logged): Buffer {
  if (!record.value) throw new Error(`The record at ${partition}-${record.offset} has no value.`)
  return record.value
}

function inputsOf(stage: Stage, log: PipelineLog, codec: Codec): Input[] {
  const data = (log.records.get(stage.input) ?? []).filter((logged) => !isEnd(logged))
  return data.map((logged) => {
    const place = { partition: logged.partition, offset: logged.record.offset }
    return { ...place, id: stage.first ? placeOf(place) : codec.decodeDocument(bytesOf(logged)).id }
  })
}

function fatesOf(stage: Stage, inputs: Input[], log: PipelineLog, codec: Codec): StageFate[] {
  const byId = new Map(inputs.map((input) => [input.id, input]))
  const byPlace = new Map(inputs.map((input) => [placeOf(input), input]))
  const { rejected, deadLetters } = log.topology.topics
  const fates: StageFate[] = []
  const add = (kind: StageFate['kind'], { partition, record }: Logged, found: { id: string; from: Input | null }) =>
    fates.push({ kind, partition, offset: record.offset, ...found })
  for (const logged of log.records.get(stage.output) ?? []) {
    if (isEnd(logged)) continue
    const { id } = codec.decodeDocument(bytesOf(logged))
    add('output', logged, { id, from: wholeOf(id, byId) })
  }
  for (const logged of log.records.get(rejected) ?? []) {
    const rejection = codec.decodeRejection(bytesOf(logged))
    const { id } = rejection.document
    if (rejection.stage === stage.name) add('rejected', logged, { id, from: wholeOf(id, byId) })
  }
  for (const logged of log.records.get(deadLetters) ?? []) {
    const letter = codec.decodeDeadLetter(logged.record.headers[HEADERS.deadLetter] ?? Buffer.alloc(0))
    if (letter.stage !== stage.name) continue
    const from = byPlace.get(placeOf(letter)) ?? null
    add('dead letter', logged, { id: letter.document ?? from?.id ?? placeOf(letter), from })
  }
  return fates
}

/** The input of which this is the document or a part: parts have `.1`, `.2`, … behind the id of the whole. */
function wholeOf(id: string, inputs: Map<string, Input>): Input | null {
  for (let whole = id; ; whole = whole.slice(0, whole.lastIndexOf('.'))) {
    const input = inputs.get(whole)
    if (input) return input
    if (!whole.includes('.')) return null
  }
}

function rowsOf(stage: Stage, log: PipelineLog, codec: Codec): Row[] {
  const rows = (log.records.get(log.topology.topics.ledger) ?? []).map((logged) => ({
    ...codec.decodeLedgerEntry(bytesOf(logged)),
    at_partition: logged.partition,
    at_offset: logged.record.offset,
  }))
  return rows.filter((row) => row.stage === stage.name && row.stage !== LETTERS_STAGE)
}

import { HEADERS } from '../../../topologies/names.ts'
import type { Logged, PipelineLog } from './pipeline-log.ts'
import { isEnd, placeOf, type StageFate, type StageView } from './stage-view.ts'
import { type Violation, violation } from './violation.ts'

/** Every document that a stage has passed has a fate, and no more than one; and every fate is that of a document. */
export function fateViolations({ stage, inputs, fates, committed }: StageView): Violation[] {
  const settled = new Set(fates.flatMap(({ from }) => (from ? [from] : [])))
  const passed = inputs.filter(({ partition, offset }) => offset < (committed[partition] ?? 0n))
  const lost = passed.filter((input) => !settled.has(input)).map((input) => `${input.id} of ${placeOf(input)}`)
  const invented = fates.filter(({ from }) => from === null).map(fateText)
  return [
    ...violation('I1', `${stage.name} passed documents that have no fate`, lost),
    ...violation('I2', `${stage.name} settled documents more than once`, doubled(fates)),
    ...violation('I2', `${stage.name} settled documents that it was never given`, invented),
  ]
}

/** A document that is kept, and by the next stage too, has its fate there; so each stage is held by itself. */
function doubled(fates: StageFate[]): string[] {
  const seen = new Map<string, StageFate>()
  return fates.flatMap((fate) => {
    const first = seen.get(fate.id)
    seen.set(fate.id, fate)
    return first ? [`${fateText(first)} and ${fateText(fate)}`] : []
  })
}

function fateText({ kind, id, partition, offset }: StageFate): string {
  return `${id} as ${kind} at ${partition}-${offset}`
}

/** A document stays in its partition, and in each place where the stage writes, documents lie in the order of its input. */
export function orderViolations({ stage, fates }: StageView): Violation[] {
  const moved = fates.filter(({ from, partition }) => from !== null && from.partition !== partition)
  const last = new Map<string, StageFate>()
  const disordered = fates.flatMap((fate) => {
    const place = `${fate.kind} ${fate.partition}`
    const former = last.get(place)
    last.set(place, fate)
    if (!former?.from || !fate.from || former.from.offset <= fate.from.offset) return []
    return [`${fateText(fate)} lies behind ${fateText(former)}`]
  })
  return [
    ...violation('I3', `${stage.name} moved documents to other partitions`, moved.map(fateText)),
    ...violation('I3', `${stage.name} wrote documents out of order`, disordered),
  ]
}

/** The feeder counts what it feeds: each number must be there once, without a gap, and per partition in order. */
export function feedViolations(log: PipelineLog): Violation[] {
  const fed = (log.records.get(log.topology.topics.raw) ?? []).flatMap((logged) => {
    const ordinal = isEnd(logged) ? null : ordinalOf(logged)
    return ordinal === null ? [] : [{ ordinal, logged }]
  })
  const places = new Map<bigint, string>()
  const last = new Map<number, bigint>()
  const twice: string[] = []
  const disordered: string[] = []
  for (const { ordinal, logged } of fed) {
    const place = placeOf({ partition: logged.partition, offset: logged.record.offset })
    const other = places.get(ordinal)
    if (other) twice.push(`number ${ordinal} at ${other} and ${place}`)
    places.set(ordinal, place)
    if ((last.get(logged.partition) ?? -1n) >= ordinal) disordered.push(`number ${ordinal} at ${place}`)
    last.set(logged.partition, ordinal)
  }
  const missing = [...Array(places.size).keys()].filter((number) => !places.has(BigInt(number)))
  return [
    ...violation('I1', 'the feeder left out numbers', missing.map(String)),
    ...violation('I2', 'the feeder fed lines twice', twice),
    ...violation('I3', 'the feeder fed lines out of order', disordered),
  ]
}

/** The feeder's count of a record; null when another producer wrote it. */
export function ordinalOf({ record }: Logged): bigint | null {
  const header = record.headers[HEADERS.ordinal]
  return header?.length === 8 ? header.readBigInt64BE() : null
}

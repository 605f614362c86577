import type { Codec } from '../../../schemas/codec.ts'
import { HEADERS } from '../../../topologies/names.ts'
import type { Logged, PipelineLog } from './pipeline-log.ts'
import { placeOf } from './stage-view.ts'
import { type Violation, violation } from './violation.ts'

/** A dead letter holds key, value and headers of the record that it stands for, byte for byte. */
export function letterViolations(log: PipelineLog, codec: Codec): Violation[] {
  const sources = new Map(log.topology.stages.map(({ input }) => [input, byPlace(log.records.get(input) ?? [])]))
  const changed: string[] = []
  const homeless: string[] = []
  for (const logged of log.records.get(log.topology.topics.deadLetters) ?? []) {
    const letter = codec.decodeDeadLetter(logged.record.headers[HEADERS.deadLetter] ?? Buffer.alloc(0))
    const place = `${letter.topic} ${placeOf(letter)}`
    const source = sources.get(letter.topic)?.get(placeOf(letter))
    if (!source) homeless.push(place)
    else changed.push(...differences(source, logged, letter.displaced).map((part) => `${part} of ${place}`))
  }
  return [
    ...violation('I9', 'dead letters name records that are not there', homeless),
    ...violation('I9', 'dead letters changed their record', changed),
  ]
}

function byPlace(records: Logged[]): Map<string, Logged> {
  return new Map(
    records.map((logged) => [placeOf({ partition: logged.partition, offset: logged.record.offset }), logged]),
  )
}

function differences(source: Logged, letter: Logged, displaced: Record<string, Buffer>): string[] {
  const parts: string[] = []
  if (!same(source.record.key, letter.record.key)) parts.push('the key')
  if (!same(source.record.value, letter.record.value)) parts.push('the value')
  for (const [name, value] of Object.entries(source.record.headers)) {
    const kept = displaced[name] ?? letter.record.headers[name]
    if (!same(value, kept ?? null) && name !== HEADERS.resumeDocument) parts.push(`the header ${name}`)
  }
  return parts
}

function same(a: Buffer | null, b: Buffer | null): boolean {
  return a === null || b === null ? a === b : a.equals(b)
}

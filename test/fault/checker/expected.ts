import type { Codec } from '../../../schemas/codec.ts'
import type { OutgoingRecord } from '../../../services/brokers/broker.ts'
import { catalogWith } from '../../../services/cli/modules.ts'
import { operatorContext } from '../../../services/cli/operator-context.ts'
import { type BatchProcessor, batchProcessor } from '../../../services/worker/chain/batch.ts'
import type { BatchResult } from '../../../services/worker/chain/work.ts'
import { HEADERS } from '../../../topologies/names.ts'
import type { Topology } from '../../../topologies/topology.ts'
import type { Fate } from '../../support/fates.ts'
import type { Logged, PipelineLog } from './pipeline-log.ts'
import { isEnd, placeOf } from './stage-view.ts'
import { type Violation, violation } from './violation.ts'

/** What takes down a thread cannot be run here: the code with which it must end, where the record is of that kind. */
export type Poison = (value: Buffer) => string | null

/** Runs every raw record through the same chains in this thread, one at a time and undisturbed: the fates that each must have. */
export async function undisturbed(log: PipelineLog, codec: Codec, poison: Poison): Promise<Fate[]> {
  const { topology } = log
  const catalog = await catalogWith(topology.modules)
  const context = operatorContext('test/support/assets', topology.permissions)
  const processors = topology.stages.map((stage) => batchProcessor({ topology, stage, catalog, context, codec }))
  await Promise.all(processors.map((processor) => processor.ready()))
  const fates: Fate[] = []
  for (const logged of log.records.get(topology.topics.raw) ?? []) {
    if (isEnd(logged)) continue
    const code = logged.record.value && poison(logged.record.value)
    if (code)
      fates.push({
        id: placeOf({ partition: logged.partition, offset: logged.record.offset }),
        kind: 'dead letter',
        content: code,
      })
    else fates.push(...(await through(processors, logged, codec)))
  }
  return fates
}

async function through(processors: BatchProcessor[], logged: Logged, codec: Codec): Promise<Fate[]> {
  const fates: Fate[] = []
  let records: OutgoingRecord[] = []
  for (const [i, processor] of processors.entries()) {
    const input =
      i === 0
        ? [logged.record]
        : records.map((record) => ({ offset: 0n, timestamp: 0, key: record.key, value: record.value, headers: {} }))
    const result = await processor.process(input, logged.partition)
    fates.push(...leftBehind(result, codec))
    records = result.output
  }
  return [...fates, ...records.map((record) => refinedFate(record.value ?? Buffer.alloc(0), codec))]
}

function leftBehind({ rejected, deadLetters }: BatchResult, codec: Codec): Fate[] {
  return [
    ...rejected.map(({ value }) => rejectedFate(value ?? Buffer.alloc(0), codec)),
    ...deadLetters.map(({ headers }) => letterFate(Buffer.from(headers?.[HEADERS.deadLetter] ?? ''), codec)),
  ]
}

function refinedFate(value: Buffer, codec: Codec): Fate {
  const { id, text, stats } = codec.decodeDocument(value)
  return { id, kind: 'refined', content: `${text} ${JSON.stringify(Object.entries(stats).sort())}` }
}

function rejectedFate(value: Buffer, codec: Codec): Fate {
  const { document, operator, reason } = codec.decodeRejection(value)
  return { id: document.id, kind: 'rejected', content: `${operator} ${reason} ${document.text}` }
}

function letterFate(header: Buffer, codec: Codec): Fate {
  const { document, topic, partition, offset, code } = codec.decodeDeadLetter(header)
  return { id: document ?? (topic ? placeOf({ partition, offset }) : ''), kind: 'dead letter', content: code }
}

/** The fates that the topics show. */
export function shownFates({ topology, records }: PipelineLog, codec: Codec): Fate[] {
  const of = (topic: keyof Topology['topics']) =>
    (records.get(topology.topics[topic]) ?? []).filter((logged) => !isEnd(logged))
  return [
    ...of('refined').map(({ record }) => refinedFate(record.value ?? Buffer.alloc(0), codec)),
    ...of('rejected').map(({ record }) => rejectedFate(record.value ?? Buffer.alloc(0), codec)),
    ...of('deadLetters').map(({ record }) => letterFate(record.headers[HEADERS.deadLetter] ?? Buffer.alloc(0), codec)),
  ]
}

/** A dead letter may be due with one of several codes. */
function isOneOf({ kind, content }: Fate, shown: string): boolean {
  return content === shown || (kind === 'dead letter' && content.split(' or ').includes(shown))
}

/** Each document has the fate that it would have had without any fault. */
export function fateDifferences(shown: readonly Fate[], expected: readonly Fate[]): Violation[] {
  const text = ({ id, kind, content }: Fate) => `${id} ${kind} ${content.slice(0, 80)}`
  const wanted = new Map(expected.map((fate) => [fate.id, fate]))
  const other = shown.flatMap((fate) => {
    const due = wanted.get(fate.id)
    if (due && due.kind === fate.kind && isOneOf(due, fate.content)) return []
    return [`${text(fate)} instead of ${due ? text(due) : 'nothing'}`]
  })
  const ids = new Set(shown.map(({ id }) => id))
  const missing = expected.filter(({ id }) => !ids.has(id)).map(text)
  return [
    ...violation('I8', 'documents have other fates than without faults', other),
    ...violation('I8', 'documents lack the fate that they have without faults', missing),
  ]
}

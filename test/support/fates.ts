import type { Codec } from '../../schemas/codec.ts'
import type { Broker, IncomingRecord } from '../../services/brokers/broker.ts'
import { HEADERS } from '../../topologies/names.ts'
import type { Topology } from '../../topologies/topology.ts'

/** What became of one raw record: where it was found, and as what. `content` is comparable between runs and plans. */
export interface Fate {
  id: string
  kind: 'refined' | 'rejected' | 'dead letter'
  content: string
}

/** Every fate that the lasting topics show to a reader who sees only what is committed. */
export async function readFates(broker: Broker, topology: Topology, codec: Codec): Promise<Fate[]> {
  const { refined, rejected, deadLetters } = topology.topics
  const fates: Fate[] = []
  await each(broker, refined, (record) => {
    const document = codec.decodeDocument(bytesOf(record))
    const stats = JSON.stringify(Object.entries(document.stats).sort())
    fates.push({
      id: document.id,
      kind: 'refined',
      content: `${document.text}\u0000${stats}\u0000${Buffer.from(document.fields).toString()}`,
    })
  })
  await each(broker, rejected, (record) => {
    const { document, operator, operator_index, reason } = codec.decodeRejection(bytesOf(record))
    fates.push({
      id: document.id,
      kind: 'rejected',
      content: `${operator_index} ${operator} ${reason}\u0000${document.text}`,
    })
  })
  await each(broker, deadLetters, (record) => {
    const letter = codec.decodeDeadLetter(record.headers[HEADERS.deadLetter] ?? Buffer.alloc(0))
    const id = letter.document ?? `${letter.partition}-${letter.offset}`
    fates.push({ id, kind: 'dead letter', content: `${letter.operator_index} ${letter.operator} ${letter.code}` })
  })
  return fates
}

/** Ids of the raw records that carry data: end markers are not documents. */
export async function rawIds(broker: Broker, topology: Topology): Promise<string[]> {
  const ids: string[] = []
  await each(broker, topology.topics.raw, (record, partition) => {
    if (!record.headers[HEADERS.end]) ids.push(`${partition}-${record.offset}`)
  })
  return ids
}

export interface Violations {
  /** Raw records without a fate. */
  lost: string[]
  /** Raw records with more than one. */
  doubled: string[]
  /** Fates of records that were never fed. */
  invented: string[]
}

/** Holds the fates against what was fed: every id must have exactly one. (No operator here splits documents.) */
export function violations(ids: readonly string[], fates: readonly Fate[]): Violations {
  const count = new Map(ids.map((id) => [id, 0]))
  const invented: string[] = []
  for (const { id } of fates) {
    const seen = count.get(id)
    if (seen === undefined) invented.push(id)
    else count.set(id, seen + 1)
  }
  const lost = [...count].filter(([, n]) => n === 0).map(([id]) => id)
  const doubled = [...count].filter(([, n]) => n > 1).map(([id]) => id)
  return { lost, doubled, invented }
}

async function each(
  broker: Broker,
  topic: string,
  visit: (record: IncomingRecord, partition: number) => void,
): Promise<void> {
  for await (const batch of broker.read(topic, { until: 'end' })) {
    for (const record of batch.records) visit(record, batch.partition)
  }
}

function bytesOf(record: IncomingRecord): Buffer {
  if (!record.value) throw new Error(`The record at offset ${record.offset} has no value.`)
  return record.value
}

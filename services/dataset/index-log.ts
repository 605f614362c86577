import type { Codec } from '../../schemas/codec.ts'
import type { ProbeBlock, ProbedDocument } from '../../schemas/dataset.ts'
import { Failure } from '../../topologies/failure.ts'
import type { Broker } from '../brokers/broker.ts'

/** A block of an index's log, and where it lies. */
export interface LoggedBlock {
  shard: number
  /** Milliseconds since the epoch. */
  timestamp: number
  bytes: number
  block: ProbeBlock
}

/** Everything that an index was told, shard by shard in order. */
export async function* readIndex(broker: Broker, topic: string, codec: Codec): AsyncGenerator<LoggedBlock> {
  for await (const { records, partition } of broker.read(topic, { until: 'end' })) {
    for (const { value, timestamp } of records) {
      if (value) yield { shard: partition, timestamp, bytes: value.length, block: codec.decodeProbes(value) }
    }
  }
}

/** A document as one shard has it. */
export interface IndexedProbe {
  shard: number
  pipeline: string
  document: ProbedDocument
}

/** What the index knows of these documents of a pipeline, less what it was told to forget. */
export async function findInIndex(
  broker: Broker,
  topic: string,
  { codec, wanted }: { codec: Codec; wanted(pipeline: string, document: ProbedDocument): boolean },
): Promise<IndexedProbe[]> {
  const found = new Map<string, IndexedProbe>()
  for await (const { shard, block } of readIndex(broker, topic, codec)) {
    const { pipeline } = block
    for (const document of block.documents) {
      if (wanted(pipeline, document)) found.set(`${shard} ${pipeline} ${document.id}`, { shard, pipeline, document })
    }
    for (const id of block.forgotten) found.delete(`${shard} ${pipeline} ${id}`)
  }
  return [...found.values()]
}

/** Tells the index to forget these documents: to whatever comes from now on, they have never been there. */
export async function forgetInIndex(
  broker: Broker,
  topic: string,
  probes: IndexedProbe[],
  codec: Codec,
): Promise<void> {
  const made = await madeBy(broker, topic, codec)
  const producer = await broker.producer()
  try {
    const groups = Map.groupBy(probes, ({ shard, pipeline }) => `${shard} ${pipeline}`)
    const deliveries = [...groups.values()].flatMap((group) => {
      const [first] = group
      if (!first) return []
      const forgotten = group.map(({ document }) => document.id)
      const place = { partition: 0, block: -1n, total: 0, documents: [], ended: [] }
      const value = codec.encodeProbes({ ...made, ...place, pipeline: first.pipeline, forgotten })
      return [{ topic, partition: first.shard, records: [{ key: null, value }] }]
    })
    await producer.send(deliveries)
  } finally {
    await producer.close()
  }
}

/** The operator and the parameters that an index was made with. */
async function madeBy(
  broker: Broker,
  topic: string,
  codec: Codec,
): Promise<Pick<ProbeBlock, 'operator' | 'parameters'>> {
  for await (const { block } of readIndex(broker, topic, codec)) {
    return { operator: block.operator, parameters: block.parameters }
  }
  throw new Failure('topic_missing', `The index ${topic} holds nothing.`)
}

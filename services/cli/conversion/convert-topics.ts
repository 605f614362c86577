import { createCodec } from '../../../schemas/codec.ts'
import { Failure } from '../../../topologies/failure.ts'
import { topicNameFault } from '../../../topologies/names.ts'
import type { Broker } from '../../brokers/broker.ts'
import { type FeedLine, feed } from '../../pipeline/feed.ts'
import { EXPORTS, type ExportLine, exportLine } from '../pipelines/export-lines.ts'
import { schemasInUse } from '../schemas-in-use.ts'

const TOPIC = /^topic:(.*)$/s
const TRANSACTION_BYTES = 4 * 1_048_576

/** The topic that an argument names, `topic:NAME`; null for a path. Throws `usage` for a name that Kafka does not take. */
export function topicOf(argument: string): string | null {
  const name = TOPIC.exec(argument)?.[1]
  if (name === undefined) return null
  const fault = name === '' ? 'is empty' : topicNameFault(name)
  if (fault !== null) throw new Failure('usage', `The name of the topic "${name}" ${fault}.`)
  return name
}

/**
 * The committed records of a topic up to its present end, one partition behind the other: documents of a pipeline's lasting
 * topics as `export` writes them, the values of any other topic as they are.
 */
export async function* topicLines(broker: Broker, topic: string, signal: AbortSignal): AsyncGenerator<FeedLine[]> {
  const line = await lineOf(topic)
  const partitions = await broker.partitions(topic)
  for (let partition = 0; partition < partitions; partition++) {
    for await (const { records } of broker.read(topic, { partitions: [partition], until: 'end', signal })) {
      signal.throwIfAborted()
      const lines = records.flatMap((record) => {
        const bytes = line(record)
        return bytes ? [{ bytes: Buffer.from(bytes), place: `${topic}-${partition}:${record.offset}` }] : []
      })
      if (lines.length > 0) yield lines
    }
    signal.throwIfAborted()
  }
}

async function lineOf(topic: string): Promise<ExportLine> {
  const kind = EXPORTS.find((name) => topic.endsWith(`.${name}`))
  return kind ? exportLine(kind, createCodec(await schemasInUse())) : (record) => record.value
}

export interface TopicJob {
  broker: Broker
  topic: string
  lines: AsyncIterable<FeedLine[]>
  /** Of a topic that is made anew. */
  partitions: number
  onRows(rows: number): void
  signal: AbortSignal
}

/** Writes lines to a topic, each once, in transactions; the topic is made when it is missing. */
export async function fillTopic({
  broker,
  topic,
  lines,
  partitions,
  onRows,
  signal,
}: TopicJob): Promise<{ rows: number }> {
  await broker.createTopics([{ topic, partitions }])
  const topology = {
    // The same feeder as the pipeline's own, where the topic is one's raw topic.
    pipeline: topic.replace(/\.raw$/, ''),
    compression: 'zstd' as const,
    transactionBytes: TRANSACTION_BYTES,
    topics: { raw: topic },
    channels: [{ kind: 'raw' as const, partitions: await broker.partitions(topic) }],
  }
  const { records } = await feed({ broker, topology, run: null, lines, signal, onFed: onRows })
  return { rows: records }
}

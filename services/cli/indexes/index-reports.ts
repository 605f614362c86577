import type { Codec } from '../../../schemas/codec.ts'
import type { ProbedDocument } from '../../../schemas/dataset.ts'
import { sizeText } from '../../../topologies/recipe/quantities.ts'
import type { Broker } from '../../brokers/broker.ts'
import { readIndex } from '../../dataset/index-log.ts'

/** What an index holds, and what it costs. */
export interface IndexReport {
  index: string
  topic: string
  operator: string
  parameters: string
  shards: number
  documents: number
  /** Keys of documents, over all shards. */
  keys: number
  forgotten: number
  bytes: number
  /** ISO 8601; null for an index that holds nothing. */
  first: string | null
  last: string | null
  pipelines: { pipeline: string; documents: number; runs: string[] }[]
}

/** Reads the whole log. */
export async function reportOnIndex(broker: Broker, topic: string, codec: Codec): Promise<IndexReport> {
  const pipelines = new Map<string, { documents: number; runs: Set<string> }>()
  const forgotten = new Set<string>()
  const sums = { keys: 0, bytes: 0, first: Number.POSITIVE_INFINITY, last: 0 }
  let made = { operator: '', parameters: '' }
  for await (const { shard, timestamp, bytes, block } of readIndex(broker, topic, codec)) {
    made = { operator: block.operator, parameters: block.parameters }
    const pipeline = pipelines.get(block.pipeline) ?? { documents: 0, runs: new Set<string>() }
    pipelines.set(block.pipeline, pipeline)
    // Every shard is told how many documents there were.
    if (shard === 0) pipeline.documents += block.total
    for (const run of block.ended) pipeline.runs.add(run)
    for (const id of block.forgotten) forgotten.add(`${block.pipeline} ${id}`)
    sums.keys += block.documents.reduce((sum, { keys }) => sum + keys.length, 0)
    sums.bytes += bytes
    sums.first = Math.min(sums.first, timestamp)
    sums.last = Math.max(sums.last, timestamp)
  }
  const all = Array.from(pipelines, ([pipeline, { documents, runs }]) => ({ pipeline, documents, runs: [...runs] }))
  const empty = pipelines.size === 0
  return {
    index: topic.slice(0, -'.index'.length),
    topic,
    ...made,
    shards: await broker.partitions(topic),
    documents: all.reduce((sum, { documents }) => sum + documents, 0),
    keys: sums.keys,
    forgotten: forgotten.size,
    bytes: sums.bytes,
    first: empty ? null : new Date(sums.first).toISOString(),
    last: empty ? null : new Date(sums.last).toISOString(),
    pipelines: all,
  }
}

export function indexText(report: IndexReport): string {
  const { index, operator, parameters, shards, documents, keys, forgotten, bytes, first, last, pipelines } = report
  const each = documents > 0 ? `, ${Math.round(bytes / documents)} bytes a document` : ''
  const lines = [
    `${index}: ${documents.toLocaleString('en-US')} documents, ${keys.toLocaleString('en-US')} keys in ${shards} shards`,
    `  made by     ${operator || 'nobody yet'}${parameters ? `, parameters ${parameters}` : ''}`,
    `  log         ${sizeText(bytes)}${each}`,
    `  written     ${first === null ? 'never' : `${first} to ${last}`}`,
    `  forgotten   ${forgotten.toLocaleString('en-US')}`,
    ...pipelines.map(
      ({ pipeline, documents: own, runs }) =>
        `  of ${pipeline}: ${own.toLocaleString('en-US')} documents, ${runs.length === 1 ? '1 run' : `${runs.length} runs`}`,
    ),
  ]
  return `${lines.join('\n')}\n`
}

/** A document of an index as `lookup` and `export` print it. */
export function probeLine(pipeline: string, shard: number, { id, source, keys, rank }: ProbedDocument): string {
  const entry = { pipeline, id, source, shard, keys: keys.map((key) => key.toString('hex')) }
  return `${JSON.stringify(rank === null ? entry : { ...entry, rank: String(rank) })}\n`
}

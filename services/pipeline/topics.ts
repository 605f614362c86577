import { classify, Failure } from '../../topologies/failure.ts'
import type { Topology } from '../../topologies/topology.ts'
import type { Broker } from '../brokers/broker.ts'

/** Creates the pipeline's topics that are not there yet. Rejects with `partitions_differ` for one that is narrower than the raw topic. */
export async function prepareTopics(broker: Broker, topology: Topology): Promise<void> {
  await broker.createTopics(topology.channels.map(({ topic, partitions, config }) => ({ topic, partitions, config })))
  const raw = await broker.partitions(topology.topics.raw)
  // What an index and a judge read is parted otherwise than the documents.
  const served = new Set(topology.stages.flatMap(({ serves, input }) => (serves ? [input] : [])))
  const others = topology.channels.filter(({ kind, topic }) => kind !== 'raw' && !served.has(topic))
  const counts = await Promise.all(others.map(({ topic }) => broker.partitions(topic)))
  const narrow = others.flatMap(({ topic }, i) => ((counts[i] ?? 0) < raw ? [`${topic} has ${counts[i]}`] : []))
  if (narrow.length === 0) return
  throw new Failure(
    'partitions_differ',
    `The topic ${topology.topics.raw} has ${raw} partitions, but ${narrow.join(', ')}. Documents stay in their partition: add partitions to those topics (kafka-topics --alter), or feed a pipeline of another name (stream.name).`,
  )
}

/** Removes the working channels between stages, which live only as long as a run. */
export async function removeChannels(broker: Broker, topology: Topology): Promise<void> {
  const channels = topology.channels.filter(({ kind }) => kind === 'channel').map(({ topic }) => topic)
  // Verdicts count the blocks of the channel before them: they must not be there any more when that count begins anew.
  const verdicts = topology.stages.flatMap(({ gate }) => (gate ? [gate.verdicts] : []))
  for (const topics of [verdicts, channels.filter((topic) => !verdicts.includes(topic))]) {
    if (topics.length > 0) await broker.deleteTopics(topics)
  }
}

/** The end of every partition of a topic: where what comes next will begin. */
export async function ends(broker: Broker, topic: string): Promise<Map<number, bigint>> {
  const bounds = await broker.bounds(topic)
  return new Map(bounds.map(({ latest }, partition) => [partition, latest]))
}

export interface StageLag {
  stage: string
  topic: string
  /** Records behind the committed offset, per partition. */
  partitions: number[]
  total: number
}

/** How far each stage is behind the end of its input. */
export async function lags(broker: Broker, topology: Topology): Promise<StageLag[]> {
  return Promise.all(
    topology.stages.map(async ({ name, input, group }) => {
      const [bounds, committed] = await Promise.all([
        broker.bounds(input).catch(gone),
        broker.committed(group, input).catch(gone),
      ])
      const partitions = bounds.map(({ earliest, latest }, i) => Number(latest - (committed[i] ?? earliest)))
      return { stage: name, topic: input, partitions, total: partitions.reduce((sum, lag) => sum + lag, 0) }
    }),
  )
}

/** A channel goes with its run, and where nothing is nothing waits. */
function gone(thrown: unknown): [] {
  if (classify(thrown).code === 'topic_missing') return []
  throw thrown
}

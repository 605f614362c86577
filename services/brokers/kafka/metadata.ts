import { Failure } from '../../../topologies/failure.ts'
import type { Cluster } from './client.ts'
import { errorType } from './failures.ts'

/** Timestamps with a meaning of their own in ListOffsets: kafka.apache.org/protocol. */
const LATEST = -1
const EARLIEST = -2
/** The end of the log, open transactions included. */
const READ_UNCOMMITTED = 0

/** The leader of every partition, by partition number. Rejects with kafkajs' error, or `topic_missing`. */
export async function leaders(cluster: Cluster, topic: string): Promise<number[]> {
  const node = await cluster.brokerPool.findConnectedBroker()
  const { topicMetadata } = await node.metadata([topic])
  const partitions = topicMetadata.find((entry) => entry.topic === topic)?.partitionMetadata ?? []
  if (partitions.length === 0) throw new Failure('topic_missing', `The topic ${topic} does not exist.`)
  const byNumber = partitions.toSorted((a, b) => a.partitionId - b.partitionId)
  return byNumber.map(({ leader }) => leader)
}

/** Groups partition numbers by the node that leads them. */
export function byLeader(leaderOf: number[]): Map<number, number[]> {
  const groups = new Map<number, number[]>()
  for (const [partition, leader] of leaderOf.entries()) {
    const group = groups.get(leader)
    if (group) group.push(partition)
    else groups.set(leader, [partition])
  }
  return groups
}

/** First and next offset of every partition, by partition number. */
export async function offsetBounds(cluster: Cluster, topic: string): Promise<{ earliest: bigint; latest: bigint }[]> {
  const leaderOf = await leaders(cluster, topic)
  const bounds = leaderOf.map(() => ({ earliest: 0n, latest: 0n }))
  const asks = [...byLeader(leaderOf)].flatMap(([nodeId, partitions]) => [
    listOffsets(cluster, { nodeId, topic, partitions, timestamp: EARLIEST }),
    listOffsets(cluster, { nodeId, topic, partitions, timestamp: LATEST }),
  ])
  for (const { timestamp, offsets } of await Promise.all(asks)) {
    for (const [partition, offset] of offsets) {
      const bound = bounds[partition]
      if (bound) bound[timestamp === EARLIEST ? 'earliest' : 'latest'] = offset
    }
  }
  return bounds
}

interface OffsetsAsked {
  nodeId: number
  topic: string
  partitions: number[]
  timestamp: number
}

async function listOffsets(
  cluster: Cluster,
  asked: OffsetsAsked,
): Promise<{ timestamp: number; offsets: Map<number, bigint> }> {
  const { nodeId, topic, timestamp } = asked
  const node = await cluster.findBroker({ nodeId })
  const partitions = asked.partitions.map((partition) => ({ partition, timestamp }))
  const question = { isolationLevel: READ_UNCOMMITTED, topics: [{ topic, partitions }] }
  const { responses } = await node.listOffsets(question).catch((error: unknown) => {
    throw notThereYet(error, topic)
  })
  const answered = responses.flatMap((response) => response.partitions)
  return { timestamp, offsets: new Map(answered.map(({ partition, offset }) => [partition, BigInt(offset)])) }
}

/** The metadata named the topic just now: a leader that does not know it has not heard of it yet, or it was deleted since. */
function notThereYet(error: unknown, topic: string): unknown {
  if (errorType(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') return error
  return new Failure('broker_not_ready', `The leader of ${topic} does not know it yet.`, { cause: error })
}

/** The group's committed offset of every partition, by partition number; null where it has none. */
export async function groupOffsets(cluster: Cluster, group: string, topic: string): Promise<(bigint | null)[]> {
  const count = (await leaders(cluster, topic)).length
  const coordinator = await cluster.findGroupCoordinator({ groupId: group })
  const partitions = Array.from({ length: count }, (_, partition) => ({ partition }))
  const { responses } = await coordinator.offsetFetch({ groupId: group, topics: [{ topic, partitions }] })
  const offsets: (bigint | null)[] = partitions.map(() => null)
  for (const { partition, offset } of responses.flatMap((response) => response.partitions)) {
    const committed = BigInt(offset)
    if (partition < count) offsets[partition] = committed < 0n ? null : committed
  }
  return offsets
}

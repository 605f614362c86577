import { setTimeout as sleep } from 'node:timers/promises'
import type { Failure } from '../../../topologies/failure.ts'
import type { Batch, ReadOptions } from '../broker.ts'
import type { Client, Cluster, Node } from './client.ts'
import { errorType, kafkaFailure } from './failures.ts'
import { byLeader, leaders, offsetBounds } from './metadata.ts'
import { persistently } from './retry.ts'
import { FetchedBatch } from './wire/fetched-batch.ts'

const READ_COMMITTED = 1
/** A fetch waits this long for records. Milliseconds. */
const FETCH_WAIT = 200
const PARTITION_BYTES = 4 * 1024 * 1024
const FETCH_BYTES = 16 * 1024 * 1024
const START_PATIENCE = 15_000
/** A cluster that answers nothing, or nothing but errors, for longer ends the reading. Milliseconds. */
const PATIENCE = 120_000
const PAUSE = 250

interface Reading {
  client: Client
  cluster: Cluster
  topic: string
  /** Next offset of every partition that is still read. */
  positions: Map<number, bigint>
  /** Offset at which a partition is done; none when reading forever. */
  ends: Map<number, bigint> | null
  signal: AbortSignal | undefined
}

/** Reads committed records without a group. Has connections of its own, so that its waiting holds up nobody else. */
export async function* readTopic(client: Client, topic: string, options: ReadOptions): AsyncGenerator<Batch> {
  const cluster = client.cluster()
  try {
    const reading = await begin(client, cluster, topic, options)
    yield* rounds(reading)
  } finally {
    // Disconnecting waits for a fetch under way; the reader need not.
    void cluster.disconnect().catch(() => undefined)
  }
}

async function begin(client: Client, cluster: Cluster, topic: string, options: ReadOptions): Promise<Reading> {
  const context = { doing: `reading ${topic}`, patience: START_PATIENCE }
  const bounds = await persistently(context, async () => {
    await cluster.connect()
    await cluster.refreshMetadata()
    return offsetBounds(cluster, topic)
  })
  const positions = new Map(
    bounds.flatMap(({ earliest }, partition) => {
      if (options.partitions && !options.partitions.includes(partition)) return []
      const from = options.from?.get(partition)
      // What expired before it was read cannot be waited for.
      return [[partition, from !== undefined && from > earliest ? from : earliest] as const]
    }),
  )
  const ends = options.until === 'end' ? new Map(bounds.map(({ latest }, partition) => [partition, latest])) : null
  const reading = { client, cluster, topic, positions, ends, signal: options.signal }
  for (const partition of [...positions.keys()]) closeIfDone(reading, partition)
  return reading
}

/** One fetch from every leader at a time; whichever answers is passed on, while the next one of that leader is under way. */
async function* rounds(reading: Reading): AsyncGenerator<Batch> {
  let leaderOf = await currentLeaders(reading)
  let answered = performance.now()
  const pending = new Map<number, Promise<Answer>>()
  while (reading.positions.size > 0 && !reading.signal?.aborted) {
    for (const [leader, partitions] of openByLeader(reading, leaderOf)) {
      if (!pending.has(leader)) pending.set(leader, ask(reading, leader, partitions))
    }
    const answer = await Promise.race(pending.values())
    pending.delete(answer.leader)
    if (!answer.error) answered = performance.now()
    else if (performance.now() - answered > PATIENCE) throw failureOf(reading, answer.error)
    else leaderOf = await mend(reading, answer.error)
    for (const batch of answer.batches) {
      const passed = advance(reading, batch)
      if (passed && !reading.signal?.aborted) yield passed
    }
  }
}

interface Answer {
  leader: number
  batches: FetchedBatch[]
  error?: unknown
}

async function ask(reading: Reading, leader: number, partitions: number[]): Promise<Answer> {
  try {
    const node = await reading.cluster.findBroker({ nodeId: leader })
    return { leader, batches: await fetchFrom(node, reading, partitions) }
  } catch (error) {
    return { leader, batches: [], error }
  }
}

async function fetchFrom(node: Node, { topic, positions }: Reading, partitions: number[]): Promise<FetchedBatch[]> {
  const asked = new Map(partitions.map((partition) => [partition, (positions.get(partition) ?? 0n).toString()]))
  const { responses } = await node.fetch({
    isolationLevel: READ_COMMITTED,
    maxWaitTime: FETCH_WAIT,
    minBytes: 1,
    maxBytes: FETCH_BYTES,
    topics: [
      {
        topic,
        partitions: [...asked].map(([partition, fetchOffset]) => ({
          partition,
          fetchOffset,
          maxBytes: PARTITION_BYTES,
        })),
      },
    ],
  })
  return responses
    .flatMap((response) => response.partitions)
    .map((data) => new FetchedBatch(topic, asked.get(data.partition) ?? '0', data))
    .filter((batch) => !batch.isEmpty())
}

/** Moves the position over the batch; what lies behind the end is left out. Null when the partition was done before. */
function advance(reading: Reading, batch: FetchedBatch): Batch | null {
  const { positions, ends, topic } = reading
  const { partition } = batch
  if (positions.get(partition) !== batch.from) return null
  const end = ends?.get(partition)
  const cut = end !== undefined && batch.next > end
  const next = cut ? end : batch.next
  positions.set(partition, next)
  closeIfDone(reading, partition)
  const records = cut ? batch.messages.filter(({ offset }) => offset < end) : batch.messages
  return { topic, partition, records, next, highWatermark: BigInt(batch.highWatermark) }
}

function closeIfDone({ positions, ends }: Reading, partition: number): void {
  const end = ends?.get(partition)
  if (end !== undefined && (positions.get(partition) ?? 0n) >= end) positions.delete(partition)
}

function openByLeader({ positions }: Reading, leaderOf: number[]): [number, number[]][] {
  return [...byLeader(leaderOf)]
    .map(
      ([leader, partitions]) =>
        [leader, partitions.filter((partition) => positions.has(partition))] as [number, number[]],
    )
    .filter(([, partitions]) => partitions.length > 0)
}

function currentLeaders(reading: Reading): Promise<number[]> {
  const { cluster, topic, signal } = reading
  const again = () => cluster.refreshMetadata().catch(() => undefined)
  // Nobody waits for the cluster once the reader has left.
  const ask = async () => (signal?.aborted ? [] : leaders(cluster, topic))
  return persistently({ doing: `reading ${topic}`, patience: PATIENCE, again }, ask)
}

/** After a fetch that failed: waits until the cluster answers again. Rejects when it cannot pass. */
async function mend(reading: Reading, error: unknown): Promise<number[]> {
  const { cluster, topic, positions, client } = reading
  if (errorType(error) === 'OFFSET_OUT_OF_RANGE') {
    for (const [partition, { earliest }] of (await offsetBounds(cluster, topic)).entries()) {
      const position = positions.get(partition)
      if (position === undefined || position >= earliest) continue
      client.log.warn(
        { topic, partition, from: String(position), to: String(earliest) },
        'records expired before they were read',
      )
      positions.set(partition, earliest)
      closeIfDone(reading, partition)
    }
    return currentLeaders(reading)
  }
  const failure = failureOf(reading, error)
  // A leader that has just become one may not know its partition yet; the metadata tell whether the topic is gone.
  if (!failure.retryable && failure.code !== 'topic_missing') throw failure
  client.log.debug({ topic, code: failure.code, reason: failure.message }, 'reading goes on when the broker answers')
  await sleep(PAUSE)
  await cluster.refreshMetadata().catch(() => undefined)
  return currentLeaders(reading)
}

function failureOf({ topic }: Reading, error: unknown): Failure {
  return kafkaFailure(error, { doing: `reading ${topic}` })
}

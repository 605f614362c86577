import { Failure } from '../../topologies/failure.ts'
import { groupName, HEADERS } from '../../topologies/names.ts'
import type { Topology } from '../../topologies/topology.ts'
import type { Broker } from '../brokers/broker.ts'
import { countedOn, lastFed } from '../pipeline/count.ts'
import type { FeedLine } from '../pipeline/feed.ts'
import { sameLine } from '../pipeline/resume.ts'
import type { Begun } from './manifest.ts'

/** The feeder's count: what the next record's order number is. */
export async function feederCount(broker: Broker, { pipeline, topics }: Topology): Promise<number> {
  const [counted] = await broker.committed(groupName(pipeline, 'feed'), topics.raw)
  return Number(counted ?? (await countedOn(broker, topics.raw)))
}

/** Whoever is told of each record that was fed. */
export type OnRecord = (place: string, bytes: number) => void

/**
 * Whether all that a refresh feeds is on the raw topic; if so, each of its records is told. Rejects with `feed_taken_over` when
 * another run has fed the pipeline since.
 */
export async function fedWhole(
  broker: Broker,
  { topics }: Topology,
  begun: Begun,
  onRecord: OnRecord,
): Promise<boolean> {
  const from = new Map(begun.from.raw.map((offset, partition) => [partition, BigInt(offset)]))
  const marked = await endMarkers(broker, topics.raw, from)
  const foreign = [...marked].find((run) => run !== begun.run)
  if (foreign !== undefined) throw mixedUp(begun.name, foreign)
  if (!marked.has(begun.run)) return false
  for await (const { records } of broker.read(topics.raw, { from, until: 'end' })) {
    for (const { headers, value } of records) {
      if (headers[HEADERS.end] || headers[HEADERS.resume]) continue
      onRecord(headers[HEADERS.source]?.toString() ?? topics.raw, value?.length ?? 0)
    }
  }
  return true
}

/** The runs that end somewhere behind these offsets. All partitions are marked in one transaction, so one of them tells. */
async function endMarkers(broker: Broker, topic: string, from: Map<number, bigint>): Promise<Set<string>> {
  const runs = new Set<string>()
  for await (const { records } of broker.read(topic, { from, partitions: [0], until: 'end' })) {
    for (const { headers } of records) {
      const run = headers[HEADERS.end]
      if (run) runs.add(run.toString())
    }
  }
  return runs
}

/**
 * The lines that are not on the topic yet: so many are passed over as the feeder has counted since the refresh began. It is asked
 * when the first line is wanted: by then the feeder has shut out all before it, and the count is final. Rejects with `usage`
 * where the lines are not those that were fed.
 */
export async function* linesNotFed(
  { broker, topology, begun, onRecord }: { broker: Broker; topology: Topology; begun: Begun; onRecord: OnRecord },
  lines: AsyncIterable<FeedLine[]>,
): AsyncGenerator<FeedLine[]> {
  const passed = (await feederCount(broker, topology)) - begun.ordinal
  let seen = 0
  for await (const group of lines) {
    for (const { place, bytes } of group) onRecord(place, bytes.length)
    const last = group[passed - seen - 1]
    if (last) await requireFed(broker, topology, { last, ordinal: BigInt(begun.ordinal + passed - 1) })
    const rest = group.slice(Math.max(0, passed - seen))
    seen += group.length
    if (rest.length > 0) yield rest
  }
  if (seen < passed)
    throw new Failure('usage', `${passed} records were fed already, and the input has only ${seen} now: ${CURE}`)
}

const CURE = 'put the input back as it was, or give the refresh up (refresh abandon) and begin anew.'

async function requireFed(
  broker: Broker,
  { topics }: Topology,
  { last, ordinal }: { last: FeedLine; ordinal: bigint },
): Promise<void> {
  const fed = await lastFed(broker, topics.raw)
  if (fed?.ordinal === ordinal && sameLine(last, fed)) return
  throw new Failure(
    'usage',
    `The record that was fed last (${fed?.place ?? 'gone by now'}) is not ${last.place} of the input: ${CURE}`,
  )
}

function mixedUp(name: string, run: string): Failure {
  return new Failure(
    'feed_taken_over',
    `Since the refresh ${name} began, the run ${run} has fed the same pipeline, and their documents cannot be told apart. Give the refresh up (refresh abandon) and begin anew.`,
  )
}

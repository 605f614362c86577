import { HEADERS } from '../../topologies/names.ts'
import type { Broker } from '../brokers/broker.ts'

/** How far back the first look at a partition goes; each further look goes eight times as far. Offsets. */
const FIRST_LOOK = 64n

/**
 * The feeder's count as the raw topic itself has it: one more than the highest order number on it, 0 on an empty one. For a
 * broker that has forgotten the count, because nothing was fed for longer than it keeps offsets of resting groups.
 */
export async function countedOn(broker: Broker, topic: string): Promise<bigint> {
  const bounds = await broker.bounds(topic)
  let count = 0n
  for (const [partition, { earliest, latest }] of bounds.entries()) {
    const others = bounds.flatMap((bound, i) => (i === partition ? [] : [[i, bound.latest] as const]))
    for (let look = FIRST_LOOK; ; look *= 8n) {
      const from = look < latest - earliest ? latest - look : earliest
      const highest = await highestBehind(broker, topic, new Map([...others, [partition, from]]))
      if (highest !== null && highest >= count) count = highest + 1n
      if (highest !== null || from === earliest) break
    }
  }
  return count
}

/** The highest order number from these offsets on; null where there are only markers, and records that nobody counted. */
async function highestBehind(broker: Broker, topic: string, from: Map<number, bigint>): Promise<bigint | null> {
  let highest: bigint | null = null
  for await (const { records } of broker.read(topic, { from, until: 'end' })) {
    for (const { headers } of records) {
      const header = headers[HEADERS.ordinal]
      const ordinal = header?.length === 8 ? header.readBigInt64BE() : null
      if (ordinal !== null && (highest === null || ordinal > highest)) highest = ordinal
    }
  }
  return highest
}

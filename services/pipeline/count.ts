import { HEADERS } from '../../topologies/names.ts'
import type { Broker, IncomingRecord } from '../brokers/broker.ts'

/** How far back the first look at a partition goes; each further look goes eight times as far. Offsets. */
const FIRST_LOOK = 64n

/** A record of the raw topic, by its order number. */
export interface FedRecord {
  ordinal: bigint
  /** Where its line stands, for people: `file:line`. */
  place: string
  value: Buffer | null
}

/**
 * The feeder's count as the raw topic itself has it: one more than the highest order number on it, 0 on an empty one. For a
 * broker that has forgotten the count, because nothing was fed for longer than it keeps offsets of resting groups.
 */
export async function countedOn(broker: Broker, topic: string): Promise<bigint> {
  const last = await lastFed(broker, topic)
  return last ? last.ordinal + 1n : 0n
}

/** The record with the highest order number on the raw topic; null when it has none with a number. */
export async function lastFed(broker: Broker, topic: string): Promise<FedRecord | null> {
  const bounds = await broker.bounds(topic)
  let last: FedRecord | null = null
  for (const [partition, { earliest, latest }] of bounds.entries()) {
    const others = bounds.flatMap((bound, i) => (i === partition ? [] : [[i, bound.latest] as const]))
    for (let look = FIRST_LOOK; ; look *= 8n) {
      const from = look < latest - earliest ? latest - look : earliest
      const highest = await highestBehind(broker, topic, new Map([...others, [partition, from]]))
      if (highest !== null && (last === null || highest.ordinal > last.ordinal)) last = highest
      if (highest !== null || from === earliest) break
    }
  }
  return last
}

/** The record with the highest order number from these offsets on; null where there are only markers, and records that nobody counted. */
async function highestBehind(broker: Broker, topic: string, from: Map<number, bigint>): Promise<FedRecord | null> {
  let highest: FedRecord | null = null
  for await (const { records } of broker.read(topic, { from, until: 'end' })) {
    for (const record of records) {
      const fed = fedRecord(record)
      if (fed && (highest === null || fed.ordinal > highest.ordinal)) highest = fed
    }
  }
  return highest
}

/** A replayed record keeps the number that it was fed under, long before, so it says nothing of how far the feeder is. */
function fedRecord({ headers, value }: IncomingRecord): FedRecord | null {
  const number = headers[HEADERS.ordinal]
  if (number?.length !== 8 || headers[HEADERS.resume]) return null
  return { ordinal: number.readBigInt64BE(), place: headers[HEADERS.source]?.toString() ?? '', value }
}

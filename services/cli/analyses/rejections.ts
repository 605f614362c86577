import type { Codec } from '../../../schemas/codec.ts'
import type { Rejection } from '../../../schemas/rejection.ts'
import type { Dropped } from '../../analysis/trace.ts'
import type { Broker } from '../../brokers/broker.ts'

/** What one operator dropped, as the rejected topic tells it. */
export interface Rejected {
  operator: string
  index: number
  dropped: Record<string, number>
  drops: Dropped[]
}

export interface RejectedParts {
  broker: Broker
  topic: string
  codec: Codec
  /** Most documents of an operator that are given, the newest. */
  limit: number
  /** Whether an operator is asked for. */
  wanted(rejection: Rejection): boolean
  deciding(rejection: Rejection): Dropped['stats']
  signal: AbortSignal
}

/** Reads a rejected topic up to its present end: counts all that each operator dropped, and gives the newest documents. */
export async function rejectedOn(parts: RejectedParts): Promise<Rejected[]> {
  const { broker, topic, codec, limit, signal } = parts
  const found = new Map<string, Rejected & { dated: { drop: Dropped; at: number }[] }>()
  for await (const { records } of broker.read(topic, { until: 'end', signal })) {
    signal.throwIfAborted()
    for (const { value, timestamp } of records) {
      if (!value) continue
      const rejection = codec.decodeRejection(value)
      if (!parts.wanted(rejection)) continue
      const { operator, operator_index: index, reason } = rejection
      const key = `${index} ${operator}`
      const one = found.get(key) ?? { operator, index, dropped: {}, drops: [], dated: [] }
      found.set(key, one)
      one.dropped[reason] = (one.dropped[reason] ?? 0) + 1
      one.dated.push({ drop: dropOf(rejection, parts), at: timestamp })
      if (one.dated.length >= 2 * limit) one.dated = newest(one.dated, limit)
    }
  }
  signal.throwIfAborted()
  return Array.from(found.values(), ({ dated, ...one }) => ({
    ...one,
    drops: newest(dated, limit).map(({ drop }) => drop),
  }))
}

function newest<T extends { at: number }>(dated: T[], limit: number): T[] {
  return dated.sort((a, b) => b.at - a.at).slice(0, limit)
}

function dropOf(rejection: Rejection, { deciding }: RejectedParts): Dropped {
  const { document, reason, duplicate_of } = rejection
  const { id, source, text } = document
  return { id, source, reason, stats: deciding(rejection), duplicate_of, text }
}

import type { Codec } from '../../schemas/codec.ts'
import type { Broker } from '../brokers/broker.ts'

export interface AccountedParts {
  broker: Broker
  codec: Codec
  /** The ledger's topic. */
  ledger: string
  /** The topic whose partition is asked for. */
  input: string
  partition: number
}

/** How far back of a position its last record is looked for: control records stand between. Offsets. */
const LOOK = 64n
/** So far the clocks of producers and workers may be apart. Milliseconds. */
const SKEW = 3_600_000

/**
 * The offset up to which the ledger accounts for a partition of a topic; null where it does not. Brokers forget the offsets of
 * a group that has rested for a week (`offsets.retention.minutes`), and the ledger says the same, since it travelled in the
 * same transactions. What it says of a topic that has been deleted and made anew since is passed over.
 */
export async function accountedFor(parts: AccountedParts): Promise<bigint | null> {
  const { broker, codec, ledger, input, partition } = parts
  const others = (await broker.bounds(ledger)).flatMap(({ latest }, i) =>
    i === partition ? [] : [[i, latest] as const],
  )
  let reached = 0n
  let at = 0
  for await (const { records } of broker.read(ledger, { from: new Map(others), until: 'end' })) {
    for (const { value } of records) {
      const entry = value && codec.decodeLedgerEntry(value)
      if (!entry || entry.topic !== input || entry.partition !== partition || entry.to <= reached) continue
      reached = entry.to
      at = entry.at
    }
  }
  return reached > 0n && (await stillThere(parts, reached, at)) ? reached : null
}

/** Whether the position lies in the topic, and its last record is no younger than the entry that accounts for it. */
async function stillThere({ broker, input, partition }: AccountedParts, to: bigint, at: number): Promise<boolean> {
  const bounds = await broker.bounds(input)
  const { earliest = 0n, latest = 0n } = bounds[partition] ?? {}
  if (to > latest || to <= earliest) return false
  const from = new Map(bounds.map((bound, i) => [i, bound.latest]))
  from.set(partition, to - earliest > LOOK ? to - LOOK : earliest)
  for await (const { records } of broker.read(input, { from, until: 'end' })) {
    const before = records.filter(({ offset }) => offset < to)
    if (before.some(({ timestamp }) => timestamp > at + SKEW)) return false
    if (before.length < records.length) break
  }
  return true
}

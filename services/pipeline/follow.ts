import type { Codec } from '../../schemas/codec.ts'
import type { LedgerEntry } from '../../schemas/ledger.ts'
import type { Broker } from '../brokers/broker.ts'

export interface FollowParts {
  broker: Broker
  codec: Codec
  topic: string
  from: Map<number, bigint>
  signal: AbortSignal
}

/** The ledger's entries as they are committed, until the signal aborts. */
export async function* followLedger(parts: FollowParts): AsyncGenerator<LedgerEntry> {
  const { broker, codec, topic, from, signal } = parts
  for await (const batch of broker.read(topic, { from, until: 'forever', signal })) {
    for (const record of batch.records) {
      if (record.value) yield codec.decodeLedgerEntry(record.value)
    }
  }
}

/** All entries that the ledger holds now. */
export async function* readLedger(parts: Omit<FollowParts, 'signal'>): AsyncGenerator<LedgerEntry> {
  const { broker, codec, topic, from } = parts
  for await (const batch of broker.read(topic, { from, until: 'end' })) {
    for (const record of batch.records) {
      if (record.value) yield codec.decodeLedgerEntry(record.value)
    }
  }
}

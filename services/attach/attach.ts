import type { IncomingRecord } from '../brokers/broker.ts'
import { Reading, type ReadingParts } from './reading.ts'

export interface AttachParts extends Pick<ReadingParts, 'broker' | 'topic' | 'group' | 'from' | 'piece' | 'signal'> {
  /** Ends after so many records; infinity for no end. */
  most: number
  /** Takes records of one partition, in order. When it resolves they are delivered. */
  deliver(records: IncomingRecord[], partition: number): Promise<void>
}

/**
 * Gives a topic's committed records to a consumer, and notes for its group what was delivered: behind the delivery, so that
 * nothing is passed over. Whoever stops between the two gets the last batch once more. Resolves after `most` records, at the end
 * of the piece where there is one, or when the signal aborts; rejects when the group is lost.
 */
export async function attach(parts: AttachParts): Promise<void> {
  const reading = new Reading(parts)
  await reading.open()
  try {
    let left = parts.most
    for (let given = await reading.next(); given; given = await reading.next()) {
      const records = given.records.slice(0, left)
      if (records.length > 0) await parts.deliver(records, given.partition)
      left -= records.length
      const cut = records.length < given.records.length
      await given.commit(cut ? (records.at(-1)?.offset ?? -1n) + 1n : given.next)
      if (left <= 0) return
    }
  } finally {
    await reading.close()
  }
}

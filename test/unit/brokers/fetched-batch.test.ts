import { describe, expect, it } from 'vitest'
import { FetchedBatch, type FetchedPartition } from '../../../services/brokers/kafka/wire/fetched-batch.ts'
import type { RecordBatch } from '../../../services/brokers/kafka/wire/record-set.ts'

function records(offsets: bigint[], change: Partial<RecordBatch> = {}): RecordBatch {
  return {
    lastOffset: offsets.at(-1) ?? 0n,
    producerId: 1n,
    transactional: true,
    control: false,
    aborts: false,
    records: offsets.map((offset) => ({ offset, timestamp: 0, key: null, value: null, headers: {} })),
    ...change,
  }
}

function marker(offset: bigint, aborts: boolean, producerId = 1n): RecordBatch {
  return { lastOffset: offset, producerId, transactional: true, control: true, aborts, records: [] }
}

function fetched(
  from: bigint,
  messages: RecordBatch[],
  abortedTransactions: FetchedPartition['abortedTransactions'] = [],
): FetchedBatch {
  return new FetchedBatch('topic', String(from), { partition: 0, highWatermark: '100', messages, abortedTransactions })
}

function offsets(batch: FetchedBatch): bigint[] {
  return batch.messages.map(({ offset }) => offset)
}

describe('a fetched batch', () => {
  it('ends behind the control records of the same fetch', () => {
    const batch = fetched(0n, [records([0n, 1n]), marker(2n, false)])
    expect(offsets(batch)).toEqual([0n, 1n])
    expect(batch.next).toBe(3n)
    expect(batch.lastOffset()).toBe('2')
  })

  it('of control records alone is a batch all the same', () => {
    const batch = fetched(2n, [marker(2n, false)])
    expect(batch.isEmpty()).toBe(false)
    expect(batch.messages).toEqual([])
    expect(batch.next).toBe(3n)
  })

  it('of nothing is empty and stays where it was', () => {
    const batch = fetched(5n, [])
    expect(batch.isEmpty()).toBe(true)
    expect(batch.next).toBe(5n)
  })

  it('leaves out the records of an aborted transaction, and only those', () => {
    const messages = [
      records([0n, 1n], { producerId: 1n }),
      records([2n], { producerId: 2n }),
      records([3n], { producerId: 1n, transactional: false }),
      marker(4n, true, 1n),
      records([5n], { producerId: 1n }),
      marker(6n, false, 1n),
      marker(7n, false, 2n),
    ]
    expect(offsets(fetched(0n, messages, [{ producerId: '1', firstOffset: '0' }]))).toEqual([2n, 3n, 5n])
  })

  it('leaves out what is aborted twice in a row, and when the transaction began before the fetch', () => {
    const messages = [records([10n]), marker(11n, true), records([12n]), marker(13n, true), records([14n])]
    const aborted = [
      { producerId: '1', firstOffset: '12' },
      { producerId: '1', firstOffset: '3' },
    ]
    expect(offsets(fetched(10n, messages, aborted))).toEqual([14n])
  })

  it('begins at the offset that was asked for, though record batches are fetched whole', () => {
    expect(offsets(fetched(6n, [records([4n, 5n, 6n, 7n])]))).toEqual([6n, 7n])
  })

  it('moves over offsets that compaction has emptied', () => {
    const batch = fetched(0n, [records([0n], { lastOffset: 9n })])
    expect(batch.next).toBe(10n)
  })
})

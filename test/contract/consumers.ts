import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Batch, TopicPartition } from '../../services/brokers/broker.ts'
import { type Bench, deferred, eventually, ignore, LARGE, textOf } from './bench.ts'

/** Members of consumer groups. */
export function consumerContract(bench: Bench): void {
  describe('a consumer', () => {
    it('gets nothing before it says where to begin, and everything from there on', async () => {
      const topic = await bench.newTopic()
      await bench.produce(topic, ['a', 'b', 'c', 'd'])
      const assigned = deferred<TopicPartition[]>()
      const batches: Batch[] = []
      const consumer = await bench.broker.consumer({
        group: randomUUID(),
        topics: [topic],
        onAssigned: assigned.resolve,
        onBatch: (batch) => batches.push(batch),
        onLost: ignore,
      })
      expect(await assigned.promise).toEqual([{ topic, partition: 0 }])
      await sleep(500)
      expect(batches).toEqual([])
      consumer.readFrom({ topic, partition: 0, offset: 2n })
      await eventually(() => expect(batches.flatMap(({ records }) => records.map(textOf))).toEqual(['c', 'd']))
      expect(batches.at(-1)).toMatchObject({ next: 4n, highWatermark: 4n })
      await consumer.close()
    })

    it('goes back or forth when told to, and gets nothing of where it was', async () => {
      const topic = await bench.newTopic()
      await bench.produce(topic, ['a', 'b', 'c'])
      const seen = await bench.member(randomUUID(), topic)
      await eventually(() => expect(seen.values).toEqual(['a', 'b', 'c']))
      seen.batches.length = 0
      seen.consumer?.readFrom({ topic, partition: 0, offset: 1n })
      await bench.produce(topic, ['d'])
      await eventually(() => expect(seen.values).toEqual(['b', 'c', 'd']))
      await seen.consumer?.close()
    })

    it('gets offsets without gaps between its batches', async () => {
      const topic = await bench.newTopic(1, LARGE)
      await bench.transact(topic, ['a'])
      await bench.transact(topic, ['b'], 'abort')
      await bench.produce(
        topic,
        Array.from({ length: 2000 }, () => 'x'.repeat(2000)),
      )
      await bench.transact(topic, ['c'])
      const seen = await bench.member(randomUUID(), topic, { maxBytesPerPartition: 1024 * 1024 })
      const end = (await bench.broker.bounds(topic))[0]?.latest
      await eventually(() => expect(seen.batches.at(-1)?.next).toBe(end))
      for (const [i, batch] of seen.batches.entries()) {
        const begin = i === 0 ? 0n : seen.batches[i - 1]?.next
        for (const { offset } of batch.records) expect(offset >= (begin ?? 0n) && offset < batch.next).toBe(true)
      }
      expect(seen.values.length).toBe(2002)
      await seen.consumer?.close()
    })

    it('gets nothing of a partition that it paused, and goes on when it resumes', async () => {
      const topic = await bench.newTopic(2)
      const seen = await bench.member(randomUUID(), topic)
      await bench.produce(topic, ['before'], 0)
      await eventually(() => expect(seen.values).toEqual(['before']))
      seen.consumer?.pause({ topic, partition: 0 })
      await bench.produce(topic, ['held back'], 0)
      await bench.produce(topic, ['other'], 1)
      await eventually(() => expect(seen.values).toEqual(['before', 'other']))
      await sleep(400)
      expect(seen.values).toEqual(['before', 'other'])
      seen.consumer?.resume({ topic, partition: 0 })
      await eventually(() => expect(seen.values).toEqual(['before', 'other', 'held back']))
      await seen.consumer?.close()
    })

    it('reaches the end of the log over control records, so that its lag becomes zero', async () => {
      const topic = await bench.newTopic()
      const group = randomUUID()
      await bench.transact(topic, ['kept'])
      await bench.transact(topic, ['dropped'], 'abort')
      const seen = await bench.member(group, topic)
      await eventually(() => expect(seen.batches.at(-1)?.next).toBe(4n))
      await seen.consumer?.commit([{ topic, partition: 0, offset: seen.batches.at(-1)?.next ?? 0n }])
      const [bounds] = await bench.broker.bounds(topic)
      const [committed] = await bench.broker.committed(group, topic)
      expect((bounds?.latest ?? 0n) - (committed ?? 0n)).toBe(0n)
      await seen.consumer?.close()
    })

    it('moves on over a marker that comes after its records were read', async () => {
      const topic = await bench.newTopic()
      const seen = await bench.member(randomUUID(), topic)
      await bench.transact(topic, ['one'])
      await eventually(() => expect(seen.batches.at(-1)?.next).toBe(2n))
      await bench.transact(topic, ['gone'], 'abort')
      await eventually(() => expect(seen.batches.at(-1)).toMatchObject({ next: 4n, records: [] }))
      await seen.consumer?.close()
    })

    it('shares partitions with others of its group: each has one owner, and each is told all that it has', async () => {
      const topic = await bench.newTopic(4)
      const group = randomUUID()
      const first = await bench.member(group, topic)
      await eventually(() => expect(first.partitions).toEqual([0, 1, 2, 3]))
      const second = await bench.member(group, topic)
      await eventually(() => {
        expect(first.partitions.length).toBe(2)
        expect([...first.partitions, ...second.partitions].sort()).toEqual([0, 1, 2, 3])
      })
      await eventually(async () => {
        first.batches.length = 0
        second.batches.length = 0
        for (const partition of [0, 1, 2, 3]) await bench.produce(topic, ['shared'], partition)
        await eventually(() => expect(first.batches.length + second.batches.length).toBeGreaterThanOrEqual(4))
        for (const seen of [first, second]) {
          for (const batch of seen.batches) expect(seen.partitions).toContain(batch.partition)
        }
      })
      await first.consumer?.close()
      await eventually(() => expect(second.partitions).toEqual([0, 1, 2, 3]))
      await second.consumer?.close()
      expect([...first.lost, ...second.lost]).toEqual([])
    })

    it('gets nothing after it is closed', async () => {
      const topic = await bench.newTopic()
      const seen = await bench.member(randomUUID(), topic)
      await seen.consumer?.close()
      await bench.produce(topic, ['too late'])
      await sleep(300)
      expect(seen.batches).toEqual([])
      expect(seen.lost).toEqual([])
    })
  })
}

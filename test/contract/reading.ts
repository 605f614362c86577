import { describe, expect, it } from 'vitest'
import { type Bench, eventually, textOf } from './bench.ts'

/** Reading a topic without a group. */
export function readingContract(bench: Bench): void {
  describe('reading without a group', () => {
    it('ends at once on empty partitions', async () => {
      const topic = await bench.newTopic(3)
      expect(await bench.readAll(topic)).toEqual([])
    })

    it('ends behind control records, with nothing left between it and the end', async () => {
      const topic = await bench.newTopic()
      await bench.transact(topic, ['kept'])
      await bench.transact(topic, ['dropped'], 'abort')
      const batches = await bench.readAll(topic)
      expect(batches.flatMap(({ records }) => records.map(textOf))).toEqual(['kept'])
      const bounds = await bench.broker.bounds(topic)
      expect(bounds).toEqual([{ earliest: 0n, latest: 4n }])
      expect(batches.at(-1)?.next).toBe(4n)
    })

    it('begins where it is told to', async () => {
      const topic = await bench.newTopic(2)
      await bench.produce(topic, ['a', 'b', 'c'], 0)
      await bench.produce(topic, ['d'], 1)
      const values = (await bench.readAll(topic, new Map([[0, 2n]]))).flatMap(({ records }) => records.map(textOf))
      expect(values.sort()).toEqual(['c', 'd'])
    })

    it('ends at what was the end when it began, though more is written meanwhile', async () => {
      const topic = await bench.newTopic()
      await bench.produce(topic, ['before'])
      const reading = bench.broker.read(topic, { until: 'end' })[Symbol.asyncIterator]()
      const first = await reading.next()
      await bench.produce(topic, ['after'])
      expect(first.value.records.map(textOf)).toEqual(['before'])
      expect(await reading.next()).toMatchObject({ done: true })
    })

    it('follows what is written until it is told to stop', async () => {
      const topic = await bench.newTopic(2)
      const following = bench.follow(topic)
      await bench.produce(topic, ['one'], 0)
      await eventually(() => expect(following.values).toEqual(['one']))
      await bench.produce(topic, ['two'], 1)
      await eventually(() => expect(following.values).toEqual(['one', 'two']))
      await following.stop()
    })
  })
}

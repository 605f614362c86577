import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type Bench, delivery, failedWith, ignore, LARGE, textOf } from './bench.ts'

/** Topics, and what is produced to them. */
export function producingContract(bench: Bench): void {
  describe('topics', () => {
    it('are created once, and creating them again changes nothing', async () => {
      const topic = await bench.newTopic(3)
      await bench.broker.createTopics([
        { topic, partitions: 5 },
        { topic: `${topic}-other`, partitions: 1 },
      ])
      expect(await bench.broker.partitions(topic)).toBe(3)
      expect(await bench.broker.topics()).toEqual(expect.arrayContaining([topic, `${topic}-other`]))
    })

    it('are gone after they are deleted, and deleting what is not there is no error', async () => {
      const topic = await bench.newTopic()
      await bench.broker.deleteTopics([topic, `missing-${randomUUID()}`])
      expect(await bench.broker.topics()).not.toContain(topic)
      await expect(bench.broker.partitions(topic)).rejects.toSatisfy(failedWith('topic_missing'))
    })

    it('can be created anew after they were deleted', async () => {
      const topic = await bench.newTopic()
      await bench.produce(topic, ['old'])
      await bench.broker.deleteTopics([topic])
      await bench.broker.createTopics([{ topic, partitions: 2 }])
      expect(await bench.broker.partitions(topic)).toBe(2)
      expect(await bench.valuesOf(topic)).toEqual([])
    })

    it('that do not exist are named in the failure', async () => {
      const topic = `missing-${randomUUID()}`
      await expect(bench.broker.partitions(topic)).rejects.toSatisfy(failedWith('topic_missing'))
      await expect(bench.broker.bounds(topic)).rejects.toSatisfy(failedWith('topic_missing'))
      await expect(bench.readAll(topic)).rejects.toSatisfy(failedWith('topic_missing'))
      const consumer = bench.broker.consumer({
        group: randomUUID(),
        topics: [topic],
        onAssigned: ignore,
        onBatch: ignore,
        onLost: ignore,
      })
      await expect(consumer).rejects.toSatisfy(failedWith('topic_missing'))
    })
  })

  describe('producing', () => {
    it('keeps the order of each partition over many calls', async () => {
      const topic = await bench.newTopic(2)
      const producer = await bench.broker.producer()
      const values = Array.from({ length: 500 }, (_, i) => `value ${i}`)
      await Promise.all(values.map((value, i) => producer.send([delivery(topic, [value], i % 2)])))
      await producer.close()
      const records = (await bench.readAll(topic)).flatMap((batch) =>
        batch.records.map((record) => [batch.partition, textOf(record)]),
      )
      for (const partition of [0, 1]) {
        const expected = values.filter((_, i) => i % 2 === partition)
        expect(records.filter(([read]) => read === partition).map(([, value]) => value)).toEqual(expected)
      }
    })

    it('carries keys, values, headers and times as they are, and null as null', async () => {
      const topic = await bench.newTopic()
      const producer = await bench.broker.producer()
      const bytes = Buffer.from([0, 255, 128, 10])
      await producer.send([
        {
          topic,
          partition: 0,
          records: [
            {
              key: bytes,
              value: bytes,
              headers: { text: 'grüß', bytes, empty: '', ['__proto__']: 'own' },
              timestamp: 1_700_000_000_123,
            },
            { key: null, value: Buffer.alloc(0) },
            { key: Buffer.alloc(0), value: null },
          ],
        },
      ])
      await producer.close()
      const [full, emptyValue, nullValue] = (await bench.readAll(topic)).flatMap(({ records }) => records)
      expect(full).toMatchObject({ offset: 0n, timestamp: 1_700_000_000_123, key: bytes, value: bytes })
      expect({ ...full?.headers }).toEqual({
        text: Buffer.from('grüß'),
        bytes,
        empty: Buffer.alloc(0),
        ['__proto__']: Buffer.from('own'),
      })
      expect(emptyValue).toMatchObject({ key: null, value: Buffer.alloc(0), headers: {} })
      expect(nullValue).toMatchObject({ key: Buffer.alloc(0), value: null })
      expect(Math.abs((emptyValue?.timestamp ?? 0) - Date.now())).toBeLessThan(60_000)
    })

    it.each(['gzip', 'zstd'] as const)('carries records compressed with %s', async (compression) => {
      const topic = await bench.newTopic()
      const producer = await bench.broker.producer({ compression })
      const values = Array.from({ length: 100 }, (_, i) => `text ${i} `.repeat(50))
      await producer.send([delivery(topic, values)])
      await producer.close()
      expect(await bench.valuesOf(topic)).toEqual(values)
    })

    it('takes a request of many megabytes and records of five, where the topic allows them', async () => {
      const topic = await bench.newTopic(1, LARGE)
      const producer = await bench.broker.producer()
      const large = Buffer.alloc(5 * 1024 * 1024, 'x')
      const small = Array.from({ length: 3000 }, (_, i) => ({ key: null, value: Buffer.alloc(2000, String(i % 10)) }))
      await producer.send([{ topic, partition: 0, records: [...small, { key: null, value: large }] }])
      await producer.close()
      const values = (await bench.readAll(topic)).flatMap(({ records }) => records.map(({ value }) => value))
      expect(values.length).toBe(3001)
      expect(values.at(-1)?.equals(large)).toBe(true)
      expect(values.slice(0, -1).map((value) => value?.toString('latin1', 0, 1))).toEqual(
        small.map((_, i) => String(i % 10)),
      )
    })

    it('refuses a record that is larger than its topic allows', async () => {
      const topic = await bench.newTopic()
      const producer = await bench.broker.producer()
      const large = { key: null, value: Buffer.alloc(2 * 1024 * 1024) }
      await expect(producer.send([{ topic, partition: 0, records: [large] }])).rejects.toSatisfy(
        failedWith('message_too_large'),
      )
      await producer.send([delivery(topic, ['goes on'])])
      await producer.close()
      expect(await bench.valuesOf(topic)).toEqual(['goes on'])
    })

    it('refuses a topic that does not exist', async () => {
      const producer = await bench.broker.producer()
      await expect(producer.send([delivery(`missing-${randomUUID()}`, ['x'])])).rejects.toSatisfy(
        failedWith('topic_missing'),
      )
      await producer.close()
    })
  })
}

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Consumer, ConsumerOptions } from '../../services/brokers/broker.ts'
import { type Client, createClient } from '../../services/brokers/kafka/client.ts'
import { openConsumer } from '../../services/brokers/kafka/consumer.ts'
import { connectKafka } from '../../services/brokers/kafka/kafka.ts'
import { testKafka } from '../support/kafka.ts'
import { Bench, eventually, ignore, textOf } from './bench.ts'

const kafka = await testKafka()
const bench = new Bench()

beforeAll(async () => {
  if (kafka) await bench.open(() => connectKafka({ brokers: kafka.brokers }))
})
afterAll(async () => {
  if (kafka) await bench.close()
})

/** A client whose consumers stand still behind the first batch that they deliver, as they do while a heartbeat is not answered. */
function hesitant(held: Promise<void>): Client {
  const client = createClient({ brokers: kafka?.brokers ?? [] })
  const { kafka: inner } = client
  const make = inner.consumer.bind(inner)
  inner.consumer = (config) => {
    const consumer = make(config)
    const run = consumer.run.bind(consumer)
    consumer.run = (options = {}) =>
      run({
        ...options,
        eachBatch: async (payload) => {
          await options.eachBatch?.(payload)
          await held
        },
      })
    return consumer
  }
  return client
}

/** Both partitions come with one fetch; while the first is being delivered the other is told to begin elsewhere. */
async function movedWhileWaiting(begin: bigint, elsewhere: bigint): Promise<string[]> {
  const topic = await bench.newTopic(2)
  for (const partition of [0, 1]) await bench.produce(topic, ['a', 'b', 'c', 'd'], partition)
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  const seen = new Map<number, string[]>()
  let moved: number | null = null
  const consumer: Consumer = await openConsumer(hesitant(held), {
    group: randomUUID(),
    topics: [topic],
    onAssigned: ignore,
    onLost: ignore,
    onBatch: ({ partition, records }) => {
      seen.set(partition, [...(seen.get(partition) ?? []), ...records.map(textOf)])
      if (moved !== null) return
      moved = 1 - partition
      setImmediate(() => {
        consumer.readFrom({ topic, partition: 1 - partition, offset: elsewhere })
        release()
      })
    },
  })
  for (const partition of [0, 1]) consumer.readFrom({ topic, partition, offset: begin })
  await eventually(() => expect(seen.get(moved ?? -1)?.at(-1)).toBe('d'))
  await bench.produce(topic, ['e'], moved ?? 0)
  await eventually(() => expect(seen.get(moved ?? -1)?.at(-1)).toBe('e'))
  await consumer.close()
  return seen.get(moved ?? -1) ?? []
}

test.skipIf(!kafka)('of a partition that is told to go back, what was fetched before leaves no gap', async () => {
  expect(await movedWhileWaiting(2n, 0n)).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test.skipIf(!kafka)(
  'of a partition that is told to go forth, what was fetched before does not come again',
  async () => {
    expect(await movedWhileWaiting(0n, 2n)).toEqual(['c', 'd', 'e'])
  },
)

test.skipIf(!kafka)('of records that have expired it is told how many offsets they took, once', async () => {
  const topic = await bench.newTopic()
  await bench.produce(topic, ['a', 'b', 'c', 'd', 'e'])
  const admin = createClient({ brokers: kafka?.brokers ?? [] }).kafka.admin()
  await admin.connect()
  // It knows only the topics that it was asked for before.
  await admin.fetchTopicOffsets(topic)
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '3' }] })
  await admin.disconnect()
  const gaps: unknown[] = []
  const onExpired: ConsumerOptions['onExpired'] = (gap) => gaps.push(gap)
  const seen = await bench.member(randomUUID(), topic, { startAt: 1n, onExpired })
  await eventually(() => expect(seen.values).toEqual(['d', 'e']))
  await bench.produce(topic, ['f'])
  await eventually(() => expect(seen.values).toEqual(['d', 'e', 'f']))
  expect(gaps).toEqual([{ topic, partition: 0, from: 1n, to: 3n }])
  await seen.consumer?.close()
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attach } from '../../services/attach/attach.ts'
import type { Broker } from '../../services/brokers/broker.ts'
import { connectKafka } from '../../services/brokers/kafka/kafka.ts'
import { memoryBroker } from '../../services/brokers/memory/memory.ts'
import { testKafka } from '../support/kafka.ts'
import { quiet } from '../support/pipelines.ts'

const PARTITIONS = 3
const RECORDS = 300

const kafka = await testKafka()
const topic = `attach-${Date.now().toString(36)}`

const brokers: [string, () => Promise<Broker>][] = [
  ['memory', async () => memoryBroker()],
  ...(kafka
    ? [['Kafka', () => connectKafka({ brokers: kafka.brokers, logger: quiet })] as [string, () => Promise<Broker>]]
    : []),
]

describe.each(brokers)('A consumer attached on %s', (_, open) => {
  let broker: Broker
  beforeAll(async () => {
    broker = await open()
    await broker.createTopics([{ topic, partitions: PARTITIONS }])
    await write(0, RECORDS)
  })
  afterAll(async () => {
    await broker.deleteTopics([topic])
    await broker.close()
  })

  async function write(from: number, to: number): Promise<void> {
    const producer = await broker.producer()
    const deliveries = Array.from({ length: PARTITIONS }, (_, partition) => ({
      topic,
      partition,
      records: Array.from({ length: to - from }, (_, i) => from + i)
        .filter((i) => i % PARTITIONS === partition)
        .map((i) => ({ key: null, value: Buffer.from(String(i)) })),
    }))
    await producer.send(deliveries)
    await producer.close()
  }

  /** What one sitting of a group brings; `failing`: it dies of the record with this value, before that one is delivered. */
  async function sit(
    group: string,
    options: { most?: number; from?: 'beginning' | 'end'; failing?: string; got?: string[] } = {},
  ): Promise<string[]> {
    const { most = Number.POSITIVE_INFINITY, from = 'beginning', failing, got = [] } = options
    const parts = { broker, topic, group, from, most, signal: new AbortController().signal }
    await attach({
      ...parts,
      deliver: async (records) => {
        const values = records.map(({ value }) => String(value))
        if (failing !== undefined && values.includes(failing)) throw new Error('the consumer died')
        got.push(...values)
      },
    })
    return got
  }

  test('goes on exactly where it stopped, however often', { timeout: 60_000 }, async () => {
    const got: string[] = []
    for (const most of [1, 7, 50, 100, RECORDS - 158]) got.push(...(await sit('steps', { most })))
    expect(new Set(got).size).toBe(RECORDS)
    expect(got).toHaveLength(RECORDS)
  })

  test('gets what its death kept from it', { timeout: 60_000 }, async () => {
    const before: string[] = []
    await expect(sit('dying', { failing: '150', got: before })).rejects.toThrow('the consumer died')
    const rest = await sit('dying', { most: RECORDS - before.length })
    expect(new Set([...before, ...rest]).size).toBe(RECORDS)
  })

  test('has each partition in order', { timeout: 60_000 }, async () => {
    const got = (await sit('orderly', { most: RECORDS })).map(Number)
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const own = got.filter((i) => i % PARTITIONS === partition)
      expect(own).toEqual(own.toSorted((a, b) => a - b))
    }
  })

  test('may begin at the end, and ends when it is told to', { timeout: 60_000 }, async () => {
    const ending = new AbortController()
    const got: string[] = []
    const reading = attach({
      broker,
      topic,
      group: 'late',
      from: 'end',
      most: Number.POSITIVE_INFINITY,
      signal: ending.signal,
      deliver: async (records) => {
        got.push(...records.map(({ value }) => String(value)))
        if (got.length >= PARTITIONS) ending.abort()
      },
    })
    // The group needs a moment to join; what is written before it has joined is not behind its end.
    const writing = setInterval(() => void write(RECORDS, RECORDS + PARTITIONS), 1_000)
    await reading
    clearInterval(writing)
    expect(got.every((value) => Number(value) >= RECORDS)).toBe(true)
  })
})

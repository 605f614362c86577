import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AttachOptions, attachTo } from '../../../services/attach/client.ts'
import type { Broker } from '../../../services/brokers/broker.ts'
import { connectKafka } from '../../../services/brokers/kafka/kafka.ts'
import { memoryBroker } from '../../../services/brokers/memory/memory.ts'
import { RefreshRegistry } from '../../../services/refresh/registry.ts'
import { testKafka } from '../../support/kafka.ts'
import { codec, quiet, topologyOf } from '../../support/pipelines.ts'
import { folder, refreshOf } from '../../support/refreshes/refresh-of.ts'

const PARTITIONS = 3
const EACH = 300
const kafka = await testKafka()
const pipeline = `attached-${Date.now().toString(36)}`
const copies = `${pipeline}.copies`

const brokers: [string, () => Promise<Broker>][] = [
  ['memory', async () => memoryBroker()],
  ...(kafka
    ? [['Kafka', () => connectKafka({ brokers: kafka.brokers, logger: quiet })] as [string, () => Promise<Broker>]]
    : []),
]

describe.each(brokers)('the client module on %s', { timeout: 120_000 }, (_, open) => {
  let broker: Broker
  beforeAll(async () => {
    broker = await open()
    const recipe = `stream: {name: ${pipeline}, partitions: ${PARTITIONS}, transaction_bytes: 1KiB}\nprocess: [words_num_filter: {min_num: 2}]`
    const setting = { broker, topology: topologyOf(recipe), stores: folder() }
    const base = folder()
    for (const name of ['october', 'november']) {
      const lines = Array.from({ length: EACH }, (_, i) => JSON.stringify({ text: `${name} document ${i}`, number: i }))
      await refreshOf(setting, { name, files: { [`${name}.jsonl`]: lines }, directory: join(base, name) })
    }
    await broker.createTopics([{ topic: copies, partitions: 1 }])
  })
  afterAll(async () => {
    const topics = await broker.topics()
    await broker.deleteTopics(topics.filter((topic) => topic.startsWith(pipeline)))
    await broker.close()
  })

  const october = { pipeline, refresh: 'october' }
  const attached = (options: AttachOptions) => attachTo(broker, codec, options)

  test('gives a refresh by its name, all of it and nothing else, and then ends', async () => {
    const numbers: number[] = []
    for await (const { documents, commit } of attached({ ...october, group: `${pipeline}.all` })) {
      for (const document of documents) {
        expect(document.text).toMatch(/^october document \d+$/)
        expect(document.stats).toMatchObject({ num_words: expect.any(Number) })
        numbers.push(JSON.parse(document.json()).number)
      }
      expect(await commit()).toBe(true)
    }
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: EACH }, (_, i) => i))
    for await (const { documents } of attached({ ...october, group: `${pipeline}.all` })) expect(documents).toEqual([])
    const next = attached({ pipeline, refresh: 'november', group: `${pipeline}.all` })
    for await (const { documents, commit } of next) {
      for (const { source } of documents) expect(source).toMatch(/^november\.jsonl:/)
      await commit()
    }
  })

  test('writes what a consumer makes of them once, however many there are and however often they die', async () => {
    const group = `${pipeline}.copying`
    /** Copies batches and dies of the one behind so many: when it is written, but before it is said to be. */
    const sitting = async (batches: number) => {
      let left = batches
      for await (const { documents, commit } of attached({ ...october, group, transactional: true })) {
        if (left-- === 0) return
        const records = documents.map(({ text }) => ({ key: null, value: Buffer.from(text) }))
        await commit([{ topic: copies, partition: 0, records }])
      }
    }
    await sitting(1)
    await Promise.all([sitting(2), sitting(3)])
    await sitting(4)
    await Promise.all([sitting(Number.POSITIVE_INFINITY), sitting(Number.POSITIVE_INFINITY)])
    const copied: string[] = []
    for await (const { records } of broker.read(copies, { until: 'end' })) {
      copied.push(...records.map(({ value }) => String(value)))
    }
    expect(copied).toHaveLength(EACH)
    expect(new Set(copied).size).toBe(EACH)
  })

  test('begins where a consumer says that has its offsets with its data', async () => {
    const store = new Map<number, bigint>()
    const texts: string[] = []
    const sitting = async (most: number) => {
      let left = most
      const from = (partition: number) => store.get(partition) ?? null
      for await (const { documents, partition, next } of attached({ ...october, group: `${pipeline}.own`, from })) {
        if (left-- === 0) return
        // What a transaction of its own data base would do.
        texts.push(...documents.map(({ text }) => text))
        store.set(partition, next)
      }
    }
    for (const most of [1, 1, Number.POSITIVE_INFINITY]) await sitting(most)
    expect(texts).toHaveLength(EACH)
    expect(new Set(texts).size).toBe(EACH)
  })

  test('follows a topic until it is told to end', async () => {
    const ending = new AbortController()
    const given = attached({ topic: `${pipeline}.refined`, group: `${pipeline}.following`, signal: ending.signal })
    let count = 0
    for await (const { documents, commit } of given) {
      count += documents.length
      await commit()
      if (count === 2 * EACH) ending.abort()
    }
    expect(count).toBe(2 * EACH)
  })

  test('refuses what is not there, and what is not done', async () => {
    const first = (options: AttachOptions) => attached(options).next()
    const group = `${pipeline}.refused`
    await expect(first({ topic: `${pipeline}.nothing`, group })).rejects.toMatchObject({ code: 'topic_missing' })
    await expect(first({ pipeline, refresh: 'december', group })).rejects.toMatchObject({ code: 'usage' })
    const registry = await RefreshRegistry.open(broker, pipeline)
    const done = (await registry.read()).get('november')
    if (done?.state !== 'done') throw new Error('It is done.')
    const { run, subject, offsets } = done.manifest
    const { raw, refined, rejected, dead_letters, ledger } = offsets
    const from = {
      raw: raw.to,
      refined: refined.to,
      rejected: rejected.to,
      dead_letters: dead_letters.to,
      ledger: ledger.to,
    }
    const begun = { state: 'begun', name: 'january', run, begun_at: 0, subject, ordinal: 0, from } as const
    await registry.publish('january', begun)
    await expect(first({ pipeline, refresh: 'january', group })).rejects.toMatchObject({
      message: expect.stringContaining('is not done'),
    })
    await registry.publish('january', null)
    await registry.close()
  })
})

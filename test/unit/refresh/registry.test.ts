import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Broker } from '../../../services/brokers/broker.ts'
import { memoryBroker } from '../../../services/brokers/memory/memory.ts'
import type { Abandoned } from '../../../services/refresh/manifest.ts'
import {
  findRefresh,
  RefreshRegistry,
  readRefreshes,
  refreshedPipelines,
  refreshesTopic,
} from '../../../services/refresh/registry.ts'

let broker: Broker
beforeEach(() => {
  broker = memoryBroker()
})
afterEach(() => broker.close())

const record = (name: string): Abandoned => ({
  state: 'abandoned',
  name,
  run: `${name}-x`,
  begun_at: 1,
  abandoned_at: 2,
  raw: { topic: 'corpus.raw', from: [0], to: [1] },
})

describe('the registry of refreshes', () => {
  test('says of a name what was said last, and nothing of one that was let go', async () => {
    const registry = await RefreshRegistry.open(broker, 'corpus')
    await registry.publish('a', record('a'))
    await registry.publish('b', record('b'))
    await registry.publish('a', { ...record('a'), abandoned_at: 3 })
    await registry.publish('b', null)
    await registry.close()
    expect([...(await readRefreshes(broker, 'corpus'))]).toEqual([['a', { ...record('a'), abandoned_at: 3 }]])
    expect(await findRefresh(broker, 'corpus', 'a')).toMatchObject({ abandoned_at: 3 })
    await expect(findRefresh(broker, 'corpus', 'b')).rejects.toThrow('has no refresh b. It has a.')
    expect(await refreshedPipelines(broker)).toEqual(['corpus'])
  })

  test('is empty where there was none', async () => {
    expect(await readRefreshes(broker, 'corpus')).toEqual(new Map())
    await expect(findRefresh(broker, 'corpus', 'a')).rejects.toThrow('It has none.')
    expect(await refreshedPipelines(broker)).toEqual([])
  })

  test('is in the hands of who opened it last', async () => {
    const older = await RefreshRegistry.open(broker, 'corpus')
    const newer = await RefreshRegistry.open(broker, 'corpus')
    await expect(older.publish('a', record('a'))).rejects.toMatchObject({ code: 'feed_taken_over' })
    await newer.publish('a', record('a'))
    expect((await newer.read()).size).toBe(1)
    await older.close()
    await newer.close()
  })

  test('does not take for a refresh what somebody else has written there', async () => {
    const registry = await RefreshRegistry.open(broker, 'corpus')
    const producer = await broker.producer()
    const topic = refreshesTopic('corpus')
    await producer.send([{ topic, partition: 0, records: [{ key: Buffer.from('a'), value: Buffer.from('{}') }] }])
    await expect(registry.read()).rejects.toThrow('Record 0 of corpus.refreshes does not tell of a refresh')
  })
})

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Rejection } from '../../../schemas/rejection.ts'
import type { Broker } from '../../../services/brokers/broker.ts'
import { memoryBroker } from '../../../services/brokers/memory/memory.ts'
import { restoreSnapshot, takeSnapshot } from '../../../services/cli/indexes/snapshots.ts'
import { findInIndex, forgetInIndex } from '../../../services/dataset/index-log.ts'
import { feed } from '../../../services/pipeline/feed.ts'
import { Fleet } from '../../../services/pipeline/fleet.ts'
import { lags, prepareTopics } from '../../../services/pipeline/topics.ts'
import type { Topology } from '../../../topologies/topology.ts'
import { codec, feedLines, inlineLauncher, quiet, runLines, topologyOf } from '../../support/pipelines.ts'

const STORY = 'the mill stands by the river and grinds what the farmers of the valley bring to it every day of the week'
const line = (text: string) => JSON.stringify({ text })

let broker: Broker
let stores: string
beforeEach(() => {
  broker = memoryBroker()
  stores = mkdtempSync(join(tmpdir(), 'millrace-stores-'))
})
afterEach(() => broker.close())

interface Described {
  name?: string
  index?: string
  parameters?: object
  continuous?: boolean
  partitions?: number
}

function deduplicating({ name = 'corpus', index, parameters = {}, ...variant }: Described = {}): Topology {
  const recipe = {
    process: [{ document_minhash_deduplicator: parameters }],
    stream: { name, ...(index ? { index } : {}) },
  }
  return topologyOf(JSON.stringify(recipe), variant)
}

function run(topology: Topology, texts: string[]) {
  return runLines(broker, topology, texts.map(line), inlineLauncher(broker, topology, { stores }))
}

/** The texts of an output. */
function texts(output: string[]): string[] {
  return output.map((one) => JSON.parse(one).text)
}

async function rejections({ topics }: Topology): Promise<Rejection[]> {
  const all: Rejection[] = []
  for await (const { records } of broker.read(topics.rejected, { until: 'end' })) {
    for (const { value } of records) if (value) all.push(codec.decodeRejection(value))
  }
  return all
}

describe('an index with a name', () => {
  const topology = deduplicating({ index: 'all-months' })

  test('outlives the run: the next is deduplicated against it, and names what was there', async () => {
    await run(topology, [`${STORY} first`, 'a text that stands alone in both of the months it is in'])
    const second = await run(topology, ['another text that nobody has brought so far at all', `${STORY} second`])
    expect(texts(second.output)).toEqual(['another text that nobody has brought so far at all'])
    expect(second.report).toMatchObject({ input: 2, output: 1, duplicates: 1, rejected: 0, balanced: true })
    const [rejection] = await rejections(topology)
    expect(rejection).toMatchObject({
      reason: 'duplicate',
      operator: 'document_minhash_deduplicator',
      duplicate_of: { pipeline: 'corpus', id: '0-0', source: 'test:1' },
    })
    expect(rejection?.duplicate_of?.similarity).toBeGreaterThan(0.7)
  })

  test('is made anew from its log when its store is gone', async () => {
    await run(topology, [`${STORY} first`])
    stores = mkdtempSync(join(tmpdir(), 'millrace-stores-'))
    expect((await run(topology, [`${STORY} second`])).report).toMatchObject({ output: 0, duplicates: 1 })
  })

  test('is restored from a snapshot, and what was logged since is folded in', async () => {
    await run(topology, [`${STORY} first`])
    const backup = mkdtempSync(join(tmpdir(), 'millrace-snapshot-'))
    expect(await takeSnapshot(topology, stores, backup)).toBe(4)
    const later = 'a text that came when the snapshot had been taken already'
    await run(topology, [later])
    stores = mkdtempSync(join(tmpdir(), 'millrace-stores-'))
    expect(await restoreSnapshot(topology, stores, backup)).toBe(4)
    expect((await run(topology, [`${STORY} second`, later])).report).toMatchObject({ output: 0, duplicates: 2 })
    await expect(restoreSnapshot(deduplicating(), stores, backup)).rejects.toMatchObject({ code: 'input_missing' })
  })

  test('is not believed when its store is that of another log', async () => {
    await run(topology, [`${STORY} first`])
    await broker.close()
    broker = memoryBroker()
    expect((await run(topology, [`${STORY} second`])).report).toMatchObject({ output: 1, duplicates: 0 })
    expect((await run(topology, [`${STORY} third`])).report).toMatchObject({ output: 0, duplicates: 1 })
  })

  test('is shared by pipelines, each with documents of its own', async () => {
    await run(topology, [`${STORY} first`])
    const other = deduplicating({ name: 'other', index: 'all-months' })
    expect((await run(other, [`${STORY} second`, 'what only the other has'])).report).toMatchObject({ output: 1 })
    expect((await rejections(other))[0]?.duplicate_of).toMatchObject({ pipeline: 'corpus', id: '0-0' })
  })

  test('lets both stay that were there before, whatever joins them later', async () => {
    const [a, b] = [STORY.split(' ').slice(0, 15).join(' '), STORY.split(' ').slice(8).join(' ')]
    const wide = deduplicating({ index: 'wide', parameters: { jaccard_threshold: 0.3, window_size: 1 } })
    const first = await run(wide, [a, b])
    expect(first.report).toMatchObject({ input: 2 })
    expect((await run(wide, [STORY])).report).toMatchObject({ output: 0, duplicates: 1 })
  })

  test('forgets a document, so that what is like it stays', async () => {
    await run(topology, [`${STORY} first`, 'a text that stays in the index'])
    const [{ probes: topic = '' } = {}] = topology.stages.flatMap(({ serves }) => serves ?? [])
    const wanted = (_: string, { id }: { id: string }) => id === '0-0'
    await forgetInIndex(broker, topic, await findInIndex(broker, topic, { codec, wanted }), codec)
    expect(await findInIndex(broker, topic, { codec, wanted })).toEqual([])
    const second = await run(topology, [`${STORY} second`, 'a text that stays in the index'])
    expect(texts(second.output)).toEqual([`${STORY} second`])
    expect((await run(topology, [`${STORY} third`])).report).toMatchObject({ output: 0, duplicates: 1 })
  })

  test('is refused to a recipe with other parameters', async () => {
    await run(topology, [STORY])
    const other = deduplicating({ index: 'all-months', parameters: { window_size: 7 } })
    await expect(run(other, [STORY])).rejects.toMatchObject({ code: 'index_differs' })
  })
})

test('without a name a run looks at its own input alone', async () => {
  const topology = deduplicating()
  expect((await run(topology, [`${STORY} first`, `${STORY} second`])).report).toMatchObject({
    output: 1,
    duplicates: 1,
  })
  expect((await run(topology, [`${STORY} third`])).report).toMatchObject({ output: 1, duplicates: 0 })
})

test('what a run left behind is a data set of its own, which the next run finishes first', async () => {
  const topology = deduplicating({ index: 'all-months' })
  await prepareTopics(broker, topology)
  const lines = feedLines([`${STORY} first`, `${STORY} again`].map(line))
  await feed({ broker, topology, run: null, lines, onFed: () => undefined })
  const { report, output } = await run(topology, [`${STORY} second`, 'what nobody has brought so far'])
  expect(texts(output)).toEqual(['what nobody has brought so far'])
  expect(report).toMatchObject({ input: 2, output: 1, duplicates: 1, balanced: true })
  expect((await rejections(topology)).map(({ duplicate_of }) => duplicate_of?.id)).toEqual(['0-0', '0-0'])
})

describe('where the input has no end', () => {
  test('the first to arrive stays, and each document goes on at once', async () => {
    const topology = deduplicating({ continuous: true, partitions: 3 })
    await prepareTopics(broker, topology)
    const fleet = new Fleet({ topology, launch: inlineLauncher(broker, topology, { stores }), log: quiet })
    fleet.start()
    const bring = async (all: string[]) => {
      await feed({ broker, topology, run: null, lines: feedLines(all.map(line)), onFed: () => undefined })
      const deadline = Date.now() + 20_000
      while ((await lags(broker, topology)).some(({ total }) => total > 0)) {
        if (Date.now() > deadline) throw new Error('documents wait for what nobody says')
        await sleep(20)
      }
    }
    await bring([`${STORY} first`, 'a text that stands alone'])
    await bring([`${STORY} second`])
    await bring(['another that stands alone', `${STORY} third`])
    await fleet.drain()
    const originals = (await rejections(topology)).map(({ document, duplicate_of }) => [
      document.text,
      duplicate_of?.id,
    ])
    expect(originals).toEqual([
      [`${STORY} second`, '0-0'],
      [`${STORY} third`, '0-0'],
    ])
  })
})

import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Broker } from '../../../services/brokers/broker.ts'
import { memoryBroker } from '../../../services/brokers/memory/memory.ts'
import { abandon } from '../../../services/refresh/abandoned.ts'
import { documentsInOne } from '../../../services/refresh/difference.ts'
import { readRefreshes } from '../../../services/refresh/registry.ts'
import { codec, inlineLauncher, runLines, topologyOf } from '../../support/pipelines.ts'
import {
  contents,
  type Files,
  folder,
  linesOf,
  type RefreshSetting,
  refreshOf,
  type Wanted,
} from '../../support/refreshes/refresh-of.ts'

const RECIPE = `stream: {name: corpus, partitions: 3, transaction_bytes: 1KiB, index: all-months}
process:
  - whitespace_normalization_mapper:
  - words_num_filter: {min_num: 3}
  - document_deduplicator:
`

let broker: Broker
let setting: RefreshSetting
let directory: string
beforeEach(() => {
  broker = memoryBroker()
  setting = { broker, topology: topologyOf(RECIPE), stores: folder() }
  directory = join(folder(), '2026-10')
})
afterEach(() => broker.close())

const line = (text: unknown) => JSON.stringify({ text })
const OCTOBER: Files = {
  'web.jsonl': [
    ...Array.from({ length: 120 }, (_, i) => line(`page number ${i} of the web`)),
    line('page number 7 of the web'),
    line('too short'),
    line(17),
  ],
  'books.jsonl': [...Array.from({ length: 60 }, (_, i) => line(`chapter ${i} of a book`)), 'no JSON at all'],
}
const NOVEMBER: Files = {
  'web.jsonl': [line('page number 5 of the web'), line('a page of this month'), line('a page of this month')],
  'news.jsonl': [line('chapter 3 of a book'), line('news of this month')],
}

describe('a refresh', () => {
  test('writes parts in the order of the input, and a manifest that accounts for every source', async () => {
    const { manifest, course } = await refreshOf(setting, { name: '2026-10', files: OCTOBER, directory })
    expect(course).toBe('new')
    expect(manifest.sources).toMatchObject([
      {
        source: 'web.jsonl',
        in: 123,
        kept: 120,
        rejected: { words_num_filter: { below_minimum: 1 } },
        duplicates: { within: 1, past: 0 },
        dead_letters: { text_not_a_string: 1 },
      },
      { source: 'books.jsonl', in: 61, kept: 60, rejected: {}, duplicates: { within: 0, past: 0 } },
    ])
    expect(manifest.totals).toMatchObject({ input: 184, output: 180, rejected: 1, duplicates: 1, dead_letters: 2 })
    const files = contents(directory)
    expect(Object.keys(files)).toEqual(['manifest.json', ...manifest.files.map(({ path }) => path)])
    expect(manifest.files.length).toBeGreaterThan(2)
    const lines = manifest.files.flatMap(({ path }) => (files[path] ?? '').trimEnd().split('\n'))
    expect(lines).toEqual([
      ...(OCTOBER['web.jsonl'] ?? []).slice(0, 120),
      ...(OCTOBER['books.jsonl'] ?? []).slice(0, 60),
    ])
    expect(JSON.parse(files['manifest.json'] ?? '')).toEqual(manifest)
  })

  test('is deduplicated against the one before, and says which duplicates are of the past', async () => {
    await refreshOf(setting, { name: '2026-10', files: OCTOBER, directory })
    const next = join(directory, '../2026-11')
    const { manifest } = await refreshOf(setting, { name: '2026-11', files: NOVEMBER, directory: next })
    expect(manifest.sources).toMatchObject([
      { source: 'web.jsonl', in: 3, kept: 1, duplicates: { within: 1, past: 1 } },
      { source: 'news.jsonl', in: 2, kept: 1, duplicates: { within: 0, past: 1 } },
    ])
    expect(manifest.ordinals).toEqual({ from: 184, to: 189 })
    expect(contents(next)['part-00000.jsonl']).toBe(`${line('a page of this month')}\n${line('news of this month')}\n`)
  })

  test('has the same files on any plan, and with stats beside them where the recipe wants them', async () => {
    const settings: Partial<Wanted> = { export: { stats: true, keep_stats: true, suffix: 'jsonl.zst' } }
    const plans = [{ partitions: 1 }, { partitions: 4, isolate: true }, { partitions: 3, replicas: 2 }]
    const made = await Promise.all(
      plans.map(async (variant) => {
        const own = { broker: memoryBroker(), topology: topologyOf(RECIPE, variant), stores: folder() }
        const there = join(folder(), '2026-10')
        const { manifest } = await refreshOf(own, { name: '2026-10', files: OCTOBER, directory: there, ...settings })
        await own.broker.close()
        return {
          files: manifest.files,
          sources: manifest.sources,
          contents: { ...contents(there), 'manifest.json': '' },
        }
      }),
    )
    const [first, ...others] = made
    expect(first?.files.map(({ path }) => path).slice(0, 2)).toEqual(['part-00000.jsonl.zst', 'part-00000_stats.jsonl'])
    for (const other of others) expect(other).toEqual(first)
  })

  test('leaves out by source what the recipe only counts', async () => {
    const counting = { ...setting, topology: topologyOf(RECIPE.replace('partitions: 3', 'rejected: count')) }
    const { manifest } = await refreshOf(counting, { name: '2026-10', files: OCTOBER, directory })
    expect(manifest.sources[0]).toMatchObject({ in: 123, kept: 120, rejected: null, duplicates: null })
    expect(manifest.totals).toMatchObject({ rejected: 1, duplicates: 1 })
  })
})

describe('a refresh that dies', () => {
  /** What it makes when nothing happens to it. */
  async function undisturbed(): Promise<Record<string, string>> {
    const own = { broker: memoryBroker(), topology: topologyOf(RECIPE), stores: folder() }
    const there = join(folder(), '2026-10')
    await refreshOf(own, { name: '2026-10', files: OCTOBER, directory: there })
    await own.broker.close()
    return contents(there)
  }

  class Death extends Error {}

  /** All lines up to one of them, and then the end of the feeder. */
  const breakingAt = (limit: number) => ({
    lines: async () =>
      (async function* () {
        let left = limit
        for await (const lines of linesOf(OCTOBER)) {
          yield lines.slice(0, left)
          left -= lines.length
          if (left <= 0) throw new Death()
        }
      })(),
  })

  /** Aborts when this is said of it. */
  const abortedWhen = (when: (progress: { fedAll: boolean; output: number; phase: string }) => boolean) => {
    const controller = new AbortController()
    const onProgress: Wanted['onProgress'] = (progress) => {
      if (when(progress)) controller.abort(new Death())
    }
    return { signal: controller.signal, onProgress }
  }

  /** Breaks off when so many documents are written. */
  const unwritableAfter = (limit: number): Partial<Wanted> => {
    let left = limit
    return {
      render: () => {
        if (left-- === 0) throw new Death()
        return { line: Buffer.from('half a file'), stats: null }
      },
    }
  }

  const deaths: [string, () => Partial<Wanted>][] = [
    ['before its first line', () => breakingAt(0)],
    ['behind its first lines', () => breakingAt(20)],
    ['in the middle of a group of lines', () => breakingAt(107)],
    ['behind its last line, before the end is marked', () => breakingAt(184)],
    ['when the first documents are through', () => abortedWhen(({ output }) => output > 0)],
    ['when all is fed', () => abortedWhen(({ fedAll }) => fedAll)],
    ['when all is through', () => abortedWhen(({ phase }) => phase === 'writing')],
    ['in its first part', () => unwritableAfter(1)],
    ['between two parts', () => unwritableAfter(150)],
  ]

  test.each(deaths)('%s goes on from there, to the same files', async (_, death) => {
    const wanted = { name: '2026-10', files: OCTOBER, directory }
    await expect(refreshOf(setting, { ...wanted, ...death() })).rejects.toThrow()
    expect(contents(directory)).not.toHaveProperty('manifest.json')
    const { manifest, course } = await refreshOf(setting, wanted)
    expect(course).toBe('continued')
    const expected = await undisturbed()
    expect({ ...contents(directory), 'manifest.json': '' }).toEqual({ ...expected, 'manifest.json': '' })
    const before = JSON.parse(expected['manifest.json'] ?? '')
    expect(manifest.sources).toEqual(before.sources)
    expect(manifest.totals).toEqual(before.totals)
    expect(manifest.operators).toEqual(before.operators)
  })

  test('again and again comes to the same end', async () => {
    const wanted = { name: '2026-10', files: OCTOBER, directory }
    for (const [, death] of deaths) await refreshOf(setting, { ...wanted, ...death() }).catch(() => undefined)
    await refreshOf(setting, wanted)
    expect({ ...contents(directory), 'manifest.json': '' }).toEqual({ ...(await undisturbed()), 'manifest.json': '' })
  })

  test('is not gone on with where the input is another one by now', async () => {
    const wanted = { name: '2026-10', files: OCTOBER, directory }
    await expect(refreshOf(setting, { ...wanted, ...breakingAt(107) })).rejects.toThrow()
    const changed = { ...OCTOBER, 'web.jsonl': [line('another first page'), ...(OCTOBER['web.jsonl'] ?? []).slice(1)] }
    await expect(refreshOf(setting, { ...wanted, files: changed })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('the file web.jsonl has changed'),
    })
    const shifted = { lines: async () => linesOf({ 'web.jsonl': (OCTOBER['web.jsonl'] ?? []).slice(1) }) }
    await expect(refreshOf(setting, { ...wanted, ...shifted })).rejects.toMatchObject({ code: 'usage' })
  })

  test('is not gone on with when a run came in between', async () => {
    const wanted = { name: '2026-10', files: OCTOBER, directory }
    await expect(refreshOf(setting, { ...wanted, ...breakingAt(107) })).rejects.toThrow()
    const { topology, stores } = setting
    await runLines(broker, topology, [line('a document of the run')], inlineLauncher(broker, topology, { stores }))
    await expect(refreshOf(setting, wanted)).rejects.toMatchObject({ code: 'feed_taken_over' })
  })

  test('is left to the newer one where two make it at once', async () => {
    const wanted = { name: '2026-10', files: OCTOBER, directory }
    let goOn: () => void = () => undefined
    const waiting = new Promise<void>((resolve) => {
      goOn = resolve
    })
    let standing: () => void = () => undefined
    const stands = new Promise<void>((resolve) => {
      standing = resolve
    })
    const lines = async () =>
      (async function* () {
        for await (const group of linesOf(OCTOBER)) {
          yield group
          standing()
          await waiting
        }
      })()
    const older = refreshOf(setting, { ...wanted, lines })
    older.catch(() => undefined)
    await stands
    expect((await refreshOf(setting, wanted)).course).toBe('continued')
    goOn()
    await expect(older).rejects.toMatchObject({ code: 'feed_taken_over' })
    expect({ ...contents(directory), 'manifest.json': '' }).toEqual({ ...(await undisturbed()), 'manifest.json': '' })
  })

  test('keeps another one from beginning until it is given up, and then nothing of it is remembered', async () => {
    const wanted = { name: '2026-10', files: OCTOBER, directory }
    await expect(refreshOf(setting, { ...wanted, ...breakingAt(107) })).rejects.toThrow()
    const other = { name: '2026-11', files: NOVEMBER, directory: join(directory, '../2026-11') }
    await expect(refreshOf(setting, other)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('The refresh 2026-10 of corpus has begun and is not done'),
    })
    await abandon(broker, 'corpus', { name: '2026-10', raw: 'corpus.raw', now: Date.now() })
    const { manifest, course } = await refreshOf(setting, wanted)
    expect(course).toBe('new')
    expect(manifest.totals).toMatchObject({ input: 184, output: 180, duplicates: 1 })
    expect({ ...contents(directory), 'manifest.json': '' }).toEqual({ ...(await undisturbed()), 'manifest.json': '' })
    expect((await refreshOf(setting, other)).manifest.totals).toMatchObject({ input: 5, output: 2, duplicates: 3 })
    await expect(
      abandon(broker, 'corpus', { name: '2026-10', raw: 'corpus.raw', now: Date.now() }),
    ).rejects.toMatchObject({ code: 'usage' })
  })
})

describe('a refresh that is done', () => {
  const wanted = () => ({ name: '2026-10', files: OCTOBER, directory })

  test('is looked at and left alone', async () => {
    const first = await refreshOf(setting, wanted())
    const before = contents(directory)
    const again = await refreshOf(setting, { ...wanted(), launch: notCalled, lines: notCalled })
    expect(again).toEqual({ manifest: first.manifest, course: 'there' })
    expect(contents(directory)).toEqual(before)
  })

  const damages: [string, (path: string) => void][] = [
    ['is gone', (path) => rmSync(path)],
    ['was cut off', (path) => writeFileSync(path, 'half')],
    ['is another one of the same size', (path) => writeFileSync(path, 'x'.repeat(OCTOBER_PART))],
  ]
  let OCTOBER_PART = 0

  test.each(damages)('gets a file back that %s', async (_, damage) => {
    const { manifest } = await refreshOf(setting, wanted())
    const before = contents(directory)
    OCTOBER_PART = manifest.files[1]?.bytes ?? 0
    damage(join(directory, 'part-00001.jsonl'))
    const again = await refreshOf(setting, { ...wanted(), launch: notCalled, lines: notCalled })
    expect(again.course).toBe('restored')
    expect(contents(directory)).toEqual(before)
  })

  test('is written to another place when that is wanted', async () => {
    await refreshOf(setting, wanted())
    const elsewhere = join(folder(), 'copy')
    expect((await refreshOf(setting, { ...wanted(), directory: elsewhere })).course).toBe('restored')
    expect(contents(elsewhere)).toEqual(contents(directory))
  })

  test('does not share its name with another recipe, other inputs or other files', async () => {
    await refreshOf(setting, wanted())
    const other = { ...setting, topology: topologyOf(RECIPE.replace('min_num: 3', 'min_num: 4')) }
    const refused = (what: string) => ({ code: 'usage', message: expect.stringContaining(what) })
    await expect(refreshOf(other, wanted())).rejects.toMatchObject(refused('the recipe is another one'))
    await expect(refreshOf(setting, { ...wanted(), files: NOVEMBER })).rejects.toMatchObject(
      refused('the sources are web.jsonl, news.jsonl, and were web.jsonl, books.jsonl'),
    )
    await expect(refreshOf(setting, { ...wanted(), export: { suffix: 'parquet' } })).rejects.toMatchObject(
      refused('the files are to be written otherwise'),
    )
  })

  test('is not promised of a recipe that may deliver documents twice', async () => {
    const twice = { ...setting, topology: topologyOf(RECIPE.replace('partitions: 3', 'delivery: at_least_once')) }
    await expect(refreshOf(twice, wanted())).rejects.toMatchObject({ code: 'usage' })
  })

  test('does not let another one have its directory', async () => {
    await refreshOf(setting, wanted())
    await expect(refreshOf(setting, { name: '2026-11', files: NOVEMBER, directory })).rejects.toMatchObject({
      code: 'output_unwritable',
      message: expect.stringContaining('holds another refresh: 2026-10 of corpus'),
    })
  })

  test('can be held against another one, document by document', async () => {
    await refreshOf(setting, wanted())
    await refreshOf(setting, { name: '2026-11', files: NOVEMBER, directory: join(directory, '../2026-11') })
    const refreshes = await readRefreshes(broker, 'corpus')
    const [a, b] = [...refreshes.values()].map((record) => (record.state === 'done' ? record.manifest : null))
    if (!a || !b) throw new Error('Both are done.')
    const [onlyA, onlyB] = await documentsInOne({ broker, codec, most: 2 }, a, b)
    expect(onlyA).toMatchObject({ count: 180, documents: [{ source: 'web.jsonl:1' }, { source: 'web.jsonl:2' }] })
    expect(onlyB.count).toBe(2)
  })
})

function notCalled(): never {
  throw new Error('There is nothing to be done.')
}

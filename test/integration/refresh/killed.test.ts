import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Broker } from '../../../services/brokers/broker.ts'
import { connectKafka } from '../../../services/brokers/kafka/kafka.ts'
import { millrace } from '../../support/command-line.ts'
import { testKafka } from '../../support/kafka.ts'
import { quiet } from '../../support/pipelines.ts'
import { contents, folder } from '../../support/refreshes/refresh-of.ts'

const kafka = await testKafka()
const MAIN = fileURLToPath(new URL('../../../services/cli/main.ts', import.meta.url))
const FEW = 12_000

describe.skipIf(!kafka)('refreshes of two months on Kafka', { timeout: 400_000 }, () => {
  const directory = folder()
  const where = kafka?.brokers.join(',') ?? ''
  const names = ['refreshed', 'killed', 'mixed'].map((name) => `${name}-${process.pid}`)
  let broker: Broker

  beforeAll(async () => {
    broker = await connectKafka({ brokers: kafka?.brokers ?? [], logger: quiet })
    const row = (text: string) => `${JSON.stringify({ text })}\n`
    const pages = Array.from({ length: FEW }, (_, i) => row(i % 4 === 0 ? 'short' : `page ${i} has the number ${i}`))
    writeFileSync(join(directory, 'october.jsonl'), pages.join(''))
    const later = Array.from({ length: FEW }, (_, i) => row(`page ${2 * i + 1} has the number ${2 * i + 1}`))
    writeFileSync(join(directory, 'november.jsonl'), later.join(''))
    for (const name of names) writeFileSync(join(directory, `${name}.yaml`), recipe(name))
  })

  afterAll(async () => {
    const topics = await broker.topics()
    await broker.deleteTopics(topics.filter((topic) => names.some((name) => topic.startsWith(name))))
    await broker.close()
  })

  const recipe = (name: string) => `
export_path: files/${name}/part.jsonl.gz
export_shard_size: 200000
stream: {name: ${name}, partitions: 2, transaction_bytes: 32KiB, index: ${name}-all}
process:
  - whitespace_normalization_mapper:
  - words_num_filter: {min_num: 3}
  - document_deduplicator:
`
  const refreshing = (name: string, month: string) => [
    'refresh',
    `${name}.yaml`,
    '--name',
    month,
    '--input',
    `${month}.jsonl`,
    '--broker',
    where,
    '--json',
  ]
  const call = (args: string[]) => millrace(args, { directory })
  const files = (name: string, month: string) => {
    const { 'manifest.json': _, ...others } = contents(join(directory, 'files', name, month))
    return others
  }

  test('makes both, each document once, and the second without what the first had', async () => {
    const [name = ''] = names
    const first = await call(refreshing(name, 'october'))
    expect(first.stderr).not.toContain('millrace:')
    const october = JSON.parse(first.stdout)
    expect(october).toMatchObject({ course: 'new', totals: { input: FEW, output: 9_000, rejected: 3_000 } })
    expect(october.files.length).toBeGreaterThan(1)
    const november = JSON.parse((await call(refreshing(name, 'november'))).stdout)
    expect(november.sources).toMatchObject([
      { source: 'november.jsonl', in: FEW, kept: 6_000, duplicates: { within: 0, past: 6_000 } },
    ])
    expect(existsSync(manifestOf(name, 'november'))).toBe(true)
  })

  test('lists, shows and compares them', async () => {
    const [name = ''] = names
    const list = JSON.parse((await call(['refresh', 'list', name, '--broker', where, '--json'])).stdout)
    expect(list).toMatchObject([
      { name: 'october', state: 'done', output: 9_000 },
      { name: 'november', state: 'done', output: 6_000 },
    ])
    const show = await call(['refresh', 'show', `${name}.yaml`, 'november', '--broker', where])
    expect(show.stdout).toMatch(/november\.jsonl\s+12,000\s+6,000\s+0\s+0\s+6,000\s+0/)
    const diff = ['refresh', 'diff', name, 'october', 'november', '--broker', where, '--documents', '--json']
    expect(JSON.parse((await call(diff)).stdout)).toMatchObject({
      subject: ['sources'],
      totals: { output: [9_000, 6_000], duplicates: [0, 6_000] },
      only: { october: { count: 9_000 }, november: { count: 6_000 } },
    })
    const unknown = await call(['refresh', 'show', name, 'december', '--broker', where])
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('It has october, november.') })
  })

  test('gives one to whoever attaches to it by name, each document once, and ends behind it', async () => {
    const [name = ''] = names
    const attach = async (...more: string[]) => {
      const { code, stdout } = await call(['attach', name, '--refresh', 'november', '--broker', where, ...more])
      expect(code).toBe(0)
      return stdout
    }
    const printed = [await attach('--limit', '1000'), await attach('--limit', '1'), await attach()].join('')
    const parts = Object.values(files(name, 'november')).map((packed) => gunzipSync(Buffer.from(packed, 'latin1')))
    expect(printed.split('\n').sort()).toEqual(parts.join('').split('\n').sort())
    expect(await attach()).toBe('')
  })

  test('makes the same files again when some are lost', async () => {
    const [name = ''] = names
    const before = files(name, 'october')
    rmSync(join(directory, 'files', name, 'october'), { recursive: true })
    const again = JSON.parse((await call(refreshing(name, 'october'))).stdout)
    expect(again.course).toBe('restored')
    expect(files(name, 'october')).toEqual(before)
    expect(JSON.parse((await call(refreshing(name, 'october'))).stdout).course).toBe('there')
  })

  test('goes on with one that is killed, as often as that happens, to the same files', async () => {
    const [name = '', killed = ''] = names
    // The first one while it is fed, the second one when its first documents are through.
    for (const [month, topic] of [
      ['october', 'raw'],
      ['november', 'refined'],
    ] as const) {
      const before = await recordsOn(`${killed}.${topic}`)
      const child = fork(MAIN, refreshing(killed, month), {
        stdio: 'ignore',
        cwd: directory,
        env: { ...process.env, INIT_CWD: directory },
        execArgv: ['--disable-warning=ExperimentalWarning'],
      })
      const ended = once(child, 'exit')
      await until(async () => (await recordsOn(`${killed}.${topic}`)) > before + FEW / 6 || child.exitCode !== null)
      child.kill('SIGKILL')
      expect(await ended).toEqual([null, 'SIGKILL'])
      expect(existsSync(manifestOf(killed, month))).toBe(false)
      const list = JSON.parse((await call(['refresh', 'list', killed, '--broker', where, '--json'])).stdout)
      expect(list.at(-1)).toMatchObject({ name: month, state: 'begun' })
      const last = JSON.parse((await call(refreshing(killed, month))).stdout)
      expect(last.course).toBe('continued')
      expect(files(killed, month)).toEqual(files(name, month))
      const { totals, sources } = JSON.parse(readFileSync(manifestOf(name, month), 'utf8'))
      expect(last).toMatchObject({ totals, sources })
    }
  })

  test('takes of each source its share, writes Parquet, and is interrupted and gone on with', async () => {
    const [, , mixed = ''] = names
    const recipe = `
dataset:
  max_sample_num: 4000
  configs:
    - {type: local, path: october.jsonl, weight: 3}
    - {type: local, path: november.jsonl, weight: 1}
export_path: files/${mixed}/part.parquet
keep_stats_in_res_ds: true
stream: {name: ${mixed}, partitions: 2, transaction_bytes: 32KiB}
process: [{words_num_filter: {min_num: 3}}]
`
    writeFileSync(join(directory, `${mixed}.yaml`), recipe)
    const args = ['refresh', `${mixed}.yaml`, '--name', 'sample', '--broker', where, '--json']
    const child = fork(MAIN, args, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      cwd: directory,
      env: { ...process.env, INIT_CWD: directory },
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    let said = ''
    child.stderr?.on('data', (bytes: Buffer) => {
      said += bytes.toString()
    })
    const ended = once(child, 'exit')
    await until(async () => (await recordsOn(`${mixed}.raw`)) > 0 || child.exitCode !== null)
    child.kill('SIGINT')
    expect(await ended).toEqual([1, null])
    expect(said).toContain('Interrupted; the same command goes on where it stopped.')
    const made = JSON.parse((await call(args)).stdout)
    expect(made).toMatchObject({
      course: 'continued',
      sources: [
        { source: 'october.jsonl', in: 3_000, rejected: { words_num_filter: { below_minimum: expect.any(Number) } } },
        { source: 'november.jsonl', in: 1_000, kept: 1_000 },
      ],
      files: [{ path: 'part-00000.parquet', rows: made.totals.output }],
    })
    const again = join(directory, 'again')
    expect(JSON.parse((await call([...args, '--output', again])).stdout).course).toBe('restored')
    expect(contents(join(again, 'sample'))).toEqual(contents(join(directory, 'files', mixed, 'sample')))
  })

  const manifestOf = (name: string, month: string) => join(directory, 'files', name, month, 'manifest.json')

  async function recordsOn(topic: string): Promise<number> {
    const bounds = await broker.bounds(topic).catch(() => [])
    return bounds.reduce((sum, { latest }) => sum + Number(latest), 0)
  }
})

async function until(done: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 2_400; i++) {
    if (await done()) return
    await sleep(50)
  }
  throw new Error('It did not come so far within two minutes.')
}

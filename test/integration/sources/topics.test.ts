import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectKafka } from '../../../services/brokers/kafka/kafka.ts'
import { type Ended, millrace, scratchDirectory } from '../../support/command-line.ts'
import { testKafka } from '../../support/kafka.ts'

const kafka = await testKafka()
const directory = scratchDirectory()
const pipeline = `sources-${Date.now().toString(36)}`
const env = { MILLRACE_HOME: join(directory, 'home'), MILLRACE_BROKERS: kafka?.brokers.join(',') ?? '' }
const ROWS = Array.from({ length: 3_000 }, (_, n) => `{"text":"document number ${n}","n":${n}}`)

function command(...args: string[]): Promise<Ended> {
  return millrace(args, { directory, env })
}

function linesOf(name: string): string[] {
  return readFileSync(join(directory, name), 'utf8').trimEnd().split('\n')
}

beforeAll(() => {
  writeFileSync(join(directory, 'in.jsonl'), `${ROWS.join('\n')}\n`)
  writeFileSync(join(directory, 'a.csv'), 'text,n\n"from a table, quoted",1\nragged,1,2\n')
  writeFileSync(join(directory, 'b.txt'), 'from a text file')
  const keys = 'dataset_path: in.parquet a.csv b.txt\nexport_path: out.parquet\nstream: {partitions: 3}'
  writeFileSync(
    join(directory, 'r.yaml'),
    `project_name: ${pipeline}\n${keys}\nprocess:\n  - text_length_filter: {min_len: 0}\n`,
  )
})

afterAll(async () => {
  if (!kafka) return
  const broker = await connectKafka({ brokers: kafka.brokers })
  const topics = (await broker.topics()).filter((topic) => topic.startsWith(pipeline))
  await broker.deleteTopics(topics)
  await broker.close()
})

describe.skipIf(!kafka)('On Kafka', () => {
  test('a run reads mixed sources and writes Parquet in the order of its input', async () => {
    expect((await command('convert', 'in.jsonl', 'in.parquet')).code).toBe(0)
    const { code, stderr } = await command('run', 'r.yaml')
    expect([code, stderr]).toEqual([0, expect.any(String)])
    expect((await command('convert', 'out.parquet', 'out.jsonl')).code).toBe(0)
    expect(linesOf('out.jsonl')).toEqual([
      ...ROWS,
      '{"text":"from a table, quoted","n":1}',
      '{"text":"from a text file","n":null}',
    ])
  }, 120_000)

  test('a topic of a pipeline becomes a file', async () => {
    const { code, stdout } = await command('convert', `topic:${pipeline}.refined`, 'refined.parquet', '--json')
    expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ rows: ROWS.length + 2 })])
  }, 60_000)

  test('a file becomes a topic, and that a file again, each sample once', async () => {
    const topic = `${pipeline}-plain`
    expect((await command('convert', 'in.parquet', `topic:${topic}`, '--partitions', '2')).code).toBe(0)
    expect((await command('convert', `topic:${topic}`, 'again.jsonl.zst')).code).toBe(0)
    expect((await command('convert', 'again.jsonl.zst', 'again.jsonl')).code).toBe(0)
    expect(linesOf('again.jsonl').sort()).toEqual([...ROWS].sort())
  }, 60_000)

  test('a topic that is not there is named', async () => {
    const { code, stderr } = await command('convert', `topic:${pipeline}-none`, 'none.jsonl')
    expect([code, stderr]).toEqual([1, expect.stringContaining(`${pipeline}-none`)])
  }, 60_000)
})

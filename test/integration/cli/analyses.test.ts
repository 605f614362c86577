import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectKafka } from '../../../services/brokers/kafka/kafka.ts'
import { type Ended, millrace, scratchDirectory } from '../../support/command-line.ts'
import { testKafka } from '../../support/kafka.ts'

const kafka = await testKafka()
const directory = scratchDirectory()
const pipeline = `analyses-${Date.now().toString(36)}`
const env = { MILLRACE_HOME: join(directory, 'home'), MILLRACE_BROKERS: kafka?.brokers.join(',') ?? '' }

const WORDS = 'mill river wheel stone water grain flour turn slow dam weir race gate sack loft'.split(' ')
const texts = Array.from({ length: 120 }, (_, i) =>
  Array.from({ length: (i * 7) % 23 }, (_, k) => WORDS[(i * 3 + k * k) % WORDS.length]).join(' '),
)
const lines = [...texts.map((text) => JSON.stringify({ text })), 'no JSON', '{"text": 7}']
const TWIN = 'the wheel turns, write to the miller at m@mill.example for flour'
const twins = [TWIN, 'short', TWIN].map((text) => JSON.stringify({ text }))

writeFileSync(join(directory, 'in.jsonl'), `${lines.join('\n')}\n`)
writeFileSync(join(directory, 'twins.jsonl'), `${twins.join('\n')}\n`)
writeFileSync(
  join(directory, 'filters.yaml'),
  `process:
  - text_length_filter: {min_len: 20, max_len: 100}
  - words_num_filter: {min_num: 6, max_num: 15}
  - character_repetition_filter: {rep_len: 5, max_ratio: 0.1}
`,
)
writeFileSync(
  join(directory, 'line.yaml'),
  `project_name: ${pipeline}
process:
  - clean_email_mapper: {repl: '<mail>'}
  - text_length_filter: {min_len: 10}
  - document_deduplicator:
stream: {partitions: 1}
`,
)

function command(...args: string[]): Promise<Ended> {
  return millrace(args, { directory, env })
}

async function json(...args: string[]) {
  const { stdout, stderr, code } = await command(...args, '--json')
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  return JSON.parse(stdout)
}

describe('analyze', () => {
  test('foretells what the filters of a recipe drop in a run', async () => {
    const analysis = await json('analyze', 'filters.yaml', '--input', 'in.jsonl')
    const run = await json('run', 'filters.yaml', '--input', 'in.jsonl', '--output', 'out.jsonl', '--broker', 'memory')
    expect(analysis.unreadable).toEqual({ json_broken: 1, text_not_a_string: 1 })
    expect(analysis.kept).toBe(run.output)
    for (const [i, operator] of run.operators.entries()) {
      const { in: reached, dropped } = analysis.filters[i].inOrder
      expect({ reached, dropped }).toEqual({ reached: operator.in, dropped: operator.dropped })
    }
    const [first] = analysis.filters
    expect(first.alone.dropped).toEqual(first.inOrder.dropped)
    expect(analysis.filters[1].alone.dropped.below_minimum).toBeGreaterThan(
      analysis.filters[1].inOrder.dropped.below_minimum ?? 0,
    )
  })

  test('writes a page and a recipe that runs', async () => {
    const done = await command(
      ...['analyze', 'filters.yaml', '--input', 'in.jsonl', '--html', 'a.html', '--refine', 'refined.yaml'],
    )
    expect(done).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('mean ± 3 standard deviations') })
    expect(readFileSync(join(directory, 'a.html'), 'utf8')).toMatch(/^<!doctype html>/)
    await json('lint', 'refined.yaml')
    const kept = (await json('analyze', 'refined.yaml', '--input', 'in.jsonl')).kept
    expect(kept).toBeGreaterThan(100)
  })

  test('measures the same sample of the same input each time', async () => {
    const once = await json('analyze', '--auto', '--input', 'in.jsonl', '--sample', '40')
    const again = await json('analyze', '--auto', '--input', 'in.jsonl', '--sample', '40')
    expect({ ...again, seconds: 0 }).toEqual({ ...once, seconds: 0 })
    const broken = Object.values<number>(once.unreadable).reduce((sum, count) => sum + count, 0)
    expect(once.documents + broken).toBe(40)
  })

  test.each([
    [['analyze']],
    [['analyze', 'filters.yaml', '--auto', '--input', 'in.jsonl']],
    [['analyze', '--auto']],
    [['analyze', 'filters.yaml', '--input', 'in.jsonl', '--sample', '1.5']],
    [['analyze', 'filters.yaml', '--input', 'in.jsonl', '--topic', 'x.raw']],
    [['analyze', 'filters.yaml', '--topic', 'x.rejected']],
    [['trace', 'filters.yaml', '--input', 'nowhere.jsonl']],
    [['trace', 'filters.yaml', '--input', 'in.jsonl', '--operator', 'clean_ip_mapper']],
  ])('refuses %j as wrong usage', async (args) => {
    expect(await command(...args)).toMatchObject({ code: 2, stdout: '' })
  })
})

test('Ctrl-C ends an analysis that waits for its input, and nothing is written', async () => {
  const done = await millrace(['analyze', '--auto', '--input', '-', '--html', 'never.html'], {
    directory,
    env,
    input: '{"text": "the first"}\n',
    interrupt: { signal: 'SIGINT', after: 2_000 },
  })
  expect(done).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('Interrupted') })
  expect(existsSync(join(directory, 'never.html'))).toBe(false)
})

test('the memory of an analysis does not grow with its input', async () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => JSON.stringify({ text: `${'word '.repeat(20)}${i}` }))
  for (let part = 0; part < 50; part++) appendFileSync(join(directory, 'long.jsonl'), `${lines.join('\n')}\n`)
  const bounded = { ...env, NODE_OPTIONS: '--max-old-space-size=128' }
  const recipe = ['analyze', 'filters.yaml', '--input', 'long.jsonl', '--json']
  const done = await millrace(recipe, { directory, env: bounded })
  expect(done.code).toBe(0)
  expect(JSON.parse(done.stdout)).toMatchObject({ documents: 1_000_000, exact: false, kept_for_quantiles: 200_000 })
})

describe('trace of files', () => {
  test('shows what was dropped and what was changed, with no broker', async () => {
    const { operators, left_out: left } = await json('trace', 'line.yaml', '--input', 'twins.jsonl')
    expect(operators[0]).toMatchObject({
      name: 'clean_email_mapper',
      tried: { in: 3, changed: 2, failed: {} },
      changes: [{ before: TWIN, after: [TWIN.replace('m@mill.example', '<mail>')] }, {}],
    })
    expect(operators[1]).toMatchObject({
      dropped: { below_minimum: 1 },
      bounds: { minimum: 10, maximum: null },
      drops: [{ reason: 'below_minimum', stats: { text_len: 5 }, text: 'short', source: 'twins.jsonl:2' }],
    })
    expect(left).toEqual([{ name: 'document_deduplicator', why: 'it judges the data set as a whole' }])
  })

  test('says how many documents could not be read', async () => {
    const { left_out: left } = await json('trace', 'filters.yaml', '--input', 'in.jsonl')
    expect(left).toEqual([
      { name: '1 document', why: 'not readable (json_broken)' },
      { name: '1 document', why: 'not readable (text_not_a_string)' },
    ])
  })

  test('marks the words that changed', async () => {
    const { stdout } = await command('trace', 'line.yaml', '--input', 'twins.jsonl', '--limit', '1')
    expect(stdout).toContain('[-m@mill.example-]{+<mail>+}')
    expect(stdout.match(/ {2}~ /g)).toHaveLength(1)
  })
})

describe.skipIf(!kafka)('of a pipeline that has run', () => {
  beforeAll(async () => {
    const { stdout } = await command('run', 'line.yaml', '--input', 'twins.jsonl', '--output', 'line.jsonl', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ output: 1, balanced: true })
  })

  afterAll(async () => {
    if (!kafka) return
    const broker = await connectKafka({ brokers: kafka.brokers })
    await broker.deleteTopics((await broker.topics()).filter((topic) => topic.startsWith(`${pipeline}.`)))
    await broker.close()
  })

  test('trace tells from the rejected topic what was dropped, and what a duplicate duplicates', async () => {
    const { operators } = await json('trace', 'line.yaml')
    expect(operators.map(({ name }: { name: string }) => name)).toEqual([
      'clean_email_mapper',
      'text_length_filter',
      'document_deduplicator',
    ])
    const [mapper, filter, deduplicator] = operators
    expect(mapper).toMatchObject({ tried: { in: 3, changed: 2 } })
    expect(filter).toMatchObject({ dropped: { below_minimum: 1 }, drops: [{ stats: { text_len: 5 }, text: 'short' }] })
    expect(deduplicator).toMatchObject({
      dropped: { duplicate: 1 },
      drops: [{ source: 'twins.jsonl:3', duplicate_of: { pipeline, source: 'twins.jsonl:1', similarity: 1 } }],
    })
  })

  test('trace by name alone shows what was dropped', async () => {
    const report = await json('trace', pipeline, '--operator', 'text_length_filter')
    expect(report).toMatchObject({ changes_from: null, operators: [{ index: 1, dropped: { below_minimum: 1 } }] })
  })

  test('analyze reads the raw topic and the refined one, and passes over end markers', async () => {
    const raw = await json('analyze', 'line.yaml', '--topic', `${pipeline}.raw`)
    const files = await json('analyze', 'line.yaml', '--input', 'twins.jsonl')
    expect({ ...raw, input: '', seconds: 0 }).toEqual({ ...files, input: '', seconds: 0 })
    const refined = await json('analyze', 'line.yaml', '--topic', `${pipeline}.refined`)
    expect(refined).toMatchObject({ documents: 1, kept: 1, unreadable: {} })
  })
})

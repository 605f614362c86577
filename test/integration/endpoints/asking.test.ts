import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { jsonLines, millrace, scratchDirectory } from '../../support/command-line.ts'
import { FakeEndpoint, type Fault } from '../../support/endpoints/fake-endpoint.ts'

const KEY = 'sk-a-secret-of-the-test'
let endpoint = new FakeEndpoint()
let env: Record<string, string> = {}
let folder = ''

beforeEach(async () => {
  endpoint = new FakeEndpoint()
  folder = scratchDirectory()
  env = { OPENAI_BASE_URL: await endpoint.open(), OPENAI_API_KEY: KEY, MILLRACE_HOME: join(folder, 'home') }
  endpoint.answer = (question) => marks(question.includes('good') ? 5 : 1)
})
afterEach(async () => {
  await endpoint.close()
  rmSync(folder, { recursive: true })
})

function marks(mark: number): string {
  const scores = { accuracy: mark, grammar: mark, informativeness: mark, coherence: mark }
  return JSON.stringify({ dimension_scores: scores, recommendation: 'keep' })
}

const DOCUMENTS = Array.from({ length: 120 }, (_, i) => ({ text: `document ${i} is ${i % 3 === 0 ? 'bad' : 'good'}` }))

function files(settings = '', parameters = '{}'): string[] {
  const [recipe, input] = [join(folder, 'recipe.yaml'), join(folder, 'in.jsonl')]
  const lines = DOCUMENTS.map((document) => `${JSON.stringify(document)}\n`).join('')
  writeFileSync(input, lines)
  writeFileSync(
    recipe,
    `process:\n  - whitespace_normalization_mapper\n  - llm_quality_score_filter: ${parameters}\n  - text_length_filter: {min_len: 1}\nstream:\n  name: asking\n${settings}`,
  )
  return [recipe, '--input', input, '--output', join(folder, 'out.jsonl'), '--broker', 'memory', '--json']
}

interface Report {
  input: number
  output: number
  rejected: number
  dead_letters: number
  balanced: boolean
  operators: { name: string; dropped: Record<string, number>; failed: number }[]
}

function reportIn(stdout: string): Report {
  return JSON.parse(stdout)
}

describe('a recipe that asks a model', () => {
  test('runs to its end over an endpoint that fails in every way, and a second run pays for nothing', async () => {
    const faults: (Fault | null)[] = ['busy', 'broken', 'half', 'reset', 'elsewhere', null, 'busy', 'drip', 'silent']
    endpoint.faults = Array.from({ length: 54 }, (_, i) => (i % 2 === 0 ? null : (faults[(i >> 1) % 9] ?? null)))
    const settings = '  operators: {llm_quality_score_filter: {retry: {attempts: 8, wait: 20ms}}}\n'
    const given = files(settings, '{model_params: {timeout: 0.5}}')
    const first = await millrace(['run', ...given], { env })
    expect(first.stderr + first.stdout).not.toContain(KEY)
    expect(reportIn(first.stdout)).toMatchObject({
      input: 120,
      output: 80,
      rejected: 40,
      dead_letters: 0,
      balanced: true,
    })
    expect(endpoint.asked.every(({ authorization }) => authorization === `Bearer ${KEY}`)).toBe(true)
    const paid = endpoint.asked.length
    const second = await millrace(['run', ...given], { env })
    expect(reportIn(second.stdout)).toMatchObject({ output: 80, rejected: 40, dead_letters: 0, balanced: true })
    expect(endpoint.asked).toHaveLength(paid)
  }, 60_000)

  test('sets aside what the endpoint refuses or answers in another form, and goes on with the rest', async () => {
    endpoint.faults = ['refuses', null, 'strange']
    const { stdout, code } = await millrace(['run', ...files()], { env })
    const report = reportIn(stdout)
    expect(report.dead_letters).toBe(2)
    expect(report).toMatchObject({ input: 120, balanced: true })
    expect(report.operators.find(({ name }) => name.startsWith('llm'))?.failed).toBe(2)
    expect(code).toBe(0)
  }, 60_000)

  test('waits for an endpoint that is away, and loses nothing', async () => {
    endpoint.outage = 'reset'
    const running = millrace(
      ['run', ...files('  operators: {llm_quality_score_filter: {breaker: {cool_down: 100ms}}}\n')],
      { env },
    )
    setTimeout(() => {
      endpoint.outage = null
    }, 3_000)
    const { stdout } = await running
    expect(reportIn(stdout)).toMatchObject({ output: 80, rejected: 40, dead_letters: 0, balanced: true })
  }, 60_000)

  test('spends no more than its budget, and sets aside the documents beyond it', async () => {
    const { stdout } = await millrace(['run', ...files('', '{budget: {requests: 50}}')], { env })
    expect(endpoint.asked).toHaveLength(50)
    expect(reportIn(stdout)).toMatchObject({ input: 120, dead_letters: 70, balanced: true })
  }, 60_000)

  test('sends nothing to an endpoint that it names and may not talk to', async () => {
    const { OPENAI_BASE_URL: url = '', ...others } = env
    const parameters = `{model_params: {base_url: '${url}'}}`
    const refused = await millrace(['run', ...files('', parameters)], { env: { ...others, OPENAI_BASE_URL: '' } })
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('set stream.allow_endpoints to [127.0.0.1]')
    expect(endpoint.asked).toEqual([])
    const allowed = files('  allow_endpoints: [127.0.0.1]\n', parameters)
    const { stdout } = await millrace(['run', ...allowed], { env: { ...others, OPENAI_BASE_URL: '' } })
    expect(reportIn(stdout)).toMatchObject({ output: 80, rejected: 40, dead_letters: 0 })
  }, 60_000)

  test('holds no key', async () => {
    const { code, stdout } = await millrace(
      ['lint', files('', '{model_params: {api_key: sk-123}}')[0] ?? '', '--json'],
      { env },
    )
    expect(code).toBe(2)
    expect(stdout).toContain('must not stand in a recipe')
  })
})

test('an operator that asks a model is tried like any other', async () => {
  const input = DOCUMENTS.slice(0, 3)
    .map((document) => `${JSON.stringify(document)}\n`)
    .join('')
  const { stdout } = await millrace(['try', 'llm_quality_score_filter'], { env, input })
  expect(jsonLines(stdout)).toMatchObject([
    { verdict: 'drop', reason: 'below_minimum', stats: { llm_quality_score: 0.2 } },
    { verdict: 'keep', stats: { llm_quality_score: 1 } },
    { verdict: 'keep' },
  ])
})

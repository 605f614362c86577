import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { connectKafka } from '../../../services/brokers/kafka/kafka.ts'
import { type Ended, jsonLines, millrace, scratchDirectory } from '../../support/command-line.ts'
import { testKafka } from '../../support/kafka.ts'

const kafka = await testKafka()
const directory = scratchDirectory()
const pipeline = `letters-${Date.now().toString(36)}`
const env = { MILLRACE_HOME: join(directory, 'home'), MILLRACE_BROKERS: kafka?.brokers.join(',') ?? '' }
const OPERATOR = fileURLToPath(new URL('../../support/operators/dangerous.ts', import.meta.url))

function letters(...args: string[]): Promise<Ended> {
  return millrace(['dead-letters', ...args], { directory, env })
}

async function json(...args: string[]) {
  const { stdout, stderr } = await letters(...args, '--json')
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

function writeRecipe(name: string, { policy = 'dead_letter', least = 4 } = {}): void {
  writeFileSync(
    join(directory, name),
    `project_name: ${pipeline}
process:
  - clean_email_mapper: {repl: '<mail>'}
  - ${OPERATOR}:
  - text_length_filter: {min_len: ${least}}
stream: {partitions: 2, allow_code: true, operators: {dangerous_mapper: {on_failure: ${policy}}}}
`,
  )
}

const samples = [
  { text: 'one of a@b.org' },
  { text: 'THROW the first' },
  { text: 'two' },
  { text: 'THROW the second of a@b.org' },
  { text: 'THROW the third' },
]
writeFileSync(
  join(directory, 'in.jsonl'),
  `${samples.map((sample) => JSON.stringify(sample)).join('\n')}\n{"text": "cut\n`,
)
writeFileSync(join(directory, 'empty.jsonl'), '')
writeRecipe('recipe.yaml')

afterAll(async () => {
  if (!kafka) return
  const broker = await connectKafka({ brokers: kafka.brokers })
  await broker.deleteTopics((await broker.topics()).filter((topic) => topic.startsWith(`${pipeline}.`)))
  await broker.close()
})

describe.skipIf(!kafka)('dead letters of a pipeline that has run', () => {
  test('are listed with what is to be done about them', async () => {
    const run = await millrace(['run', 'recipe.yaml', '--input', 'in.jsonl', '--output', 'out.jsonl', '--json'], {
      directory,
      env,
    })
    expect(JSON.parse(run.stdout)).toMatchObject({ input: 6, output: 2, dead_letters: 4, replayed: 0, balanced: true })
    const list = await json('list', 'recipe.yaml', '--operator', 'dangerous_mapper')
    expect(list.count).toBe(3)
    expect(list.dead_letters[0]).toMatchObject({ state: 'outstanding', attempts: 1, operator_index: 1 })
    expect((await json('list', pipeline, '--source', 'in.jsonl:4')).count).toBe(1)
    expect((await json('list', pipeline, '--source', 'in.json', '--since', '1h')).count).toBe(0)
    expect((await json('list', pipeline, '--until', '1h')).count).toBe(0)
  })

  test('are refused for another recipe until that is accepted, which a dry run tells, and nothing happens', async () => {
    writeRecipe('changed.yaml', { least: 5 })
    const refused = await letters('replay', 'changed.yaml', '--operator', 'dangerous_mapper')
    expect(refused.code).toBe(1)
    expect(refused.stdout).toContain('3  refused: it failed under the recipe')
    const dry = await letters(
      'replay',
      'changed.yaml',
      '--dry-run',
      '--accept-recipe-change',
      '--code',
      'operator_failed',
    )
    expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining('3 would be replayed') })
    expect((await json('list', pipeline)).count).toBe(4)
  })

  test('go on, once each, when the next run finishes them', async () => {
    writeRecipe('recipe.yaml', { policy: 'pass_through' })
    const first = await json('replay', 'recipe.yaml', '--operator', 'dangerous_mapper', '--limit', '2')
    expect(first).toMatchObject({
      replayed: 2,
      to: `${pipeline}.raw`,
      resumed: [{ operator: 'dangerous_mapper', index: 1, letters: 2 }],
    })
    const second = await letters('replay', 'recipe.yaml', '--operator', 'dangerous_mapper')
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining(`1 replayed to ${pipeline}.raw`) })
    expect(second.stdout).toContain(`They wait on ${pipeline}.raw until the pipeline runs`)
    expect((await json('replay', 'recipe.yaml', '--operator', 'dangerous_mapper')).chosen).toBe(0)

    const args = ['run', 'recipe.yaml', '--input', 'empty.jsonl', '--output', 'out2.jsonl', '--json']
    expect(JSON.parse((await millrace(args, { directory, env })).stdout)).toMatchObject({ input: 0, balanced: true })
    await millrace(['export', pipeline, '--output', 'refined'], { directory, env })
    const texts = readdirSync(join(directory, 'refined')).flatMap((name) =>
      jsonLines(readFileSync(join(directory, 'refined', name), 'utf8')).map((line) => (line as { text: string }).text),
    )
    expect(texts.sort()).toEqual([
      'THROW the first',
      'THROW the second of <mail>',
      'THROW the third',
      'one of <mail>!',
      'two!',
    ])
  })

  test('that nothing will mend are discarded, and then none is outstanding', async () => {
    const [{ id }] = (await json('list', pipeline)).dead_letters
    expect((await letters('discard', pipeline)).code).toBe(2)
    expect(await json('discard', pipeline, '--id', id)).toMatchObject({ chosen: 1, discarded: 1 })
    expect(await json('discard', pipeline, '--id', id)).toMatchObject({ chosen: 0, discarded: 0 })
    expect((await letters('list', pipeline)).stdout).toBe(`${pipeline}.dead-letters: no outstanding dead letter.\n`)
    const all = await json('list', pipeline, '--all')
    expect(all.dead_letters.map(({ state }: { state: string }) => state).sort()).toEqual([
      'discarded',
      'replayed',
      'replayed',
      'replayed',
    ])
    expect((await letters('show', pipeline, id)).stdout).toContain(`dead letter ${id}, discarded`)
    const status = await millrace(['status', 'recipe.yaml'], { directory, env })
    expect(status.stdout).toContain('6 in + 3 replayed = 5 refined + 0 rejected + 4 dead letters')
    expect(status.stdout).toContain('The ledger balances.')
    expect(status.stdout).toContain('Of all dead letters 3 replayed, 1 discarded; 0 outstanding.')
  })

  test('are refused with a reason when the pipeline is not known, and times and places that are none as wrong usage', async () => {
    expect((await letters('replay', pipeline)).stderr).toContain('Name its recipe instead of its name')
    for (const wrong of [
      ['--since', 'soon'],
      ['--id', '7'],
      ['--limit', '0'],
    ]) {
      expect((await letters('replay', 'recipe.yaml', ...wrong)).code).toBe(2)
    }
  })
})

import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Broker } from '../../services/brokers/broker.ts'
import { connectKafka } from '../../services/brokers/kafka/kafka.ts'
import { processLauncher } from '../../services/cli/launch.ts'
import { loadRecipe, planRecipe } from '../../services/cli/load-recipe.ts'
import { rawIds, violations } from '../support/fates.ts'
import { testKafka } from '../support/kafka.ts'
import { quiet, runLines } from '../support/pipelines.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-poison-'))
const kafka = await testKafka()
let broker: Broker

beforeAll(async () => {
  if (kafka) broker = await connectKafka({ brokers: kafka.brokers, logger: quiet })
})
afterAll(() => broker?.close())

test.skipIf(!kafka)(
  'documents that abort the whole worker process, hang it or use up its memory are set aside, and all others pass once each',
  async () => {
    const recipe = join(folder, 'poison.yaml')
    writeFileSync(
      recipe,
      `
process:
  - whitespace_normalization_mapper
  - ${resolve('test/support/operators/dangerous.ts')}
stream:
  name: poison-${process.pid}
  partitions: 1
  allow_code: true
  thread_memory: 128MiB
  time_budget: 5s
`,
    )
    const topology = planRecipe(await loadRecipe(recipe), {})
    const deeds = new Map([
      [100, 'ABORT'],
      [250, 'EXIT'],
      [300, 'HANG'],
      [350, 'MEMORY'],
    ])
    const lines = Array.from({ length: 400 }, (_, i) => JSON.stringify({ text: deeds.get(i) ?? `document ${i}` }))
    process.env.MILLRACE_HOME = join(folder, 'home')
    const launch = processLauncher({ args: [recipe, '--broker', broker.address], logs: join(folder, 'logs') })
    const { report, output, fates } = await runLines(broker, topology, lines, launch)
    delete process.env.MILLRACE_HOME

    expect(violations(await rawIds(broker, topology), fates)).toEqual({ lost: [], doubled: [], invented: [] })
    expect(report).toMatchObject({ input: 400, output: 396, dead_letters: 4, balanced: true })
    expect(output).toEqual(lines.flatMap((_, i) => (deeds.has(i) ? [] : [JSON.stringify({ text: `document ${i}!` })])))
    const letters = fates.filter(({ kind }) => kind === 'dead letter').map(({ content }) => content)
    expect(letters.sort()).toEqual([
      '-1 null operator_crashed',
      '1 dangerous_mapper operator_crashed',
      '1 dangerous_mapper operator_crashed',
      '1 dangerous_mapper operator_timeout',
    ])
  },
  600_000,
)

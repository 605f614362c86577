import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { connectKafka } from '../../../services/brokers/kafka/kafka.ts'
import { millrace } from '../../support/command-line.ts'
import { rawIds, readFates, violations } from '../../support/fates.ts'
import { testKafka } from '../../support/kafka.ts'
import { codec, quiet, topologyOf } from '../../support/pipelines.ts'

const kafka = await testKafka()
const MAIN = fileURLToPath(new URL('../../../services/cli/main.ts', import.meta.url))

test.skipIf(!kafka)(
  'a run that is killed leaves nothing half-written, and the next one finishes its documents and writes its own, once each',
  async () => {
    const brokers = kafka?.brokers ?? []
    const folder = mkdtempSync(join(tmpdir(), 'millrace-crash-'))
    const name = `crashed-${process.pid}`
    const source = `stream: {name: ${name}, partitions: 2, transaction_bytes: 32KiB}\nprocess:\n  - whitespace_normalization_mapper:\n  - words_num_filter: {min_num: 3}\n`
    const recipe = join(folder, 'recipe.yaml')
    const input = join(folder, 'input.jsonl')
    const output = join(folder, 'refined.jsonl')
    const rows = Array.from({ length: 40_000 }, (_, i) =>
      JSON.stringify({ id: i, text: i % 5 === 0 ? 'too short' : `document number ${i} of the input that is killed` }),
    )
    writeFileSync(recipe, source)
    writeFileSync(input, `${rows.join('\n')}\n`)
    const args = ['run', recipe, '--input', input, '--output', output, '--broker', brokers.join(','), '--json']

    const first = fork(MAIN, args, { stdio: 'ignore', execArgv: ['--disable-warning=ExperimentalWarning'] })
    const broker = await connectKafka({ brokers, logger: quiet })
    const topology = topologyOf(source)
    await untilSomeRefined(broker, topology.topics.refined)
    first.kill('SIGKILL')
    await once(first, 'exit')
    expect(existsSync(output)).toBe(false)

    const second = await millrace(args)
    const report = JSON.parse(second.stdout)
    expect(second.code).toBe(0)
    expect(report).toMatchObject({ input: rows.length, output: 32_000, rejected: 8_000, balanced: true })
    const expected = rows.filter((_, i) => i % 5 !== 0)
    expect(readFileSync(output, 'utf8').trimEnd().split('\n')).toEqual(expected)
    expect(readdirSync(folder).sort()).toEqual(['input.jsonl', 'recipe.yaml', 'refined.jsonl'])
    expect(violations(await rawIds(broker, topology), await readFates(broker, topology, codec))).toEqual({
      lost: [],
      doubled: [],
      invented: [],
    })
    await broker.deleteTopics(Object.values(topology.topics))
    await broker.close()
  },
  120_000,
)

async function untilSomeRefined(broker: Awaited<ReturnType<typeof connectKafka>>, topic: string): Promise<void> {
  for (let i = 0; i < 600; i++) {
    const bounds = await broker.bounds(topic).catch(() => [])
    if (bounds.some(({ latest }) => latest > 0n)) return
    await sleep(20)
  }
  throw new Error('The first run refined nothing within twelve seconds.')
}

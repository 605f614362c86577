import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Broker } from '../../services/brokers/broker.ts'
import { connectKafka } from '../../services/brokers/kafka/kafka.ts'
import { processLauncher } from '../../services/cli/launch.ts'
import { passages } from '../../services/cli/quickstart/addresses.ts'
import type { Launch } from '../../services/pipeline/fleet.ts'
import { rawIds, violations } from '../support/fates.ts'
import { testKafka } from '../support/kafka.ts'
import { type Outcome, quiet, runLines, topologyOf } from '../support/pipelines.ts'
import { Killer } from './nemesis/killer.ts'

const DOCUMENTS = Number(process.env.MILLRACE_FAULT_DOCUMENTS ?? 50_000)
const KILLS = Number(process.env.MILLRACE_FAULT_KILLS ?? 20)
const SEED = Number(process.env.MILLRACE_FAULT_SEED ?? 7)

const folder = mkdtempSync(join(tmpdir(), 'millrace-fault-'))
const kafka = await testKafka()
let broker: Broker

beforeAll(async () => {
  if (kafka) broker = await connectKafka({ brokers: kafka.brokers, logger: quiet })
})
afterAll(() => broker?.close())

test.skipIf(!kafka)(
  `no document is lost or doubled by ${KILLS} SIGKILLs of workers in a run of ${DOCUMENTS.toLocaleString('en-US')}`,
  async () => {
    const lines = documents(DOCUMENTS)
    const undisturbed = await runOnce('calm', lines, (launch) => launch)
    const killer = new Killer(SEED, KILLS)
    const disturbed = await runOnce('killed', lines, (launch) => killer.watch(launch))
    killer.stop()

    expect(killer.kills).toBeGreaterThanOrEqual(KILLS)
    expect(disturbed.violations).toEqual({ lost: [], doubled: [], invented: [] })
    expect(disturbed.outcome.report.balanced).toBe(true)
    expect(disturbed.outcome.report.input).toBe(lines.length)
    expect(disturbed.outcome.output).toEqual(undisturbed.outcome.output)
    expect(contents(disturbed.outcome)).toEqual(contents(undisturbed.outcome))
  },
  600_000,
)

async function runOnce(name: string, lines: string[], wrap: (launch: Launch) => Launch) {
  const recipe = join(folder, `${name}.yaml`)
  const source = recipeText(`fault-${name}-${process.pid}`)
  writeFileSync(recipe, source)
  const topology = topologyOf(source)
  const launch = processLauncher({ args: [recipe, '--broker', broker.address], logs: join(folder, 'logs') })
  const outcome = await runLines(broker, topology, lines, wrap(launch))
  const found = violations(await rawIds(broker, topology), outcome.fates)
  await broker.deleteTopics(topology.channels.map(({ topic }) => topic).filter((topic) => !topic.endsWith('.in')))
  return { outcome, violations: found }
}

/** Two stages, so that kills fall on both sides of a channel; small transactions, so that they fall into many. */
function recipeText(name: string): string {
  return `
stream: {name: ${name}, partitions: 4, replicas: 2, cut_before: [text_length_filter], transaction_bytes: 64KiB}
process:
  - clean_email_mapper:
  - fix_unicode_mapper:
  - whitespace_normalization_mapper:
  - character_repetition_filter: {rep_len: 10, max_ratio: 0.3}
  - text_length_filter: {min_len: 150}
  - words_num_filter: {min_num: 20}
  - word_repetition_filter: {rep_len: 3, max_ratio: 0.3}
`
}

function documents(count: number): string[] {
  const texts = [...passages()].map(({ text }) => text)
  return Array.from({ length: count }, (_, i) => {
    const text = texts[i % texts.length] ?? ''
    const from = (i * 97) % Math.max(text.length - 600, 1)
    if (i % 101 === 0) return `{"id": ${i}, "text": "cut`
    return JSON.stringify({ id: i, text: text.slice(from, from + 100 + ((i * 37) % 400)) })
  })
}

function contents({ fates }: Outcome): string[] {
  return fates.map(({ kind, content }) => `${kind} ${content}`).sort()
}

import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Broker } from '../../services/brokers/broker.ts'
import { connectKafka } from '../../services/brokers/kafka/kafka.ts'
import { memoryBroker } from '../../services/brokers/memory/memory.ts'
import { processLauncher } from '../../services/cli/launch.ts'
import type { Launch } from '../../services/pipeline/fleet.ts'
import { rawIds, violations } from '../support/fates.ts'
import { testKafka } from '../support/kafka.ts'
import { inlineLauncher, quiet, runLines, topologyOf } from '../support/pipelines.ts'
import { random } from '../support/random.ts'
import { Killer } from './nemesis/killer.ts'

const DOCUMENTS = Number(process.env.MILLRACE_FAULT_DOCUMENTS ?? 6_000)
const KILLS = Number(process.env.MILLRACE_FAULT_KILLS ?? 8)
const SEED = Number(process.env.MILLRACE_FAULT_SEED ?? 11)

const folder = mkdtempSync(join(tmpdir(), 'millrace-fault-index-'))
const kafka = await testKafka()
let broker: Broker

beforeAll(async () => {
  if (kafka) broker = await connectKafka({ brokers: kafka.brokers, logger: quiet })
})
afterAll(() => broker?.close())

test.skipIf(!kafka)(
  `${KILLS} SIGKILLs of documents' stages, index, judge and gate change nothing of what a run keeps of ${DOCUMENTS.toLocaleString('en-US')}`,
  async () => {
    const lines = documents(DOCUMENTS)
    const expected = await calm(lines)
    const killer = new Killer(SEED, KILLS)
    const source = recipeText(`fault-index-${process.pid}`)
    const recipe = join(folder, 'killed.yaml')
    writeFileSync(recipe, source)
    const topology = topologyOf(source)
    const launch = processLauncher({ args: [recipe, '--broker', broker.address], logs: join(folder, 'logs') })
    const { report, output, fates } = await runLines(broker, topology, lines, killer.watch(launch))
    killer.stop()

    expect(killer.kills).toBeGreaterThanOrEqual(KILLS)
    expect(violations(await rawIds(broker, topology), fates)).toEqual({ lost: [], doubled: [], invented: [] })
    expect(report).toMatchObject({ balanced: true, input: lines.length, duplicates: expected.report.duplicates })
    expect(output).toEqual(expected.output)
    await broker.deleteTopics(topology.channels.map(({ topic }) => topic).filter((topic) => !topic.endsWith('.in')))
  },
  600_000,
)

/** The same on a broker in memory, where nobody dies. */
async function calm(lines: string[]) {
  const memory = memoryBroker()
  const topology = topologyOf(recipeText('calm'))
  const launch: Launch = inlineLauncher(memory, topology)
  const outcome = await runLines(memory, topology, lines, launch)
  await memory.close()
  return outcome
}

/** Small transactions, so that kills fall into many. */
function recipeText(name: string): string {
  return `
stream: {name: ${name}, partitions: 4, replicas: 2, transaction_bytes: 32KiB}
process:
  - document_deduplicator: {}
  - document_minhash_deduplicator: {jaccard_threshold: 0.5, window_size: 2, num_permutations: 64}
  - document_line_deduplicator: {frequency_threshold: 20}
`
}

const WORDS = 'mill river grain wheel stone water farmer valley bridge sluice flour sack miller gear rope'.split(' ')

/** Every third document is a copy of an earlier one, or nearly. */
function documents(count: number): string[] {
  const next = random(SEED)
  const pick = <T>(all: readonly T[]): T => all[Math.floor(next() * all.length)] as T // never empty
  const texts: string[] = []
  for (let i = 0; i < count; i++) {
    if (i > 0 && next() < 0.3) {
      const copy = pick(texts)
      texts.push(next() < 0.5 ? copy : copy.replace(pick(WORDS), pick(WORDS)))
      continue
    }
    const words = Array.from({ length: 20 }, () => `${pick(WORDS)}${Math.floor(next() * 400)}`)
    texts.push(`${words.join(' ')}\nnumber ${Math.floor(next() * 500)} of the mill`)
  }
  return texts.map((text) => JSON.stringify({ text }))
}

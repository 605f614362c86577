import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Broker } from '../../services/brokers/broker.ts'
import { connectKafka } from '../../services/brokers/kafka/kafka.ts'
import { memoryBroker } from '../../services/brokers/memory/memory.ts'
import { LedgerWatch } from '../../services/cli/pipelines/ledger-watch.ts'
import { readMarks } from '../../services/pipeline/replay/marks.ts'
import { readFates } from '../support/fates.ts'
import { testKafka } from '../support/kafka.ts'
import { codec, quiet, runLines } from '../support/pipelines.ts'
import { random } from '../support/random.ts'
import { sick, sickLauncher, sickTopology } from '../support/replay/sick-operators.ts'

const KILLS = Number(process.env.MILLRACE_FAULT_REPLAY_KILLS ?? 12)
const SEED = Number(process.env.MILLRACE_FAULT_SEED ?? 7)
const SCRIPT = fileURLToPath(new URL('../support/replay/replay-process.ts', import.meta.url))
/** Steps of two transactions of three letters: each life gets on a little, and none gets far. */
const FURTHEST = 10

const kafka = await testKafka()
let broker: Broker

beforeAll(async () => {
  if (kafka) broker = await connectKafka({ brokers: kafka.brokers, logger: quiet })
})
afterAll(() => broker?.close())

const recipe = `
process:
  - marking_mapper: {word: alpha}
  - measuring_filter: {word: beta, least: 12}
  - marking_mapper: {word: gamma, mark: '?'}
stream: {name: killed-replay-${process.pid}, partitions: 3, cut_before: [measuring_filter]}
`
const topology = sickTopology(recipe)
const lines = Array.from({ length: 15 * KILLS }, (_, i) =>
  JSON.stringify({ text: `${i} ${['alpha', 'beta', 'gamma', 'delta', ''][i % 5]} of a mill` }),
)

test.skipIf(!kafka)(
  `a replay that is killed ${KILLS} times, at any step of its transactions, replays each letter once`,
  async () => {
    for (const word of ['alpha', 'beta', 'gamma']) sick.add(word)
    const { report } = await runLines(broker, topology, lines, sickLauncher(broker, topology))
    expect(report).toMatchObject({ dead_letters: 9 * KILLS, balanced: true })
    sick.clear()

    const next = random(SEED)
    let kills = 0
    while (kills < KILLS) if (await killed(next)) kills++
    expect(await lastLife()).toBeGreaterThan(0)

    expect((await readMarks(broker, topology.topics.ledger, codec)).size).toBe(9 * KILLS)
    const after = await runLines(broker, topology, [], sickLauncher(broker, topology))
    expect(after.report).toMatchObject({ input: 0, balanced: true })
    const { letters, balanced } = await new LedgerWatch(broker, topology, codec).read()
    expect(letters).toEqual({ replayed: 9 * KILLS, discarded: 0, outstanding: 0 })
    expect(balanced).toBe(true)
    expect(await fates(broker)).toEqual(await healthyFates())
    await broker.deleteTopics(Object.values(topology.topics))
  },
  120_000 + KILLS * 15_000,
)

/** One life of the command: it dies of its own hand at a step, or of ours at some moment. False when it came to its end before. */
async function killed(next: () => number): Promise<boolean> {
  const byItself = next() < 0.7
  const child = life(byItself ? 1 + Math.floor(next() * FURTHEST) : 0)
  if (!byItself) void sleep(300 + next() * 900).then(() => child.kill('SIGKILL'))
  const [, signal] = await once(child, 'exit')
  return signal === 'SIGKILL'
}

async function lastLife(): Promise<number> {
  const child = life(0)
  const [{ settled }] = await once(child, 'message')
  await once(child, 'exit')
  return settled
}

function life(fatal: number) {
  const brokers = kafka?.brokers.join(',') ?? ''
  return fork(SCRIPT, [brokers, recipe, String(fatal)], { execArgv: ['--disable-warning=ExperimentalWarning'] })
}

/** Ids differ between brokers, whose transactions take offsets differently, so documents are known by their text. */
async function fates(where: Broker): Promise<string[]> {
  const all = await readFates(where, topology, codec)
  return all
    .filter(({ kind }) => kind !== 'dead letter')
    .map(({ kind, content }) => `${kind} ${content}`)
    .sort()
}

async function healthyFates(): Promise<string[]> {
  const healthy = memoryBroker()
  await runLines(healthy, topology, lines, sickLauncher(healthy, topology))
  return fates(healthy)
}

import { openSync, readdirSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectKafka } from '../../../services/brokers/kafka/kafka.ts'
import { codec, inlineLauncher, quiet, topologyOf } from '../../support/pipelines.ts'
import { check } from '../checker/check.ts'
import { readLog } from '../checker/pipeline-log.ts'
import { storedBatches } from '../checker/segments.ts'
import { violationText } from '../checker/violation.ts'
import { recipeOf } from '../nemesis/documents.ts'
import { Mill } from '../nemesis/mill.ts'
import { untilReady } from '../nemesis/nemesis.ts'
import { type OwnKafka, ownKafka } from '../nemesis/own-kafka.ts'
import { standingLine, untilNoLag } from '../nemesis/standing-line.ts'

/** Longest until there is no lag any more, on a machine that has nothing else to do. Milliseconds. */
const AFTER_KILL = 15_000
const AFTER_RESTART = 30_000
/** On a busy machine the same takes as many times longer as processes wait for each processor. */
const BUSY = Number(process.env.MILLRACE_FAULT_SLOWNESS ?? 1)

const OPERATOR = fileURLToPath(new URL('../../support/operators/dangerous.ts', import.meta.url))

let kafka: OwnKafka | null
beforeAll(async () => {
  kafka = await ownKafka()
})
afterAll(() => kafka?.close())

/** Feeds a line all along, harms it, and gives how long it took from then until all lag was gone. */
async function recovery(name: string, harm: (mill: Mill, broker: OwnKafka) => Promise<void>): Promise<number> {
  if (!kafka) throw new Error('no broker')
  const mill = await Mill.start({
    brokers: kafka.address,
    recipe: recipeOf(`recovery-${name}-${process.pid}`, OPERATOR, { stages: 2 }),
    seed: 3,
    sessionTimeout: 10,
    feed: { lines: 100_000, chunk: 5, pause: 100 },
  })
  let clean = false
  try {
    await untilReady(mill)
    await sleep(1000)
    const started = performance.now()
    await harm(mill, kafka)
    await sleep(2000)
    mill.feeding.stop()
    await mill.feeding.done
    await untilNoLag(mill.broker, mill.topology, 120_000)
    const took = performance.now() - started
    console.info(`${name}: no lag after ${(took / 1000).toFixed(1)} s`)
    await mill.drain()
    expect(violationText(check(await readLog(mill.broker, mill.topology), codec))).toBe('')
    clean = true
    return took
  } finally {
    await mill.close({ keepLogs: !clean })
  }
}

test('after a SIGKILL of a replica there is no lag within 15 s', { timeout: 200_000 }, async (context) => {
  if (!kafka) return context.skip('no Java 17 with Maven for a broker of its own')
  const took = await recovery('kill', async (mill) => {
    const [victim] = mill.replicas()
    if (victim) process.kill(victim.pid, 'SIGKILL')
  })
  expect(took).toBeLessThan(AFTER_KILL * BUSY)
})

test('after the broker was killed and started again there is no lag within 30 s', {
  timeout: 200_000,
}, async (context) => {
  if (!kafka) return context.skip('no Java 17 with Maven for a broker of its own')
  const took = await recovery('broker', async (_, broker) => {
    await broker.kill()
    await broker.start()
  })
  expect(took).toBeLessThan(AFTER_RESTART * BUSY)
})

test('records that are damaged on the broker’s disk stop the line aloud, and none is passed over', {
  timeout: 100_000,
}, async (context) => {
  if (!kafka) return context.skip('no Java 17 with Maven for a broker of its own')
  const broker = await connectKafka({ brokers: [kafka.address], logger: quiet })
  const topology = topologyOf(`
stream: {name: damaged-${process.pid}, partitions: 1, transaction_bytes: 2KiB}
process:
  - whitespace_normalization_mapper:
`)
  const nobody = await standingLine(broker, { ...topology, stages: [] }, inlineLauncher(broker, topology))
  await nobody.feed(
    Array.from({ length: 200 }, (_, i) => JSON.stringify({ text: `number ${i} ${'word '.repeat(20)}` })),
  )
  const at = damage(join(kafka.data, `${topology.topics.raw}-0`))

  const line = await standingLine(broker, topology, inlineLauncher(broker, topology))
  const failure = await line.broken
  expect(failure).toMatchObject({ code: 'broker_failed', message: expect.stringContaining('damaged') })
  await line.drain()
  const [committed] = await broker.committed(topology.stages[0]?.group ?? '', topology.topics.raw)
  expect(committed ?? 0n).toBeLessThanOrEqual(at)
  await broker.deleteTopics(topology.channels.map(({ topic }) => topic))
  await broker.close()
})

/** Turns over a byte in the middle of a partition's batches; gives the first offset of the batch that has it. */
function damage(directory: string): bigint {
  const batches = storedBatches(directory).filter(({ marker }) => marker === null)
  const victim = batches[Math.floor(batches.length / 2)]
  const name = readdirSync(directory).find((file) => file.endsWith('.log'))
  if (!victim || !name) throw new Error('no batch to damage')
  const file = openSync(join(directory, name), 'r+')
  writeSync(file, Buffer.from([0xff]), 0, 1, victim.at + 120)
  return victim.first
}

import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Broker } from '../../../services/brokers/broker.ts'
import { connectKafka } from '../../../services/brokers/kafka/kafka.ts'
import { stageMetrics } from '../../../services/worker/metrics.ts'
import { StageWorker } from '../../../services/worker/worker.ts'
import { testKafka } from '../../support/kafka.ts'
import { codec, inlineLauncher, quiet, topologyOf } from '../../support/pipelines.ts'
import { standingLine } from '../nemesis/standing-line.ts'

const MEGABYTES = 96
const kafka = await testKafka()
let broker: Broker

const topology = topologyOf(`
stream: {name: pressed-${process.pid}, partitions: 2, transaction_bytes: 1MiB}
process:
  - whitespace_normalization_mapper:
`)

beforeAll(async () => {
  if (!kafka) return
  broker = await connectKafka({ brokers: kafka.brokers, logger: quiet })
  const nobody = await standingLine(broker, { ...topology, stages: [] }, inlineLauncher(broker, topology))
  const text = 'x'.repeat(16_000)
  for (let i = 0; i < MEGABYTES; i++) await nobody.feed(Array.from({ length: 62 }, () => JSON.stringify({ text })))
})
afterAll(async () => {
  await broker?.deleteTopics(topology.channels.map(({ topic }) => topic))
  await broker?.close()
})

/** The most that buffers grow by while this goes on. Megabytes. */
async function growth(milliseconds: number): Promise<number> {
  const start = process.memoryUsage().arrayBuffers
  let most = 0
  for (const end = performance.now() + milliseconds; performance.now() < end; await sleep(20)) {
    most = Math.max(most, process.memoryUsage().arrayBuffers - start)
  }
  return most / 1e6
}

test.skipIf(!kafka)(
  'a sink that takes nothing for a while fills no memory, and gets everything afterwards',
  async () => {
    let bytes = 0
    let most = 0
    for await (const { records } of broker.read(topology.topics.raw, { until: 'end' })) {
      if (bytes === 0) most = await growth(3000)
      for (const { value } of records) bytes += value?.length ?? 0
    }
    expect(most).toBeLessThan(40)
    expect(bytes).toBeGreaterThan(MEGABYTES * 0.95e6)
  },
)

test.skipIf(!kafka)(
  'an operator that stands still for a while fills no memory: its partitions are held back',
  async () => {
    const [stage] = topology.stages
    if (!stage) throw new Error('no stage')
    let went: () => void = () => undefined
    const gate = new Promise<void>((resolve) => {
      went = resolve
    })
    const processor = {
      process: () => gate.then(() => Promise.reject(new Error('enough'))),
      close: async () => undefined,
    }
    const metrics = stageMetrics(topology.pipeline, stage)
    const worker = new StageWorker({ broker, topology, stage, processor, codec, metrics, log: quiet, name: 'still' })
    const most = growth(4000)
    await worker.start()
    expect(await most).toBeLessThan(60)
    went()
    await worker.drain()
  },
)

import { expect, test } from 'vitest'
import type { Broker } from '../../../services/brokers/broker.ts'
import { memoryBroker } from '../../../services/brokers/memory/memory.ts'
import { commitOf } from '../../../services/worker/commit.ts'
import { codec, inlineLauncher, runLines, topologyOf } from '../../support/pipelines.ts'

const recipe = 'stream: {name: forgotten, partitions: 2}\nprocess: [clean_email_mapper]\n'
const topology = topologyOf(recipe)

/** Where a worker that begins now goes on in a partition. */
function positionIn(broker: Broker, partition: number): Promise<bigint> {
  const [stage] = topology.stages
  if (!stage) throw new Error('the recipe has a stage')
  const consumer = () => {
    throw new Error('nothing is consumed')
  }
  return commitOf(partition, { broker, topology, stage, codec, worker: 'test', consumer }).fence()
}

const forgetful = (broker: Broker): Broker => ({ ...broker, committed: async () => [null, null] })

test('a partition whose offset the broker has forgotten goes on where the ledger says, and a fresh one at its beginning', async () => {
  const broker = memoryBroker()
  const lines = Array.from({ length: 100 }, (_, i) => JSON.stringify({ text: `number ${i}` }))
  await runLines(broker, topology, lines, inlineLauncher(broker, topology))
  for (const partition of [0, 1]) {
    const known = await positionIn(broker, partition)
    expect(known).toBeGreaterThan(40n)
    expect(await positionIn(forgetful(broker), partition)).toBe(known)
  }
})

test('what the ledger says of a topic that has been deleted and made anew counts for nothing', async () => {
  const broker = memoryBroker()
  const lines = Array.from({ length: 100 }, (_, i) => JSON.stringify({ text: `number ${i}` }))
  await runLines(broker, topology, lines, inlineLauncher(broker, topology))
  const { raw } = topology.topics
  await broker.deleteTopics([raw])
  await broker.createTopics([{ topic: raw, partitions: 2 }])
  expect(await positionIn(broker, 0)).toBe(0n)
  const producer = await broker.producer()
  const timestamp = Date.now() + 7 * 86_400_000
  const records = Array.from({ length: 200 }, () => ({
    key: null,
    value: Buffer.from('{"text": "a new one"}'),
    timestamp,
  }))
  await producer.send([{ topic: raw, partition: 0, records }])
  expect(await positionIn(broker, 0)).toBe(0n)
})

import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Broker } from '../../../services/brokers/broker.ts'
import { createClient } from '../../../services/brokers/kafka/client.ts'
import { connectKafka } from '../../../services/brokers/kafka/kafka.ts'
import { Fleet } from '../../../services/pipeline/fleet.ts'
import { prepareTopics } from '../../../services/pipeline/topics.ts'
import type { Topology } from '../../../topologies/topology.ts'
import { testKafka } from '../../support/kafka.ts'
import { codec, inlineLauncher, quiet, topologyOf } from '../../support/pipelines.ts'
import { check } from '../checker/check.ts'
import { shownFates } from '../checker/expected.ts'
import { fateViolations, orderViolations } from '../checker/fates.ts'
import type { PipelineLog } from '../checker/pipeline-log.ts'
import { stageViews } from '../checker/stage-view.ts'
import { violationText } from '../checker/violation.ts'
import { standingLine } from '../nemesis/standing-line.ts'

const kafka = await testKafka()
let broker: Broker
let admin: Admin
let topologies: Topology[] = []

beforeAll(async () => {
  if (!kafka) return
  broker = await connectKafka({ brokers: kafka.brokers, logger: quiet })
  admin = createClient({ brokers: kafka.brokers }).kafka.admin()
  await admin.connect()
})
afterAll(async () => {
  for (const { channels } of topologies) await broker.deleteTopics(channels.map(({ topic }) => topic))
  topologies = []
  await admin?.disconnect()
  await broker?.close()
})

function newTopology(): Topology {
  const name = `topics-${process.pid}-${topologies.length}`
  const topology = topologyOf(`
stream: {name: ${name}, partitions: 2, replicas: 2, transaction_bytes: 2KiB, cut_before: [words_num_filter]}
process:
  - whitespace_normalization_mapper:
  - text_length_filter: {min_len: 10}
  - words_num_filter: {min_num: 3}
`)
  topologies.push(topology)
  return topology
}

const lines = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => {
    if (i % 7 === 3) return '{"text": "cut'
    return JSON.stringify({ text: `number ${from + i} of ${'many words '.repeat(i % 5)}` })
  })

/** Starts the line again after its topics have been mended, and expects that nothing was lost meanwhile. */
async function mendedAndWhole(topology: Topology): Promise<void> {
  const again = await standingLine(broker, topology, inlineLauncher(broker, topology))
  await again.feed(lines(1000, 50))
  await again.rest()
  await again.drain()
  expect(violationText(check(await again.log(), codec))).toBe('')
}

test.skipIf(!kafka)('without its dead-letter topic a line stops and says so, and nothing is lost', async () => {
  const topology = newTopology()
  const line = await standingLine(broker, topology, inlineLauncher(broker, topology))
  await line.rest()
  await broker.deleteTopics([topology.topics.deadLetters])
  await line.feed(lines(0, 200))
  const failure = await line.broken
  expect(failure.code).toBe('topic_missing')
  expect(failure.message).toContain(topology.topics.deadLetters)
  await line.drain()
  await mendedAndWhole(topology)
})

test.skipIf(!kafka)(
  'with a dead-letter topic that takes no letter a line stops and says so, and nothing is lost',
  async () => {
    const topology = newTopology()
    await prepareTopics(broker, topology)
    const limit = (value: string) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          { type: 2, name: topology.topics.deadLetters, configEntries: [{ name: 'max.message.bytes', value }] },
        ],
      })
    await limit('300')
    // The controller has it at once, the broker that takes the records a little later.
    await sleep(1_000)
    const line = await standingLine(broker, topology, inlineLauncher(broker, topology))
    await line.feed(lines(0, 200))
    const failure = await line.broken
    expect(failure.code).toBe('message_too_large')
    expect(failure.message).toContain(topology.topics.deadLetters)
    await line.drain()
    await limit('1000000')
    await mendedAndWhole(topology)
  },
)

test.skipIf(!kafka)(
  'records that expire before they are read are passed over aloud, and the rest come through once',
  async () => {
    const topology = newTopology()
    const { raw } = topology.topics
    const warned: string[] = []
    const logger = { ...quiet, warn: (_: object, message: string) => void warned.push(message) }
    const listened = await connectKafka({ brokers: kafka?.brokers ?? [], logger })
    const first = await standingLine(listened, topology, inlineLauncher(listened, topology))
    await first.feed(lines(0, 100))
    await first.rest()
    await first.drain()
    const nobody = await standingLine(broker, { ...topology, stages: [] }, inlineLauncher(broker, topology))
    await nobody.feed(lines(100, 200))
    await admin.fetchTopicOffsets(raw)
    const bounds = await broker.bounds(raw)
    const partitions = bounds.map(({ latest }, partition) => ({ partition, offset: String(latest - 20n) }))
    await admin.deleteTopicRecords({ topic: raw, partitions })

    const second = await standingLine(listened, topology, inlineLauncher(listened, topology))
    await second.feed(lines(300, 50))
    await second.rest()
    await second.drain()
    await listened.close()
    const log = await second.log()
    for (const view of stageViews(log, codec)) {
      const known = { ...view, fates: view.fates.filter(({ from }) => from !== null) }
      expect(violationText([...fateViolations(known), ...orderViolations(known)])).toBe('')
    }
    expect(warned).toContain('records expired before they were read')
  },
)

test.skipIf(!kafka)('of a raw topic that is deleted and made anew, every record comes through', async () => {
  const topology = newTopology()
  const line = await standingLine(broker, topology, inlineLauncher(broker, topology))
  await line.feed(lines(0, 200))
  await line.rest()
  const before = await line.log()
  await broker.deleteTopics([topology.topics.raw])
  await prepareTopics(broker, topology)
  await line.feed(lines(200, 100))
  await line.rest()
  await line.drain()
  const fates = (log: PipelineLog) => shownFates(log, codec).length
  expect(fates(await line.log())).toBe(fates(before) + 100)
})

test.skipIf(!kafka)('a partition that only the raw topic has stops the line aloud, and its records wait', async () => {
  const topology = newTopology()
  const { raw } = topology.topics
  const launch = inlineLauncher(broker, topology)
  const line = await standingLine(broker, topology, launch)
  await line.feed(lines(0, 200))
  await line.rest()
  await line.drain()
  await admin.createPartitions({ topicPartitions: [{ topic: raw, count: 3 }] })
  const records = lines(500, 20).map((value) => ({ key: null, value: Buffer.from(value) }))
  const producer = await broker.producer()
  await producer.send([{ topic: raw, partition: 2, records }])

  const fleet = new Fleet({ topology, launch, log: quiet })
  fleet.start()
  await expect(fleet.broken).rejects.toMatchObject({
    code: 'topic_missing',
    message: expect.stringContaining('has no partition 2'),
  })
  await fleet.drain()
  await expect(standingLine(broker, topology, launch)).rejects.toMatchObject({ code: 'partitions_differ' })

  const narrow = topology.channels.filter(({ topic }) => topic !== raw)
  await admin.createPartitions({ topicPartitions: narrow.map(({ topic }) => ({ topic, count: 3 })) })
  const again = await standingLine(broker, topology, launch)
  await again.rest()
  await again.drain()
  expect(violationText(check(await again.log(), codec))).toBe('')
})

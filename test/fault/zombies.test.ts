import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Batch, Broker, TopicPartition } from '../../services/brokers/broker.ts'
import { connectKafka } from '../../services/brokers/kafka/kafka.ts'
import { operatorContext } from '../../services/cli/operator-context.ts'
import { catalog } from '../../services/operators/catalog.ts'
import { feed } from '../../services/pipeline/feed.ts'
import { prepareTopics } from '../../services/pipeline/topics.ts'
import { batchProcessor } from '../../services/worker/chain/batch.ts'
import { stageMetrics } from '../../services/worker/metrics.ts'
import { inlineProcessor, type Processor } from '../../services/worker/processor.ts'
import { StageWorker } from '../../services/worker/worker.ts'
import type { Topology } from '../../topologies/topology.ts'
import { bound } from '../support/flaky-broker.ts'
import { testKafka } from '../support/kafka.ts'
import { codec, feedLines, quiet, topologyOf } from '../support/pipelines.ts'
import { check } from './checker/check.ts'
import { readLog } from './checker/pipeline-log.ts'
import { violationText } from './checker/violation.ts'
import { untilNoLag } from './nemesis/standing-line.ts'
import type { Fault } from './proxy/faults.ts'
import { fieldsOf, type Seen } from './proxy/frames.ts'
import type { ApiName } from './proxy/layouts.ts'
import { FaultyProxy } from './proxy/proxy.ts'
import { seenWithin, transact, visible } from './proxy/transact.ts'

const REQUEST_TIMEOUT = 1000
const SESSION_TIMEOUT = 2000
const RECOVERY = 30_000

const kafka = await testKafka()
const address = kafka?.brokers[0] ?? ''
let direct: Broker
let behind: Broker
let proxy: FaultyProxy

beforeEach(async () => {
  if (!kafka) return
  proxy = await FaultyProxy.start(address, 1)
  direct = await connectKafka({ brokers: [address], env: {} })
  behind = await connectKafka({ brokers: [proxy.address], env: {}, requestTimeout: REQUEST_TIMEOUT })
})
afterEach(async () => {
  proxy?.clear()
  await Promise.all([behind?.close(), direct?.close()])
  await proxy?.close()
})

describe.skipIf(!kafka)('a request that the network kept back until the next transaction changes nothing:', () => {
  const late: ApiName[] = ['AddPartitionsToTxn', 'Produce', 'AddOffsetsToTxn', 'TxnOffsetCommit', 'EndTxn']

  test.each(late)('%s', async (api) => {
    const work = { topic: `late-${randomUUID()}`, group: `late-${randomUUID()}` }
    await direct.createTopics([{ topic: work.topic, partitions: 1 }])
    const transactor = await behind.transactor(randomUUID())
    await transactor.init()
    proxy.add({ api, fault: { kind: 'hold', at: 'request' } })
    const led = await transact(transactor, work, 1n)
    const held = await proxy.held()
    if (led !== 'goes on') await transactor.init()
    const before = await visible(direct, work)
    expect(before.values).toEqual(led === 'goes on' ? ['1', '1'] : [])

    const next = await transactor.begin()
    await next.send([{ topic: work.topic, partition: 0, records: [{ key: null, value: Buffer.from('2') }] }])
    const code = await held.release()
    // What was sent anew goes by another epoch, so its late double is refused; a record that was sent again is known by its number.
    if (led !== 'goes on') expect(code).not.toBe(0)
    expect(await seenWithin(400, direct, work)).toEqual(before.values)
    expect(await direct.committed(work.group, work.topic)).toEqual([before.offset])
    await next.sendOffsets(work.group, [{ topic: work.topic, partition: 0, offset: 2n }])
    await next.commit()
    expect(await visible(direct, work)).toEqual({ values: [...before.values, '2'], offset: 2n })
    await transactor.close()
    await direct.deleteTopics([work.topic])
  })
})

const RECIPE = `
process:
  - text_length_filter: {min_len: 10}
  - words_num_filter: {min_num: 3}
`

function topologyFor(partitions: number): Topology {
  const name = `zombie-${Math.random().toString(36).slice(2)}`
  return topologyOf(`stream: {name: ${name}, partitions: ${partitions}, transaction_bytes: 2KiB}\n${RECIPE}`)
}

function lines(count: number): string[] {
  return Array.from({ length: count }, (_, i) =>
    JSON.stringify({ text: `number ${i} ${'and more words '.repeat(i % 5)}` }),
  )
}

async function feedAll(topology: Topology, count: number, broker = direct): Promise<void> {
  await feed({ broker, topology, run: null, lines: feedLines(lines(count)), onFed: () => undefined })
}

/** A little at a time, so that a replica has many transactions to make of it, however fast the machine. */
async function feedSlowly(topology: Topology, count: number): Promise<void> {
  for (let fed = 0; fed < count; fed += 50) {
    await feedAll(topology, 50)
    await sleep(30)
  }
}

/** A replica whose silence its group notices soon. `around`: what is put around its operators. */
function replica(broker: Broker, topology: Topology, around = (processor: Processor) => processor): StageWorker {
  const [stage] = topology.stages
  if (!stage) throw new Error('A stage is wanted.')
  const hasty: Broker = {
    ...bound(broker),
    consumer: (options) => broker.consumer({ ...options, sessionTimeout: SESSION_TIMEOUT }),
  }
  const context = operatorContext('test/support/assets', topology.permissions)
  return new StageWorker({
    broker: hasty,
    topology,
    stage,
    processor: around(inlineProcessor(batchProcessor({ topology, stage, catalog, context, codec }))),
    codec,
    metrics: stageMetrics(topology.pipeline, stage),
    log: quiet,
    name: `replica-${randomUUID()}`,
  })
}

/** What does not hold of a pipeline once nothing moves. Its topics go. */
async function wrongIn(topology: Topology): Promise<string> {
  await untilNoLag(direct, topology, RECOVERY)
  const wrong = violationText(check(await readLog(direct, topology), codec))
  await direct.deleteTopics(topology.channels.map(({ topic }) => topic))
  return wrong
}

describe.skipIf(!kafka)('a replica that is cut off while it commits', () => {
  const cuts: [string, Fault, boolean][] = [
    ['whose commit arrives only after the next owner has begun', { kind: 'hold', at: 'request' }, true],
    ['whose commit the broker took without its knowing', { kind: 'silence', at: 'answer' }, false],
  ]

  test.each(cuts)(
    '%s, neither loses nor doubles anything',
    async (_, fault, kept) => {
      const topology = topologyFor(1)
      await prepareTopics(direct, topology)
      const zombie = replica(behind, topology)
      proxy.add({ api: 'EndTxn', fault, skip: 2 })
      await zombie.start()
      const feeding = feedSlowly(topology, 600)
      const held = kept ? await proxy.held() : null
      while (proxy.hits === 0) await sleep(10)
      proxy.stall()
      proxy.muteAll()

      const successor = replica(direct, topology)
      await successor.start()
      await feeding
      await untilNoLag(direct, topology, RECOVERY)
      expect(await held?.release()).not.toBe(0)

      proxy.clear()
      await feedAll(topology, 100)
      expect(await wrongIn(topology)).toBe('')
      await Promise.all([zombie.drain(), successor.drain()])
    },
    60_000,
  )
})

test.skipIf(!kafka)(
  'a commit that arrives while the next owner is about to fence counts: the position is read after the fence',
  async () => {
    const topology = topologyFor(1)
    await prepareTopics(direct, topology)
    const zombie = replica(behind, topology)
    proxy.add({ api: 'EndTxn', fault: { kind: 'hold', at: 'request' }, skip: 2 })
    await zombie.start()
    const feeding = feedSlowly(topology, 300)
    const held = await proxy.held()
    proxy.stall()
    proxy.muteAll()

    const doorman = await FaultyProxy.start(address, 2)
    const late = await connectKafka({ brokers: [doorman.address], env: {} })
    const fences = (request: Seen) => fieldsOf(request).transactional_id !== null
    doorman.add({ api: 'InitProducerId', fault: { kind: 'late', at: 'request', milliseconds: 1500 }, when: fences })
    const successor = replica(late, topology)
    await successor.start()
    while (doorman.hits === 0) await sleep(10)
    expect(await held.release()).toBe(0)

    await feeding
    expect(await wrongIn(topology)).toBe('')
    proxy.clear()
    await Promise.all([zombie.drain(), successor.drain()])
    await late.close()
    await doorman.close()
  },
  60_000,
)

test.skipIf(!kafka)(
  'a batch under way in a partition that is taken away is not committed, and the new owner does not wait for it',
  async () => {
    const topology = topologyFor(2)
    await prepareTopics(direct, topology)
    let open: () => void = () => undefined
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const stuck: number[] = []
    const slow = replica(direct, topology, (processor) => ({
      process: async (records, partition) => {
        stuck.push(partition)
        await gate
        return processor.process(records, partition)
      },
      close: () => processor.close(),
    }))
    await slow.start()
    await feedAll(topology, 400)
    while (new Set(stuck).size < 2) await sleep(10)

    const quick = replica(direct, topology)
    await quick.start()
    const [stage] = topology.stages
    const settled = async () => {
      const bounds = await direct.bounds(topology.topics.raw)
      const committed = await direct.committed(stage?.group ?? '', topology.topics.raw)
      return bounds.map(({ latest }, i) => committed[i] === latest)
    }
    const deadline = performance.now() + RECOVERY
    while (!(await settled()).includes(true) && performance.now() < deadline) await sleep(50)
    expect((await settled()).filter(Boolean)).toHaveLength(1)

    open()
    expect(await wrongIn(topology)).toBe('')
    await Promise.all([slow.drain(), quick.drain()])
  },
  60_000,
)

test.skipIf(!kafka)(
  'a feeder whose transaction the broker has ended for its length feeds everything once, and takes nobody for a rival',
  async () => {
    const topology = topologyFor(2)
    await prepareTopics(direct, topology)
    const patient = await connectKafka({ brokers: [proxy.address], env: {}, requestTimeout: 20_000 })
    const brief: Broker = {
      ...bound(patient),
      transactor: (id, options) => patient.transactor(id, { ...options, transactionTimeout: 1000 }),
    }
    proxy.add({ api: 'EndTxn', fault: { kind: 'late', at: 'request', milliseconds: 4000 }, skip: 1 })
    await feedAll(topology, 300, brief)
    const worker = replica(direct, topology)
    await worker.start()
    const log = await readLog(direct, topology)
    expect(proxy.hits).toBe(1)
    expect(log.records.get(topology.topics.raw)).toHaveLength(300)
    expect(await wrongIn(topology)).toBe('')
    await worker.drain()
    await patient.close()
  },
  60_000,
)

test.skipIf(!kafka)(
  'what was fetched before a rebalance is not delivered after it, and no batch overlaps another',
  async () => {
    const topic = `rebalanced-${randomUUID()}`
    const group = randomUUID()
    const partitions = 4
    await direct.createTopics([{ topic, partitions }])
    const producer = await direct.producer()
    const write = (count: number) =>
      producer.send(
        Array.from({ length: partitions }, (_, partition) => ({
          topic,
          partition,
          records: Array.from({ length: count }, () => ({ key: null, value: Buffer.alloc(100) })),
        })),
      )
    await write(50)
    const patient = await connectKafka({ brokers: [proxy.address], env: {} })
    const faulty: string[] = []
    let delivered = 0
    const expected = new Map<number, bigint>()
    const onBatch = (batch: Batch) => {
      const next = expected.get(batch.partition)
      const first = batch.records[0]?.offset
      if (next === undefined) faulty.push(`partition ${batch.partition} is not read`)
      else if (first !== undefined && first !== next) faulty.push(`${first} came where ${next} was next`)
      expected.set(batch.partition, batch.next)
      delivered += batch.records.length
    }
    let assigned: TopicPartition[] = []
    const begin = () => {
      for (const place of assigned) {
        expected.set(place.partition, 0n)
        consumer.readFrom({ ...place, offset: 0n })
      }
    }
    let rebalances = 0
    const options = { group, topics: [topic], onLost: (error: Error) => faulty.push(error.message), onBatch }
    const consumer = await patient.consumer({
      ...options,
      maxBytesPerPartition: 1000,
      onAssigned: (places) => {
        rebalances++
        expected.clear()
        assigned = places
        setImmediate(begin)
      },
    })
    begin()
    proxy.add({
      api: 'Fetch',
      fault: { kind: 'late', at: 'answer', milliseconds: 600 },
      times: Number.POSITIVE_INFINITY,
      share: 0.5,
    })
    for (let round = 0; round < 4; round++) {
      const guest = await direct.consumer({ ...options, onAssigned: () => undefined, onBatch: () => undefined })
      await write(20)
      await sleep(700)
      await guest.close()
      await sleep(700)
    }
    await consumer.close()
    await patient.close()
    await producer.close()
    await direct.deleteTopics([topic])
    expect(faulty).toEqual([])
    expect(rebalances).toBeGreaterThan(4)
    expect(delivered).toBeGreaterThan(200)
  },
  60_000,
)

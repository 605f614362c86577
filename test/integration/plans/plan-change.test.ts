import { expect, test } from 'vitest'
import type { Broker } from '../../../services/brokers/broker.ts'
import { memoryBroker } from '../../../services/brokers/memory/memory.ts'
import { rawIds, violations } from '../../support/fates.ts'
import { codec, inlineLauncher, type PlanVariant, runLines, topologyOf } from '../../support/pipelines.ts'

const recipe = 'stream: {name: change}\nprocess:\n  - clean_email_mapper:\n  - text_length_filter: {min_len: 8}\n'
const lines = (from: number) => Array.from({ length: 100 }, (_, i) => JSON.stringify({ text: `number ${from + i}` }))

function runAs(broker: Broker, variant: PlanVariant, from: number) {
  const topology = topologyOf(recipe, variant)
  return runLines(broker, topology, lines(from), inlineLauncher(broker, topology))
}

test('a pipeline that ran fused and then isolated takes each record in once, and each run writes its own documents', async () => {
  const broker = memoryBroker()
  await runAs(broker, {}, 0)
  const second = await runAs(broker, { isolate: true }, 1000)
  const third = await runAs(broker, {}, 2000)
  expect(second.report).toMatchObject({ input: 100, output: 100, balanced: true })
  expect(third.report).toMatchObject({ input: 100, output: 100, balanced: true })
  expect(second.output.map((line) => JSON.parse(line).text)).toEqual(lines(1000).map((line) => JSON.parse(line).text))
  expect(violations(await rawIds(broker, topologyOf(recipe)), third.fates)).toEqual({
    lost: [],
    doubled: [],
    invented: [],
  })
})

/** The broker with the offsets of all groups forgotten, as Kafka does with those that rest for a week, until they commit again. */
function forgetful(broker: Broker): Broker {
  const remembered = new Set<string>()
  return {
    ...broker,
    committed: async (group, topic) => {
      const known = await broker.committed(group, topic)
      return remembered.has(group) ? known : known.map(() => null)
    },
    transactor: async (id, options) => {
      const transactor = await broker.transactor(id, options)
      return {
        init: () => transactor.init(),
        close: () => transactor.close(),
        begin: async () => {
          const transaction = await transactor.begin()
          return {
            send: (deliveries) => transaction.send(deliveries),
            commit: () => transaction.commit(),
            abort: () => transaction.abort(),
            sendOffsets: (group, positions) => {
              remembered.add(group)
              return transaction.sendOffsets(group, positions)
            },
          }
        },
      }
    },
  }
}

test('a pipeline whose offsets the broker has forgotten takes each record in once, and counts on', async () => {
  const broker = memoryBroker()
  await runAs(broker, {}, 0)
  const second = await runAs(forgetful(broker), {}, 1000)
  expect(second.report).toMatchObject({ input: 100, output: 100, balanced: true })
  expect(second.output.map((line) => JSON.parse(line).text)).toEqual(lines(1000).map((line) => JSON.parse(line).text))
  expect(violations(await rawIds(broker, topologyOf(recipe)), second.fates)).toEqual({
    lost: [],
    doubled: [],
    invented: [],
  })
  const ordinals: bigint[] = []
  for await (const { records } of broker.read('change.raw', { until: 'end' })) {
    ordinals.push(...records.flatMap(({ headers }) => headers['millrace.ordinal']?.readBigInt64BE() ?? []))
  }
  expect(ordinals.sort((a, b) => Number(a - b))).toEqual(Array.from({ length: 200 }, (_, i) => BigInt(i)))
})

test('a plan that would strand documents of another plan is refused', async () => {
  const broker = memoryBroker()
  await broker.createTopics([{ topic: 'change.02-text-length-filter.in', partitions: 1 }])
  const value = codec.encodeDocument({
    id: '0-0',
    source: 's',
    partition: 0,
    offset: 0n,
    ordinal: 0n,
    text: 'a',
    fields: Buffer.from('{"text":null}'),
    textAt: 8,
    stats: {},
    repairs: [],
    skipped: [],
  })
  const producer = await broker.producer()
  await producer.send([{ topic: 'change.02-text-length-filter.in', partition: 0, records: [{ key: null, value }] }])
  await expect(runAs(broker, {}, 0)).rejects.toMatchObject({ code: 'plan_changed' })
})

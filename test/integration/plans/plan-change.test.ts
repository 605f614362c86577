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

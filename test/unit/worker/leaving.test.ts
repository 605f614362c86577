import { expect, test } from 'vitest'
import type { Broker } from '../../../services/brokers/broker.ts'
import { memoryBroker } from '../../../services/brokers/memory/memory.ts'
import { Fleet } from '../../../services/pipeline/fleet.ts'
import { prepareTopics } from '../../../services/pipeline/topics.ts'
import { standingLine } from '../../fault/nemesis/standing-line.ts'
import { inlineLauncher, quiet, topologyOf } from '../../support/pipelines.ts'

const topology = topologyOf('stream: {name: leaving, partitions: 1, replicas: 1}\nprocess: [clean_email_mapper]\n')

/** A broker whose groups let nobody in before they are told to. */
function slowToJoin(broker: Broker): { broker: Broker; joining: Promise<void>; letIn: () => void } {
  const asked = Promise.withResolvers<void>()
  const open = Promise.withResolvers<void>()
  const consumer: Broker['consumer'] = async (options) => {
    asked.resolve()
    await open.promise
    return broker.consumer(options)
  }
  return { broker: { ...broker, consumer }, joining: asked.promise, letIn: open.resolve }
}

test('a replica that is asked to end while it joins its group leaves it as soon as it has arrived', async () => {
  const broker = memoryBroker()
  await prepareTopics(broker, topology)
  const slow = slowToJoin(broker)
  const fleet = new Fleet({ topology, launch: inlineLauncher(slow.broker, topology), log: quiet })
  fleet.start()
  await slow.joining
  const drained = fleet.drain()
  slow.letIn()
  await drained

  const successor = await standingLine(broker, topology, inlineLauncher(broker, topology))
  await successor.feed(['{"text": "one"}', '{"text": "two"}'])
  await expect(successor.rest(3_000)).resolves.toBeUndefined()
  await successor.drain()
})

import { expect, test } from 'vitest'
import type { Broker } from '../../../services/brokers/broker.ts'
import { memoryBroker } from '../../../services/brokers/memory/memory.ts'
import { prepareTopics } from '../../../services/pipeline/topics.ts'
import { stageMetrics } from '../../../services/worker/metrics.ts'
import { StageWorker } from '../../../services/worker/worker.ts'
import { codec, quiet, topologyOf } from '../../support/pipelines.ts'

const topology = topologyOf('stream: {name: expired, partitions: 1, replicas: 1}\nprocess: [clean_email_mapper]\n')

test('records that expired before they were read are counted, by partition', async () => {
  const memory = memoryBroker()
  await prepareTopics(memory, topology)
  const consumer: Broker['consumer'] = (options) => {
    options.onExpired?.({ topic: topology.topics.raw, partition: 0, from: 5n, to: 12n })
    options.onExpired?.({ topic: topology.topics.raw, partition: 0, from: 20n, to: 21n })
    return memory.consumer(options)
  }
  const [stage] = topology.stages
  if (!stage) throw new Error('the recipe has a stage')
  const metrics = stageMetrics(topology.pipeline, stage)
  const processor = { process: async () => Promise.reject(new Error('nothing comes')), close: async () => undefined }
  const broker = { ...memory, consumer }
  const worker = new StageWorker({ broker, topology, stage, processor, codec, metrics, log: quiet, name: 'test' })
  await worker.start()
  await worker.drain()
  expect((await metrics.exposition()).text).toMatch(/^millrace_expired_records_total\{[^}]*partition="0"[^}]*\} 8$/m)
})

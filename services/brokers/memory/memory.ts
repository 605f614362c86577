import type { Broker } from '../broker.ts'
import { MemoryCluster } from './cluster.ts'
import { MemoryGroups } from './groups.ts'
import { readMemory } from './read.ts'
import { MemoryTransactions } from './transactions.ts'

/** A broker inside this process: the whole contract, and nothing outlives the process. For tests, `try` and a first look. */
export function memoryBroker(): Broker {
  const cluster = new MemoryCluster()
  const groups = new MemoryGroups(cluster)
  const transactions = new MemoryTransactions(cluster)
  const open = new Set<{ close(): Promise<void> }>()
  return {
    kind: 'memory',
    address: 'memory',
    createTopics: async (specs) => {
      for (const spec of specs) cluster.create(spec)
    },
    deleteTopics: async (topics) => {
      for (const topic of topics) cluster.delete(topic)
    },
    topics: async () => cluster.names(),
    partitions: async (topic) => cluster.partitions(topic).length,
    bounds: async (topic) => cluster.partitions(topic).map(({ end }) => ({ earliest: 0n, latest: end })),
    committed: async (group, topic) => cluster.committed(group, topic),
    producer: async () => ({
      send: async (deliveries) => {
        cluster.append(deliveries, null)
      },
      close: async () => undefined,
    }),
    transactor: async (transactionalId, options = {}) => transactions.transactor(transactionalId, options),
    consumer: async (options) => {
      const consumer = await groups.join(options)
      open.add(consumer)
      return consumer
    },
    read: (topic, options) => readMemory(cluster, topic, options),
    close: async () => {
      for (const consumer of open) await consumer.close()
      open.clear()
    },
  }
}

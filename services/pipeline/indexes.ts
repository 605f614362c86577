import type { Codec } from '../../schemas/codec.ts'
import { Failure } from '../../topologies/failure.ts'
import type { DatasetLink, Topology } from '../../topologies/topology.ts'
import type { Broker } from '../brokers/broker.ts'

/** Rejects with `index_differs` when an index that outlives its runs was made by another operator, or with other parameters. */
export async function requireIndexes(broker: Broker, topology: Topology, codec: Codec): Promise<void> {
  for (const { serves } of topology.stages) {
    if (serves?.as === 'index' && serves.lasting) await requireIndex(broker, serves, codec)
  }
}

async function requireIndex(
  broker: Broker,
  { probes, operator, fingerprint }: DatasetLink,
  codec: Codec,
): Promise<void> {
  for await (const { records } of broker.read(probes, { partitions: [0], until: 'end' })) {
    for (const { value } of records) {
      if (!value) continue
      const made = codec.decodeProbes(value)
      if (made.operator === operator.name && made.parameters === fingerprint) return
      throw new Failure(
        'index_differs',
        `The index ${probes} was made by ${made.operator} with other parameters (fingerprint ${made.parameters}; here ${fingerprint}), so its keys say nothing of these documents. Set the parameters of ${operator.name} back, or give the index another name (stream.index).`,
      )
    }
  }
}

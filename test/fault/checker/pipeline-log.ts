import type { Broker, IncomingRecord } from '../../../services/brokers/broker.ts'
import type { Topology } from '../../../topologies/topology.ts'

/** A record where it lies. */
export interface Logged {
  partition: number
  record: IncomingRecord
}

/** All that a pipeline's topics show to a reader who sees only what is committed, and how far its groups are. */
export interface PipelineLog {
  topology: Topology
  /** Committed records by topic, in order per partition. */
  records: Map<string, Logged[]>
  /** Committed offsets by stage, per partition of the stage's input; null where there is none. */
  committed: Map<string, (bigint | null)[]>
  /** Behind the last record or marker, by topic and partition. */
  ends: Map<string, bigint[]>
}

/** Reads every topic of a pipeline to its end. */
export async function readLog(broker: Broker, topology: Topology): Promise<PipelineLog> {
  const log: PipelineLog = { topology, records: new Map(), committed: new Map(), ends: new Map() }
  for (const { topic } of topology.channels) {
    const records: Logged[] = []
    for await (const batch of broker.read(topic, { until: 'end' })) {
      for (const record of batch.records) records.push({ partition: batch.partition, record })
    }
    log.records.set(topic, records)
    log.ends.set(
      topic,
      (await broker.bounds(topic)).map(({ latest }) => latest),
    )
  }
  for (const { name, group, input } of topology.stages) log.committed.set(name, await broker.committed(group, input))
  return log
}

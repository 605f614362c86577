import type { Codec } from '../../schemas/codec.ts'
import { transactionalId } from '../../topologies/names.ts'
import type { Stage, Topology } from '../../topologies/topology.ts'
import type { Broker, Consumer, Delivery, Producer, Transactor } from '../brokers/broker.ts'
import { accountedFor } from './accounted.ts'
import type { BatchTally } from './chain/tally.ts'
import { checkpoint } from './checkpoint.ts'

/** The finished work of one batch. */
export interface Finished {
  deliveries: Delivery[]
  tally: BatchTally
  /** Offsets of the input that this work accounts for: from inclusive, next exclusive. */
  from: bigint
  next: bigint
}

/** How the work of one input partition becomes final. */
export interface Commit {
  /** Makes this the only owner, settles what former owners left, and gives the offset to go on from. */
  fence(): Promise<bigint>
  commit(work: Finished): Promise<void>
  close(): Promise<void>
}

export interface CommitParts {
  broker: Broker
  topology: Topology
  stage: Stage
  codec: Codec
  /** Name of this worker, for the ledger. */
  worker: string
  consumer(): Consumer
}

/** The commit of the topology's delivery guarantee. */
export function commitOf(partition: number, parts: CommitParts): Commit {
  return parts.topology.delivery === 'exactly_once' ? exactlyOnce(partition, parts) : atLeastOnce(partition, parts)
}

function exactlyOnce(partition: number, parts: CommitParts): Commit {
  const { broker, stage } = parts
  let transactor: Transactor | null = null
  return {
    async fence() {
      const id = transactionalId(stage.group, stage.input, partition)
      transactor ??= await broker.transactor(id, { compression: parts.topology.compression })
      await transactor.init()
      return committedOffset(parts, partition)
    },
    async commit(work) {
      if (!transactor) throw new Error('commit before fence')
      const position = { topic: stage.input, partition, offset: work.next }
      await checkpoint(transactor, { deliveries: withLedger(work, partition, parts), group: stage.group, position })
    },
    async close() {
      await transactor?.close()
    },
  }
}

/** Cheaper and weaker: outputs first, then the offset; a crash between the two repeats the batch. */
function atLeastOnce(partition: number, parts: CommitParts): Commit {
  const { broker, stage } = parts
  let producer: Producer | null = null
  return {
    async fence() {
      producer ??= await broker.producer({ compression: parts.topology.compression })
      return committedOffset(parts, partition)
    },
    async commit(work) {
      if (!producer) throw new Error('commit before fence')
      await producer.send(withLedger(work, partition, parts))
      await parts.consumer().commit([{ topic: stage.input, partition, offset: work.next }])
    },
    async close() {
      await producer?.close()
    },
  }
}

/** Read after fencing, so that a transaction which the former owner had under way is in it. */
async function committedOffset({ broker, topology, stage, codec }: CommitParts, partition: number): Promise<bigint> {
  const { group, input } = stage
  const committed = (await broker.committed(group, input))[partition]
  if (committed !== undefined && committed !== null) return committed
  const accounted = await accountedFor({ broker, codec, ledger: topology.topics.ledger, input, partition })
  if (accounted !== null) return accounted
  const bounds = await broker.bounds(input)
  return bounds[partition]?.earliest ?? 0n
}

/** The batch's row of the ledger travels in the same transaction. A step over control records is no row. */
function withLedger(work: Finished, partition: number, parts: CommitParts): Delivery[] {
  if (work.tally.records === 0) return work.deliveries
  const { topology, stage, codec, worker } = parts
  const value = codec.encodeLedgerEntry({
    ...work.tally,
    pipeline: topology.pipeline,
    recipe: topology.recipe,
    stage: stage.name,
    topic: stage.input,
    partition,
    from: work.from,
    to: work.next,
    at: Date.now(),
    worker,
  })
  return [
    ...work.deliveries,
    { topic: topology.topics.ledger, partition, records: [{ key: Buffer.from(stage.name), value }] },
  ]
}

import type { Codec } from '../../schemas/codec.ts'
import { Failure } from '../../topologies/failure.ts'
import { channelTopic, groupName, transactionalId } from '../../topologies/names.ts'
import type { Stage, Topology } from '../../topologies/topology.ts'
import type { Broker } from '../brokers/broker.ts'
import { accountedFor } from '../worker/accounted.ts'
import { checkpoint } from '../worker/checkpoint.ts'

/**
 * Makes a pipeline go on where another plan of it stopped. Stages are named after what they run, so a pipeline that ran fused
 * and now runs isolated has consumer groups that know nothing; without this they would take in everything again. So would a
 * group whose offsets the broker has forgotten (`offsets.retention.minutes`, a week by default).
 * Rejects with `plan_changed` when documents of the other plan still wait between its stages.
 */
export async function continuePlan(broker: Broker, topology: Topology, codec: Codec): Promise<void> {
  const [first] = topology.stages
  if (!first) return
  await refuseStranded(broker, topology)
  // Reading a ledger takes time, and a stage that has seen the end of its input cannot be behind another plan.
  if ((await waitingIn(broker, first.input, first.group)) === 0n) return
  const committed = await broker.committed(first.group, first.input)
  for (const partition of committed.keys()) {
    const offset = await accountedFor({ broker, codec, ledger: topology.topics.ledger, input: first.input, partition })
    if (offset !== null && offset > (committed[partition] ?? 0n)) {
      await commitPosition(broker, first, { partition, offset })
    }
  }
}

async function commitPosition(broker: Broker, stage: Stage, at: { partition: number; offset: bigint }): Promise<void> {
  const transactor = await broker.transactor(transactionalId(stage.group, stage.input, at.partition))
  try {
    await transactor.init()
    await checkpoint(transactor, { deliveries: [], group: stage.group, position: { topic: stage.input, ...at } })
  } finally {
    await transactor.close()
  }
}

/** Channels of stages that this plan does not have must be empty: nobody would read them. */
async function refuseStranded(broker: Broker, topology: Topology): Promise<void> {
  const { pipeline } = topology
  const mine = new Set(topology.stages.map(({ name }) => channelTopic(pipeline, name)))
  const prefix = `${pipeline}.`
  for (const topic of await broker.topics()) {
    if (!topic.startsWith(prefix) || !topic.endsWith('.in') || mine.has(topic)) continue
    const stage = topic.slice(prefix.length, -'.in'.length)
    // A pipeline whose name begins with this one's and a dot has stages of its own.
    if (!/^\d{2,}-[^.]+$/.test(stage)) continue
    const waiting = await waitingIn(broker, topic, groupName(pipeline, stage))
    if (waiting > 0n) throw stranded(topology, topic, waiting)
  }
}

async function waitingIn(broker: Broker, topic: string, group: string): Promise<bigint> {
  const [bounds, committed] = await Promise.all([broker.bounds(topic), broker.committed(group, topic)])
  return bounds.reduce((sum, { earliest, latest }, partition) => sum + latest - (committed[partition] ?? earliest), 0n)
}

function stranded(topology: Topology, topic: string, waiting: bigint): Failure {
  return new Failure(
    'plan_changed',
    `${waiting} records of another plan of ${topology.pipeline} wait in ${topic}, and this plan has no stage that reads them. Run the pipeline once more as it was planned before (with or without --isolate), then change the plan.`,
  )
}

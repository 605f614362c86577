import type { Codec } from '../../schemas/codec.ts'
import { Failure } from '../../topologies/failure.ts'
import type { Topology } from '../../topologies/topology.ts'
import type { Broker } from '../brokers/broker.ts'
import { forgetInIndex, type IndexedProbe, readIndex } from '../dataset/index-log.ts'
import { ends } from '../pipeline/topics.ts'
import type { Abandoned } from './manifest.ts'
import { isWithin } from './ranges.ts'
import { findRefresh, RefreshRegistry } from './registry.ts'

/** Documents are forgotten in groups of so many. */
const GROUP = 5_000

/** Gives up a refresh that has begun, so that its name is free and another can begin. Rejects with `usage` for one that is done. */
export async function abandon(
  broker: Broker,
  pipeline: string,
  { name, raw, now }: { name: string; raw: string; now: number },
): Promise<Abandoned> {
  const found = await findRefresh(broker, pipeline, name)
  if (found.state === 'done')
    throw new Failure('usage', `The refresh ${name} is done: its documents are out, and there is nothing to give up.`)
  if (found.state === 'abandoned') return found
  const registry = await RefreshRegistry.open(broker, pipeline)
  try {
    const to = [...(await ends(broker, raw)).values()].map(Number)
    const { run, begun_at } = found
    const from = to.map((_, partition) => found.from.raw[partition] ?? 0)
    const abandoned: Abandoned = {
      state: 'abandoned',
      name,
      run,
      begun_at,
      abandoned_at: now,
      raw: { topic: raw, from, to },
    }
    await registry.publish(name, abandoned)
    return abandoned
  } finally {
    await registry.close()
  }
}

interface Settling {
  broker: Broker
  topology: Topology
  codec: Codec
  registry: RefreshRegistry
}

/**
 * Makes the indexes that outlive a run forget the documents of refreshes that were given up, which else would be duplicates of
 * themselves when they come again. To be called when nothing of them is under way any more.
 */
export async function forgetAbandoned({ broker, topology, codec, registry }: Settling): Promise<void> {
  const abandoned = [...(await registry.read()).values()].filter((record) => record.state === 'abandoned')
  if (abandoned.length === 0) return
  const indexes = topology.stages.flatMap(({ serves }) =>
    serves?.as === 'index' && serves.lasting ? [serves.probes] : [],
  )
  for (const index of indexes) await forgetIn({ broker, codec, pipeline: topology.pipeline }, index, abandoned)
  for (const { name } of abandoned) await registry.publish(name, null)
}

async function forgetIn(
  { broker, codec, pipeline }: { broker: Broker; codec: Codec; pipeline: string },
  index: string,
  abandoned: readonly Abandoned[],
): Promise<void> {
  let probes: IndexedProbe[] = []
  for await (const { shard, block } of readIndex(broker, index, codec)) {
    if (block.pipeline !== pipeline) continue
    for (const document of block.documents) {
      if (abandoned.some(({ raw }) => isWithin(document.id, raw))) probes.push({ shard, pipeline, document })
    }
    if (probes.length < GROUP) continue
    await forgetInIndex(broker, index, probes, codec)
    probes = []
  }
  if (probes.length > 0) await forgetInIndex(broker, index, probes, codec)
}

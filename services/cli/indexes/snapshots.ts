import { cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { classify, Failure } from '../../../topologies/failure.ts'
import type { Topology } from '../../../topologies/topology.ts'
import { levelStores } from '../../dataset/store/level-store.ts'

/** The directories of the stores of indexes that outlive the run. */
function storeNames({ stages }: Topology): string[] {
  return stages.flatMap(({ serves, group }) => (serves?.as === 'index' && serves.lasting ? [group] : []))
}

/**
 * Copies a pipeline's index stores, each while nobody else has it open. Gives how many shards were copied.
 * Rejects with `store_unavailable` for one that a running worker has.
 */
export async function takeSnapshot(topology: Topology, stores: string, to: string): Promise<number> {
  let copied = 0
  for (const group of storeNames(topology)) {
    for (const shard of await shardsIn(join(stores, group))) {
      const held = await levelStores(join(stores, group))(shard)
      try {
        await copyWhole(join(stores, group, shard), join(to, group, shard))
        copied++
      } finally {
        await held.close()
      }
    }
  }
  if (copied > 0) return copied
  throw new Failure(
    'input_missing',
    `${topology.pipeline} has no index stores in ${stores}: it has not run here, or its recipe has no stream.index.`,
  )
}

/** Puts the stores of a snapshot in their place. What has been logged since is folded in when the pipeline runs next. */
export async function restoreSnapshot(topology: Topology, stores: string, from: string): Promise<number> {
  let restored = 0
  for (const group of storeNames(topology)) {
    for (const shard of await shardsIn(join(from, group))) {
      const open = levelStores(join(stores, group))
      const held = await open(shard)
      await held.close()
      await copyWhole(join(from, group, shard), join(stores, group, shard))
      restored++
    }
  }
  if (restored > 0) return restored
  throw new Failure('input_missing', `There is no snapshot of the indexes of ${topology.pipeline} in ${from}.`)
}

async function shardsIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).filter((name) => /^\d+$/.test(name)).sort()
  } catch (thrown) {
    if (classify(thrown).code === 'input_missing' || !(await exists(directory))) return []
    throw thrown
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

/** The copy appears at once, whole. A store's own lock stays behind. */
async function copyWhole(from: string, to: string): Promise<void> {
  const partial = `${to}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { recursive: true })
  await cp(from, partial, { recursive: true, filter: (path) => !path.endsWith('LOCK') })
  await rm(to, { recursive: true, force: true })
  await rename(partial, to)
}

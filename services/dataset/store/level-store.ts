import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { classify, Failure } from '../../../topologies/failure.ts'
import type { OpenStore, Store } from './store.ts'

/** Memory of a store: what was written last, and what was read last. Bytes. */
const WRITE_BUFFER = 16 * 2 ** 20
const CACHE = 16 * 2 ** 20

/** Stores in a directory, each a LevelDB: sorted runs on disk, merged in the background, so that writing stays sequential. */
export function levelStores(directory: string): OpenStore {
  return async (name) => {
    const path = join(directory, name)
    const level = new ClassicLevel<Buffer, Buffer>(path, {
      keyEncoding: 'buffer',
      valueEncoding: 'buffer',
      writeBufferSize: WRITE_BUFFER,
      cacheSize: CACHE,
    })
    try {
      await mkdir(path, { recursive: true })
      await level.open()
    } catch (thrown) {
      throw unusable(path, thrown)
    }
    return storeOf(level, path)
  }
}

/** Removes stores that nobody has open. */
export async function removeStores(directory: string, names: string[]): Promise<void> {
  for (const name of names) await rm(join(directory, name), { recursive: true, force: true })
}

function storeOf(level: ClassicLevel<Buffer, Buffer>, path: string): Store {
  const guarded = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (thrown) {
      throw unusable(path, thrown)
    }
  }
  return {
    getMany: (keys) => guarded(level.getMany(keys)),
    write: (changes) => guarded(level.batch(changes)),
    range: (from, to) => level.iterator({ gte: from, lt: to }),
    clear: () => guarded(level.clear()),
    close: () => level.close(),
  }
}

/** Another owner of the store may be about to leave it; whatever else it is, trying again opens it anew. */
function unusable(path: string, thrown: unknown): Failure {
  const { message } = classify(thrown instanceof Error && thrown.cause ? thrown.cause : thrown)
  return new Failure('store_unavailable', `The index in ${path} cannot be used: ${message}`, { cause: thrown })
}

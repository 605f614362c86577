import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { cureOf } from '../../topologies/assets.ts'
import { Failure } from '../../topologies/failure.ts'
import type { OperatorContext } from '../../topologies/operator.ts'

/** Where word lists and models are looked for when nothing else is said, relative to the project. */
export const DEFAULT_ASSETS = '.millrace/assets'

export interface AssetOptions {
  /** Whether documents may name files for operators to read. */
  files?: boolean
}

/** The asset store: one local directory. Its files are read when an operator is made, never while documents pass. */
export function assetDirectory(root: string, { files = false }: AssetOptions = {}): OperatorContext {
  return {
    assets: root,
    readAsset(name) {
      const path = join(root, name)
      if (!existsSync(path)) throw missing(name, root)
      return readWhole(path)
    },
    assetState(name) {
      const found = statSync(join(root, name), { throwIfNoEntry: false })
      return found ? `${found.ino} ${found.size} ${found.mtimeMs}` : null
    },
    ...(files ? { readFile: (path: string) => readFileSync(path) } : {}),
    listAssets(directory) {
      const place = directory ? resolve(directory) : root
      if (!existsSync(place)) return []
      return readdirSync(place)
        .filter((name) => name.endsWith('.json'))
        .sort()
        .map((name) => ({ name, read: () => readFileSync(join(place, name)) }))
    },
  }
}

/** Node reads no more than 2 GiB at once. */
const PART = 1 << 30

/** A file of any size, in memory of its own. */
function readWhole(path: string): Uint8Array {
  const file = openSync(path, 'r')
  try {
    const bytes = new Uint8Array(fstatSync(file).size)
    for (let at = 0; at < bytes.length; ) {
      const count = readSync(file, bytes, at, Math.min(PART, bytes.length - at), null)
      if (count === 0) break
      at += count
    }
    return bytes
  } finally {
    closeSync(file)
  }
}

function missing(name: string, root: string): Failure {
  return new Failure('asset_missing', `The asset ${name} is not in ${root}. ${cureOf(name)}`)
}

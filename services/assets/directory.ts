import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
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
      return readFileSync(path)
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

function missing(name: string, root: string): Failure {
  return new Failure(
    'asset_missing',
    `The asset ${name} is not in ${root}. Put it there, or name another directory by --assets or MILLRACE_ASSETS.`,
  )
}

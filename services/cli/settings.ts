import { isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Failure } from '../../topologies/failure.ts'
import { DEFAULT_ASSETS } from '../assets/directory.ts'

/** The project's root: where package.json lies. */
export const PROJECT = fileURLToPath(new URL('../..', import.meta.url))

/** Where npm started us: with `npm run -s millrace` the shell stands in the project, the user perhaps elsewhere. */
export function userDirectory(): string {
  return process.env.INIT_CWD ?? process.cwd()
}

/** A path as the user gave it, absolute. `-` stays. */
export function userPath(path: string): string {
  return path === '-' || isAbsolute(path) ? path : resolve(userDirectory(), path)
}

/** Local state: Kafka's jars and data, logs, pid files. */
export function home(): string {
  return process.env.MILLRACE_HOME ?? join(PROJECT, '.millrace')
}

/** The asset directory: --assets, else MILLRACE_ASSETS, else the project's own. */
export function assetsPath(option: string | undefined): string {
  const given = option ?? process.env.MILLRACE_ASSETS
  return given ? userPath(given) : join(PROJECT, DEFAULT_ASSETS)
}

/** How many times its size a compressed input may unpack to; undefined for the usual limit. Throws `usage`. */
export function unpackRatio(): number | undefined {
  const given = process.env.MILLRACE_UNPACK_RATIO
  if (!given) return undefined
  const ratio = Number(given)
  if (ratio >= 1) return ratio
  throw new Failure('usage', `MILLRACE_UNPACK_RATIO is "${given}"; it must be a number from 1.`)
}

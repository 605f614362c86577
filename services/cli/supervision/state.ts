import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Topology } from '../../../topologies/topology.ts'
import { home } from '../settings.ts'
import { withoutSecrets } from '../terminal/secrets.ts'

/** One replica of a stage as its supervisor sees it. */
export interface ServiceState {
  stage: string
  replica: number
  state: 'starting' | 'ready' | 'restarting' | 'ended'
  pid: number | null
  /** When it came into this state, ISO 8601. */
  since: string
  restarts: number
  /** Why it ended last; null when it never did. */
  reason: string | null
}

/** A pipeline that runs here as local services: what its supervisor writes down for the other commands. */
export interface PipelineState {
  pipeline: string
  /** The supervisor's process. */
  pid: number
  /** Path of the recipe, absolute. */
  recipe: string
  broker: string
  /** When it was started, ISO 8601. */
  started: string
  topology: Topology
  services: ServiceState[]
  /** Why the supervisor gave up; null while it runs. */
  failure: { code: string; message: string } | null
}

const run = promisify(execFile)

function directory(): string {
  return join(home(), 'pipelines')
}

/** Where the state of a pipeline stands. */
export function statePath(pipeline: string): string {
  return join(directory(), `${pipeline}.json`)
}

/** Where a pipeline's services write their logs. */
export function logDirectory(pipeline: string): string {
  return join(home(), 'logs', pipeline)
}

/** What was written down of a pipeline, running or not; null when there is nothing, or nothing that can be read. */
export async function readState(pipeline: string): Promise<PipelineState | null> {
  try {
    const value: unknown = JSON.parse(await readFile(statePath(pipeline), 'utf8'))
    return isState(value) ? value : null
  } catch {
    return null
  }
}

function isState(value: unknown): value is PipelineState {
  if (typeof value !== 'object' || value === null) return false
  return (
    'pipeline' in value && 'pid' in value && typeof value.pid === 'number' && 'topology' in value && 'services' in value
  )
}

/** Writes the state whole, so that a reader never sees half of it. */
export async function writeState(state: PipelineState): Promise<void> {
  const path = statePath(state.pipeline)
  await mkdir(dirname(path), { recursive: true })
  const partial = `${path}.${process.pid}.partial`
  await writeFile(partial, withoutSecrets(JSON.stringify(state)))
  await rename(partial, path)
}

/**
 * Writes the state down if no supervisor of the pipeline runs, and gives null; else gives the state of the one that runs. Of
 * two that try at once only one gets it.
 */
export async function claimState(state: PipelineState): Promise<PipelineState | null> {
  const path = statePath(state.pipeline)
  await mkdir(dirname(path), { recursive: true })
  const own = `${path}.${randomUUID()}.claim`
  await writeFile(own, JSON.stringify(state))
  try {
    while (!(await linked(own, path))) {
      const other = await readState(state.pipeline)
      if (other && (await isRunning(other))) return other
      if (other) await clearAway(other, path)
      else await rm(path, { force: true })
    }
    return null
  } finally {
    await rm(own, { force: true })
  }
}

/** Removes a dead supervisor's state, unless somebody else has put theirs there meanwhile: what is moved away is looked at again. */
async function clearAway(dead: PipelineState, path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}.claim`
  try {
    await rename(path, aside)
  } catch {
    return
  }
  const moved: unknown = JSON.parse(await readFile(aside, 'utf8'))
  if (!isState(moved) || moved.pid !== dead.pid) await linked(aside, path)
  await rm(aside, { force: true })
}

/** A hard link appears at once and whole, and only where nothing is yet. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST') return false
    throw thrown
  }
}

export async function removeState(pipeline: string): Promise<void> {
  await rm(statePath(pipeline), { force: true })
}

/** Whether the supervisor of this state still runs, and is no other program that got its process id later. */
export async function isRunning({ pid, pipeline }: PipelineState): Promise<boolean> {
  try {
    const { stdout } = await run('ps', ['-ww', '-p', String(pid), '-o', 'args='])
    return stdout.includes(supervisorMark(pipeline))
  } catch {
    return false
  }
}

/** Stands among the arguments of a supervisor's process: by it the process is known as that of this pipeline. */
export function supervisorMark(pipeline: string): string {
  return `--supervise=${pipeline}`
}

/** Names of the pipelines that run here. */
export async function runningPipelines(): Promise<string[]> {
  const files = await readdir(directory()).catch(() => [])
  const names = files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length))
  const running: string[] = []
  for (const name of names.sort()) {
    const state = await readState(name)
    if (state && (await isRunning(state))) running.push(name)
  }
  return running
}

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../../../topologies/failure.ts'
import { kafkaJars, requireJava } from './java.ts'
import { alive, underLock } from './lock.ts'
import { type LocalPaths, localPaths } from './paths.ts'
import { servesKafka, speaksKafka } from './probe.ts'
import { freePort, isServer, launchServer } from './server.ts'

/** Where the local broker listens unless something else does. */
export const DEFAULT_PORT = 19_092

/** A start that takes longer has failed. Milliseconds. */
const START_PATIENCE = 60_000
const STOP_PATIENCE = 20_000
const POLL = 100

export interface LocalOptions {
  /** Directory of local state; MILLRACE_HOME, then `.millrace` in the project, when not given. */
  home?: string
  /** Preferred port. */
  port?: number
  /** Says what is being done, a line at a time. */
  onProgress?: (line: string) => void
}

export interface LocalBroker {
  /** `host:port`, for a Kafka client. */
  address: string
  pid: number
}

interface State extends LocalBroker {
  port: number
}

/**
 * Starts Kafka on the JVM as a process of its own that outlives this one, or finds the one that runs. Resolves when clients are
 * served, coordinators included. Rejects with `environment_missing` (no Java, no Maven) or `broker_not_ready`.
 */
export async function startLocalBroker(options: LocalOptions = {}): Promise<LocalBroker & { started: boolean }> {
  const paths = localPaths(options.home)
  const tell = options.onProgress ?? (() => undefined)
  await mkdir(paths.root, { recursive: true })
  return underLock(paths.lock, async () => {
    const running = await findRunning(paths)
    if (running) {
      await untilServing(running, paths)
      return { address: running.address, pid: running.pid, started: false }
    }
    await requireJava()
    const jars = await kafkaJars(paths.root, tell)
    const port = await freePort(options.port ?? DEFAULT_PORT)
    const controllerPort = await freePort(port + 1)
    tell(`starting Kafka on 127.0.0.1:${port}`)
    const pid = await launchServer(paths, jars, { port, controllerPort })
    const state = { pid, port, address: `127.0.0.1:${port}` }
    await writeFile(paths.state, JSON.stringify(state))
    await untilServing(state, paths)
    return { address: state.address, pid, started: true }
  })
}

/** Ends the local broker and waits until it is gone. Its data stays. False when none ran. */
export async function stopLocalBroker(options: LocalOptions = {}): Promise<boolean> {
  const paths = localPaths(options.home)
  const running = await findRunning(paths)
  if (!running) return false
  process.kill(running.pid, 'SIGTERM')
  const deadline = Date.now() + STOP_PATIENCE
  while (alive(running.pid)) {
    if (Date.now() > deadline) process.kill(running.pid, 'SIGKILL')
    await sleep(POLL)
  }
  await rm(paths.state, { force: true })
  return true
}

/** The local broker that runs, and whether it answers; null when none runs. */
export async function localBrokerStatus(
  options: LocalOptions = {},
): Promise<(LocalBroker & { serving: boolean }) | null> {
  const running = await findRunning(localPaths(options.home))
  if (!running) return null
  return { address: running.address, pid: running.pid, serving: await speaksKafka(running.port) }
}

async function findRunning(paths: LocalPaths): Promise<State | null> {
  const state = await readState(paths)
  if (!state || !alive(state.pid) || !(await isServer(state.pid, paths))) return null
  return state
}

async function readState(paths: LocalPaths): Promise<State | null> {
  try {
    const parsed: unknown = JSON.parse(await readFile(paths.state, 'utf8'))
    return isState(parsed) ? parsed : null
  } catch {
    return null
  }
}

function isState(value: unknown): value is State {
  if (typeof value !== 'object' || value === null) return false
  return (
    'pid' in value &&
    typeof value.pid === 'number' &&
    'port' in value &&
    typeof value.port === 'number' &&
    'address' in value
  )
}

async function untilServing({ pid, port }: State, paths: LocalPaths): Promise<void> {
  const deadline = Date.now() + START_PATIENCE
  while (!(await servesKafka(port))) {
    const dead = !alive(pid)
    if (dead || Date.now() > deadline) {
      const how = dead ? 'ended while starting' : `does not serve after ${START_PATIENCE / 1000} s`
      throw new Failure('broker_not_ready', `The local Kafka ${how}. Its log ${paths.log} says why.`)
    }
    await sleep(POLL)
  }
}

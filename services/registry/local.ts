import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { access, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Failure } from '../../topologies/failure.ts'

const POM = fileURLToPath(new URL('../../infra/registry/pom.xml', import.meta.url))
const PROJECT_HOME = fileURLToPath(new URL('../../.millrace', import.meta.url))

/** Milliseconds within which the registry must answer after its start. */
const START_PATIENCE = 60_000
/** Milliseconds that it has to end when it is asked to. */
const STOP_PATIENCE = 10_000
const POLL = 200

export interface LocalRegistry {
  /** What MILLRACE_REGISTRY takes. */
  url: string
  pid: number
  /** Ends the registry; what was registered is gone with it. */
  stop(): Promise<void>
}

export interface LocalRegistryOptions {
  /** Directory of local state; MILLRACE_HOME, then `.millrace` in the project, when not given. */
  home?: string
  /** Says what is being done, a line at a time. */
  onProgress?: (line: string) => void
}

/**
 * Starts Apicurio Registry on a free port of 127.0.0.1, with its storage in memory, as a child of this process. Maven fetches it
 * once (109 MB). Throws Failure `environment_missing` (no Java, no Maven) or `registry_unreachable` (it did not start).
 */
export async function startLocalRegistry(options: LocalRegistryOptions = {}): Promise<LocalRegistry> {
  const root = join(options.home ?? process.env.MILLRACE_HOME ?? PROJECT_HOME, 'registry')
  const tell = options.onProgress ?? (() => undefined)
  const application = await fetched(root, tell)
  const port = await freePort()
  tell(`starting the schema registry on 127.0.0.1:${port}`)
  const log = join(root, `registry-${port}.log`)
  const child = await launch(application, port, log)
  const endWithUs = () => void child.kill('SIGKILL')
  process.once('exit', endWithUs)
  const stop = async () => {
    process.off('exit', endWithUs)
    await end(child)
    await rm(log, { force: true })
  }
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`
  try {
    await untilServing(url, child, log)
  } catch (failure) {
    await end(child)
    throw failure
  }
  return { url, pid: child.pid ?? 0, stop }
}

/** Where the unpacked application lies. A download that breaks off leaves nothing that could be taken for complete. */
async function fetched(root: string, tell: (line: string) => void): Promise<string> {
  const pom = await readFile(POM)
  const application = join(root, `apicurio-${createHash('sha256').update(pom).digest('hex').slice(0, 12)}`)
  if (await exists(application)) return application
  tell('fetching the schema registry with Maven (once, about 109 MB)')
  const partial = `${application}.${process.pid}.partial`
  await mkdir(partial, { recursive: true })
  try {
    await maven(['-q', '-B', '-f', POM, 'dependency:unpack', `-DoutputDirectory=${partial}`])
    // Of two that fetch at once the first one's serves both.
    await rename(partial, application).catch((error) =>
      exists(application).then((there) => there || Promise.reject(error)),
    )
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
  return application
}

async function maven(args: string[]): Promise<void> {
  const child = spawn('mvn', args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  const listen = (data: Buffer) => {
    said = (said + data.toString()).slice(-2000)
  }
  child.stdout.on('data', listen)
  child.stderr.on('data', listen)
  const code = await exitOf(child, 'mvn', 'Install Maven (for example the package maven)')
  if (code !== 0) throw missing(`Maven could not fetch the schema registry (exit ${code}). It said: ${said.trim()}`)
}

async function launch(application: string, port: number, log: string): Promise<ChildProcess> {
  const runner = (await readdir(application)).find((name) => name.endsWith('-runner.jar'))
  if (!runner) throw missing(`${application} holds no runner; remove it, and it is fetched again.`)
  const settings = [`-Dquarkus.http.port=${port}`, '-Dquarkus.http.host=127.0.0.1']
  // Quick to start and small, since it keeps a handful of schemas.
  const machine = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
  const output = openSync(log, 'w')
  const args = [...machine, ...settings, '-jar', join(application, runner)]
  const child = spawn('java', args, { cwd: application, stdio: ['ignore', output, output] })
  closeSync(output)
  try {
    await once(child, 'spawn')
  } catch (cause) {
    throw missing('The local schema registry needs java on the PATH. Install a JDK 17 or later.', cause)
  }
  return child
}

async function untilServing(url: string, child: ChildProcess, log: string): Promise<void> {
  const deadline = Date.now() + START_PATIENCE
  while (!(await answers(`${url}/subjects`))) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
      throw new Failure('registry_unreachable', `The local schema registry did not start; its log ${log} says why.`)
    }
    await delay(POLL)
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE)
  await ended
  clearTimeout(timer)
}

async function exitOf(child: ChildProcess, program: string, cure: string): Promise<number> {
  try {
    const [code] = await once(child, 'close')
    return Number(code)
  } catch (cause) {
    throw missing(`The local schema registry needs ${program} on the PATH. ${cure}.`, cause)
  }
}

function missing(message: string, cause?: unknown): Failure {
  return new Failure('environment_missing', message, { cause })
}

/** A port that nobody listens on just now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw missing('No port is free on 127.0.0.1.')
  return address.port
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { access, mkdir, open, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Failure } from '../../../topologies/failure.ts'
import { type LocalPaths, PROPERTIES } from './paths.ts'

const run = promisify(execFile)

/** Logs go to standard error of the JVM, which is the log file; warnings and worse, with the time. */
const LOGGING = [
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  '-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss.SSS',
]

/** A heap that starts small; class-data sharing and quick compilation bring the start down on a small machine. */
const JVM = ['-Xms256m', '-Xmx1G', '-XX:+UseParallelGC', '-XX:-UsePerfData', '-Xshare:auto', '-Djava.awt.headless=true']

export interface Ports {
  port: number
  controllerPort: number
}

/** Fills the template with this installation's ports and paths. */
export function fillProperties(template: string, values: Ports & { data: string }): string {
  return template
    .replaceAll('{{port}}', String(values.port))
    .replaceAll('{{controllerPort}}', String(values.controllerPort))
    .replaceAll('{{data}}', values.data)
}

/** Writes the properties, formats the data directory when it is new, and starts a detached JVM. Gives its process id. */
export async function launchServer(paths: LocalPaths, jars: string, ports: Ports): Promise<number> {
  await mkdir(paths.data, { recursive: true })
  const template = await readFile(PROPERTIES, 'utf8')
  await writeFile(paths.properties, fillProperties(template, { ...ports, data: paths.data }))
  const classPath = join(jars, '*')
  if (!(await exists(join(paths.data, 'meta.properties')))) await format(paths, classPath)
  const log = await open(paths.log, 'a')
  try {
    const args = [...JVM, ...LOGGING, '-cp', classPath, 'kafka.Kafka', paths.properties]
    const child = spawn('java', args, { detached: true, stdio: ['ignore', log.fd, log.fd], cwd: paths.root })
    child.unref()
    child.on('error', () => undefined)
    if (child.pid === undefined) throw new Failure('environment_missing', 'java could not be started.')
    return child.pid
  } finally {
    await log.close()
  }
}

async function format(paths: LocalPaths, classPath: string): Promise<void> {
  const id = randomBytes(16).toString('base64url')
  const tool = ['kafka.tools.StorageTool', 'format', '--standalone', '-t', id, '-c', paths.properties]
  try {
    await run('java', ['-Xmx256m', '-XX:TieredStopAtLevel=1', ...LOGGING, '-cp', classPath, ...tool], {
      cwd: paths.root,
    })
  } catch (cause) {
    throw new Failure('environment_missing', `Kafka could not format its data directory ${paths.data}.`, { cause })
  }
}

/** The preferred port when it is free, else any free one. */
export async function freePort(preferred: number): Promise<number> {
  return (await tryPort(preferred)) ?? (await tryPort(0)) ?? preferred
}

function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.on('error', () => resolve(null))
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : null))
    })
  })
}

/** Whether the process is this installation's broker and not another that got its id later. */
export async function isServer(pid: number, paths: LocalPaths): Promise<boolean> {
  try {
    const { stdout } = await run('ps', ['-ww', '-p', String(pid), '-o', 'args='])
    return stdout.includes('kafka.Kafka') && stdout.includes(paths.properties)
  } catch {
    return false
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}

import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Failure } from '../../../topologies/failure.ts'
import { POM } from './paths.ts'

const run = promisify(execFile)

/** Oldest Java that Kafka 4 runs on. */
const OLDEST_JAVA = 17

/** Whether this machine can run the local broker: Java 17 or later, and Maven to fetch Kafka once. */
export async function javaAvailable(): Promise<boolean> {
  const [java, maven] = await Promise.all([javaVersion(), works('mvn')])
  return java !== null && java >= OLDEST_JAVA && maven
}

/** Rejects with `environment_missing` when Java is missing or too old. */
export async function requireJava(): Promise<void> {
  const version = await javaVersion()
  if (version !== null && version >= OLDEST_JAVA) return
  const found = version === null ? 'no java is on the PATH' : `java on the PATH is version ${version}`
  throw new Failure(
    'environment_missing',
    `The local broker needs Java ${OLDEST_JAVA} or later and ${found}. Install a JDK (for example openjdk-17-jre-headless), or set MILLRACE_BROKERS to a running Kafka.`,
  )
}

async function javaVersion(): Promise<number | null> {
  try {
    const { stderr, stdout } = await run('java', ['-version'])
    const version = /version "(?:1\.)?(\d+)/.exec(stderr + stdout)
    return version ? Number(version[1]) : null
  } catch {
    return null
  }
}

async function works(program: string): Promise<boolean> {
  try {
    await run(program, ['--version'])
    return true
  } catch {
    return false
  }
}

/**
 * The directory with Kafka's jars; Maven fetches them when this pom was never resolved before. A download that breaks off leaves
 * nothing behind that could be taken for complete. Rejects with `environment_missing`.
 */
export async function kafkaJars(root: string, onProgress: (line: string) => void): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(POM))
    .digest('hex')
    .slice(0, 12)
  const jars = join(root, `jars-${hash}`)
  if (await exists(jars)) return jars
  onProgress("resolving Kafka's jars with Maven (once, about 45 MB)")
  const partial = `${jars}.${process.pid}.partial`
  await mkdir(partial, { recursive: true })
  try {
    await maven(['-q', '-B', '-f', POM, 'dependency:copy-dependencies', `-DoutputDirectory=${partial}`])
    await rename(partial, jars)
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
  return jars
}

function maven(args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('mvn', args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    const listen = (data: Buffer) => {
      said = (said + data.toString()).slice(-2000)
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    child.on('error', (cause) => {
      const cure = 'Install Maven (for example the package maven), or set MILLRACE_BROKERS to a running Kafka.'
      reject(
        new Failure(
          'environment_missing',
          `Maven fetches Kafka for the local broker, and mvn is not on the PATH. ${cure}`,
          { cause },
        ),
      )
    })
    child.on('close', (code) => {
      if (code === 0) return resolve()
      reject(new Failure('environment_missing', `Maven could not fetch Kafka (exit ${code}). It said: ${said.trim()}`))
    })
  })
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}

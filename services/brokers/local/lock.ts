import { readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../../../topologies/failure.ts'

const POLL = 100
/** Longest that another process may hold the lock: a first start downloads Kafka. Milliseconds. */
const PATIENCE = 300_000

/** Runs the work while no other process runs work under the same lock file. A lock whose holder is dead is taken over. */
export async function underLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + PATIENCE
  while (!(await acquire(path))) {
    if (Date.now() > deadline) {
      throw new Failure('environment_missing', `Another process holds ${path}. If none runs, remove that file.`)
    }
    await sleep(POLL)
  }
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

async function acquire(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  const holder = Number(await readFile(path, 'utf8').catch(() => ''))
  // An empty file is a holder that has not written its pid yet; the next poll sees it.
  if (holder > 0 && !alive(holder)) await rm(path, { force: true })
  return false
}

/** Whether a process with this id runs. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

import { type ChildProcess, fork } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Failure, type FailureCode } from '../../../topologies/failure.ts'
import { NODE_FLAGS } from '../launch.ts'
import { logDirectory, supervisorMark } from './state.ts'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))

/** What a supervisor tells the command that started it. */
export type SupervisorWords = { ready: true } | { failure: { code: FailureCode; message: string } }

export interface SupervisorOptions {
  pipeline: string
  /** Arguments of `up`, the recipe first. */
  args: string[]
  /** Stay the child of this process and write to its standard error. */
  foreground: boolean
}

/** A supervisor's process as the command that started it sees it. */
export interface Supervisor {
  process: ChildProcess
  /** Resolves when every service works; rejects with the reason when the supervisor ends before. */
  ready: Promise<void>
  /** Resolves when the supervisor has ended; rejects with the reason when it gave up. */
  ended: Promise<void>
}

/** Path of the log of a pipeline's supervisor. */
export function supervisorLog(pipeline: string): string {
  return join(logDirectory(pipeline), 'supervisor.log')
}

/** Starts the supervisor of a pipeline as a process that outlives this one, unless it shall stay in the foreground. */
export function startSupervisor({ pipeline, args, foreground }: SupervisorOptions): Supervisor {
  const path = supervisorLog(pipeline)
  mkdirSync(logDirectory(pipeline), { recursive: true })
  const log = foreground ? 'inherit' : openSync(path, 'a')
  const all = ['up', ...args, supervisorMark(pipeline), ...(foreground ? ['--foreground'] : [])]
  const child = fork(MAIN, all, { execArgv: NODE_FLAGS, detached: !foreground, stdio: ['ignore', log, log, 'ipc'] })
  if (log !== 'inherit') closeSync(log)
  let failure: Failure | null = null
  const works = new Promise<void>((resolve) => {
    child.on('message', (words: SupervisorWords) => {
      if ('ready' in words) resolve()
      else failure = new Failure(words.failure.code, words.failure.message)
    })
  })
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => {
      if (code === 0) return resolve()
      reject(
        failure ??
          new Failure(
            'worker_died',
            `The supervisor of ${pipeline} ended without a word; its log ${path} may say why.`,
          ),
      )
    })
  })
  ended.catch(() => undefined)
  const tooSoon = ended.then(() => {
    throw new Failure('interrupted', `The pipeline ${pipeline} was stopped before all of its services worked.`)
  })
  tooSoon.catch(() => undefined)
  return { process: child, ready: Promise.race([works, tooSoon]), ended }
}

/** In the supervisor's process: a word to the command that started it, if that still listens. */
export function tellStarter(words: SupervisorWords): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || !process.send) return resolve()
    process.send(words, undefined, undefined, () => resolve())
  })
}

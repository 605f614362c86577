import { fork } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createCodec } from '../../schemas/codec.ts'
import { Failure, type FailureCode } from '../../topologies/failure.ts'
import type { Stage } from '../../topologies/topology.ts'
import type { Launch, Member } from '../pipeline/fleet.ts'
import { stageMetrics } from '../worker/metrics.ts'
import { StageWorker } from '../worker/worker.ts'
import { processorOf } from './replica/stage-processor.ts'
import { threadOf, type WorkerOptions } from './replica/stage-thread.ts'

/**
 * Documents die young, so the nursery is larger than Node's; from 16 MB on a larger one brought memory and hardly any speed
 * (test/bench: pass-through, memory).
 */
export const NODE_FLAGS = ['--max-semi-space-size=16', '--disable-warning=ExperimentalWarning']

/**
 * Batches come and go by the megabyte. These settings of glibc give each back to the system when it is freed, where by default
 * freed ones stay and memory creeps up with the corpus (test/bench: memory).
 */
const ALLOCATOR = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '262144', MALLOC_TRIM_THRESHOLD_: '262144' }

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))

/** A message of a worker process to its supervisor: that its partitions flow. */
export interface FirstWords {
  ready: true
}

/** A message of a worker process to its supervisor: why it ends. */
export interface LastWords {
  failure: { code: FailureCode; message: string }
}

export interface ProcessOptions {
  /** Arguments of `millrace worker` that all stages share: the recipe and its options. */
  args: string[]
  logs: string
}

/** Runs every replica as a process of its own, with a log file per replica. */
export function processLauncher({ args, logs }: ProcessOptions): Launch {
  return (stage, replica) => {
    const path = join(logs, `${stage.name}-${replica}.log`)
    mkdirSync(dirname(path), { recursive: true })
    const log = openSync(path, 'a')
    const child = fork(MAIN, ['worker', ...args, '--stage', stage.name, '--replica', String(replica)], {
      execArgv: NODE_FLAGS,
      env: { ...ALLOCATOR, ...process.env },
      stdio: ['ignore', log, log, 'ipc'],
    })
    closeSync(log)
    let failure: Failure | null = null
    const ready = new Promise<void>((resolve) => {
      child.on('message', (words: FirstWords | LastWords) => {
        if ('ready' in words) resolve()
        else failure = new Failure(words.failure.code, words.failure.message)
      })
    })
    const ended = new Promise<{ failure: Failure | null }>((resolve) => {
      child.once('error', (error) => resolve({ failure: new Failure('worker_died', error.message, { cause: error }) }))
      child.once('exit', () => resolve({ failure }))
    })
    return {
      ...(child.pid === undefined ? {} : { pid: child.pid }),
      ready,
      ended,
      drain: () => void child.kill('SIGTERM'),
    }
  }
}

/** Starts one replica in this process, its operators in a thread of their own. */
export function stageWorker(stage: Stage, replica: number, options: WorkerOptions): StageWorker {
  const { broker, topology, schemas, log } = options
  const processor = processorOf(stage, options, () => threadOf(stage, options))
  const metrics = options.metrics ?? stageMetrics(topology.pipeline, stage)
  return new StageWorker({
    broker,
    topology,
    stage,
    processor,
    codec: createCodec(schemas),
    metrics,
    log,
    name: `${stage.name}-${replica}-${process.pid}`,
    ...(options.sessionTimeout === undefined ? {} : { sessionTimeout: options.sessionTimeout }),
  })
}

/** Runs every replica in this process: for the embedded broker, which lives here too. */
export function insideLauncher(options: WorkerOptions): Launch {
  return (stage, replica): Member => {
    const worker = stageWorker(stage, replica, options)
    const ended = worker.start().then(
      async () => ({ failure: await worker.finished }),
      async (thrown: unknown) => {
        await worker.drain()
        return { failure: thrown instanceof Failure ? thrown : null }
      },
    )
    return { ended, drain: () => void worker.drain() }
  }
}

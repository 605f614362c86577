import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { Failure } from '../../../topologies/failure.ts'
import { wholeNumber } from '../options.ts'
import { findPipeline } from '../pipelines/find-pipeline.ts'
import { isRunning, logDirectory, type PipelineState, removeState, runningPipelines } from '../supervision/state.ts'
import { duration } from '../terminal/numbers.ts'
import { print, printJson } from '../terminal/standard-output.ts'

interface DownOptions {
  grace: number
  json?: boolean
}

const POLL = 100

export function define(command: Command): void {
  command
    .argument('<pipeline>', 'name of a pipeline that `up` started, or its recipe')
    .option('--grace <seconds>', 'longest wait for the services to finish what they work on', wholeNumber, 60)
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  millrace down refine')
    .action(down)
}

async function down(nameOrRecipe: string, options: DownOptions): Promise<void> {
  const { pipeline, state } = await findPipeline(nameOrRecipe)
  if (!state || !(await isRunning(state))) return notUp(pipeline, options)
  const started = performance.now()
  process.kill(state.pid, 'SIGTERM')
  await untilGone(state, options.grace)
  await removeState(pipeline)
  const seconds = (performance.now() - started) / 1000
  if (options.json) return printJson({ pipeline, stopped: true, seconds })
  await print(`${pipeline} has drained and stopped (${duration(seconds)}); its topics stay.\n`)
}

/** Nothing to stop is no failure; what a dead supervisor left is cleared away. */
async function notUp(pipeline: string, options: DownOptions): Promise<void> {
  await removeState(pipeline)
  const others = await runningPipelines()
  if (options.json) return printJson({ pipeline, stopped: false, running: others })
  await print(`${pipeline} is not up here${others.length > 0 ? `; up are ${others.join(', ')}` : ''}.\n`)
}

async function untilGone(state: PipelineState, grace: number): Promise<void> {
  const deadline = Date.now() + grace * 1000
  while (await isRunning(state)) {
    if (Date.now() > deadline) {
      process.kill(state.pid, 'SIGKILL')
      await removeState(state.pipeline)
      throw new Failure(
        'worker_died',
        `${state.pipeline} did not drain within ${grace} s and was killed. What it worked on is not committed and comes again; the logs are in ${logDirectory(state.pipeline)}.`,
      )
    }
    await sleep(POLL)
  }
}

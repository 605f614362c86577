import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, Option } from 'commander'
import { createCodec } from '../../../schemas/codec.ts'
import { classify, Failure } from '../../../topologies/failure.ts'
import type { Topology } from '../../../topologies/topology.ts'
import type { Broker } from '../../brokers/broker.ts'
import { requireIndexes } from '../../pipeline/indexes.ts'
import { continuePlan } from '../../pipeline/plan-change.ts'
import { lags, prepareTopics } from '../../pipeline/topics.ts'
import { processLauncher } from '../launch.ts'
import { loadRecipe, planRecipe } from '../load-recipe.ts'
import { stderrLog } from '../log.ts'
import { existingPartitions, sharedArguments, wholeNumber } from '../options.ts'
import { lastingBroker } from '../pipelines/lasting-broker.ts'
import { schemasInUse } from '../schemas-in-use.ts'
import { assetsPath, userPath } from '../settings.ts'
import { startSupervisor, supervisorLog, tellStarter } from '../supervision/detached.ts'
import {
  claimState,
  isRunning,
  logDirectory,
  type PipelineState,
  readState,
  removeState,
} from '../supervision/state.ts'
import { supervise } from '../supervision/supervisor.ts'
import { counted } from '../terminal/numbers.ts'
import { print, printJson, tell } from '../terminal/standard-output.ts'
import { requireOperators } from '../trial/operator-check.ts'

interface UpOptions {
  broker?: string
  assets?: string
  isolate?: boolean
  replicas?: number
  partitions?: number
  /** Its input has no end. */
  continuous?: boolean
  foreground?: boolean
  replace?: boolean
  supervise?: string
  json?: boolean
}

/** Services that do not all work after this time never will. Milliseconds. */
const READY_PATIENCE = 90_000

/** Asks a supervisor to take nothing in any more, to finish, and to end. */
const FINISH = 'SIGUSR2'
/** A version that has not finished after this time needs somebody to look. Milliseconds. */
const FINISH_PATIENCE = 10 * 60_000
const POLL = 200

export function define(command: Command): void {
  command
    .argument('<recipe>', 'a Data-Juicer recipe (YAML)')
    .option('--broker <where>', 'local (Kafka on this machine), or HOST:PORT,… (default: MILLRACE_BROKERS, else local)')
    .option('--assets <directory>', 'word lists and models (default: MILLRACE_ASSETS)')
    .option('--isolate', 'give every operator a service of its own')
    .option('--replicas <n>', 'replicas of every stage', wholeNumber)
    .option('--partitions <n>', 'partitions of every topic that is made anew', wholeNumber)
    .option(
      '--replace',
      'take over from the version that is up: it finishes what it has taken in, then this one goes on',
    )
    .option('--foreground', 'stay, with the log on standard error, until Ctrl-C or SIGTERM')
    .addOption(new Option('--supervise <pipeline>').hideHelp())
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  millrace up recipes/refine.yaml --replicas 2')
    .action((recipe: string, given: UpOptions) => {
      const options = { ...given, continuous: true }
      return options.supervise ? runSupervisor(recipe, options) : up(recipe, options)
    })
}

async function up(path: string, options: UpOptions): Promise<void> {
  const { topology, address } = await prepare(path, options)
  const args = [userPath(path), '--broker', address, ...passedOn(options)]
  const supervisor = startSupervisor({ pipeline: topology.pipeline, args, foreground: options.foreground === true })
  const stop = () => void supervisor.process.kill('SIGTERM')
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  try {
    await Promise.race([supervisor.ready, tooLate(topology.pipeline)])
  } catch (thrown) {
    stop()
    throw thrown
  }
  const state = await readState(topology.pipeline)
  if (state) await announce(state, options)
  if (options.foreground) return supervisor.ended
  process.off('SIGINT', stop)
  process.off('SIGTERM', stop)
  supervisor.process.disconnect()
  supervisor.process.unref()
}

/** Everything that can be found wrong before a process is started, found in the terminal of the person who asked. */
async function prepare(path: string, options: UpOptions): Promise<{ topology: Topology; address: string }> {
  const loaded = await loadRecipe(path)
  const { recipe } = loaded
  await requireOperators(planRecipe(loaded, options), assetsPath(options.assets))
  const other = await readState(recipe.pipeline)
  const running = other !== null && (await isRunning(other))
  if (running && !options.replace) throw alreadyUp(other)
  const broker = await lastingBroker(options.broker)
  try {
    const topology = planRecipe(loaded, await existingPartitions(broker, recipe, options))
    await prepareTopics(broker, topology)
    await requireIndexes(broker, topology, createCodec(await schemasInUse()))
    if (running) await finished(other)
    await continuePlan(broker, topology, createCodec(await schemasInUse()))
    return { topology, address: broker.address }
  } finally {
    await broker.close()
  }
}

function alreadyUp({ pipeline, pid, started, recipe }: PipelineState): Failure {
  return new Failure(
    'usage',
    `The pipeline ${pipeline} is up already, since ${started} from ${recipe} (process ${pid}). \`--replace\` takes over from it, \`millrace down ${pipeline}\` stops it; stream.name gives a second one a name of its own.`,
  )
}

/** Lets the version that is up finish what it has taken in, and resolves when it has ended. */
async function finished(state: PipelineState): Promise<void> {
  tell(`The version of ${state.pipeline} that is up since ${state.started} finishes what it has taken in.`)
  process.kill(state.pid, FINISH)
  const deadline = Date.now() + FINISH_PATIENCE
  while (await isRunning(state)) {
    if (Date.now() > deadline) {
      throw new Failure(
        'broker_timeout',
        `After ${FINISH_PATIENCE / 60_000} minutes the version of ${state.pipeline} that is up has not finished what it has taken in. It takes nothing in any more and goes on; try again later, or look into ${logDirectory(state.pipeline)}.`,
      )
    }
    await sleep(POLL)
  }
}

function passedOn({ assets, isolate, replicas, partitions }: UpOptions): string[] {
  return [
    ...(assets ? ['--assets', userPath(assets)] : []),
    ...(isolate ? ['--isolate'] : []),
    ...(replicas ? ['--replicas', String(replicas)] : []),
    ...(partitions ? ['--partitions', String(partitions)] : []),
  ]
}

async function tooLate(pipeline: string): Promise<never> {
  await sleep(READY_PATIENCE, undefined, { ref: false })
  const state = await readState(pipeline)
  const waiting = state?.services.filter((service) => service.state !== 'ready') ?? []
  const who = waiting
    .map(({ stage, replica, reason }) => `${stage}-${replica}${reason ? ` (${reason})` : ''}`)
    .join(', ')
  throw new Failure(
    'broker_timeout',
    `After ${READY_PATIENCE / 1000} s these services do not work: ${who}. Their logs are in ${logDirectory(pipeline)}.`,
  )
}

async function announce(state: PipelineState, options: UpOptions): Promise<void> {
  const { pipeline, pid, broker, topology, services } = state
  const logs = logDirectory(pipeline)
  if (options.json)
    return printJson({
      pipeline,
      pid,
      broker,
      services: services.map(({ stage, replica, pid: process }) => ({ stage, replica, pid: process })),
      topics: topology.topics,
      logs,
    })
  const lines = [
    `${pipeline} is up on ${broker}: ${counted(services.length, 'service')} (${services.map(({ stage, replica }) => `${stage}-${replica}`).join(', ')})`,
    `  feed it     millrace produce ${state.recipe} --input PATH, or write to the topic ${topology.topics.raw}`,
    `  watch it    millrace status ${pipeline} --watch`,
    `  stop it     millrace down ${pipeline}`,
    `  logs        ${options.foreground ? logs : `${logs} (its supervisor's: ${supervisorLog(pipeline)})`}`,
  ]
  await print(`${lines.join('\n')}\n`)
}

/** The supervisor's own process: what `up` starts, and leaves. */
async function runSupervisor(path: string, options: UpOptions): Promise<void> {
  const signal = drainRequest(options.foreground === true)
  try {
    await superviseRecipe(path, options, signal)
  } catch (thrown) {
    const { code, message } = classify(thrown)
    await tellStarter({ failure: { code, message } })
    throw thrown
  } finally {
    // An open channel to the command that waits would keep the process alive.
    if (process.connected) process.disconnect()
  }
}

async function superviseRecipe(path: string, options: UpOptions, signal: AbortSignal): Promise<void> {
  const loaded = await loadRecipe(path)
  const { recipe } = loaded
  const broker: Broker = await lastingBroker(options.broker)
  const log = stderrLog('info', 'millrace-supervisor')
  try {
    const topology = planRecipe(loaded, await existingPartitions(broker, recipe, options))
    const { pipeline } = topology
    const state: PipelineState = {
      pipeline,
      pid: process.pid,
      recipe: userPath(path),
      broker: broker.address,
      started: new Date().toISOString(),
      topology,
      services: [],
      failure: null,
    }
    const other = await claimState(state)
    if (other) throw alreadyUp(other)
    const launch = processLauncher({
      args: await sharedArguments({ path, source: loaded.source, broker, topology }, options),
      logs: logDirectory(pipeline),
    })
    log.info({ pipeline, broker: broker.address, stages: topology.stages.length }, 'supervising')
    await supervise({
      topology,
      launch,
      log,
      state,
      signal,
      finish: finishRequest(),
      lags: () => lags(broker, topology),
      onReady: () => void tellStarter({ ready: true }),
    })
    await removeState(pipeline)
    log.info({ pipeline }, 'drained')
  } finally {
    await broker.close()
  }
}

/** SIGTERM asks to drain; in the foreground Ctrl-C and the end of the command that started it do, too. */
function drainRequest(foreground: boolean): AbortSignal {
  const controller = new AbortController()
  const drain = () => controller.abort()
  process.on('SIGTERM', drain)
  process.on('SIGINT', drain)
  if (foreground) process.on('disconnect', drain)
  if (foreground) tell('Ctrl-C drains and stops it.')
  return controller.signal
}

function finishRequest(): AbortSignal {
  const controller = new AbortController()
  process.on(FINISH, () => controller.abort())
  return controller.signal
}

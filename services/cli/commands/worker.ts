import { join } from 'node:path'
import { type Command, Option } from 'commander'
import { Failure } from '../../../topologies/failure.ts'
import { serveHealth } from '../../worker/health.ts'
import { stageMetrics } from '../../worker/metrics.ts'
import { type FirstWords, type LastWords, stageWorker } from '../launch.ts'
import { loadRecipe, planRecipe } from '../load-recipe.ts'
import { stderrLog } from '../log.ts'
import { openBroker } from '../open-broker.ts'
import { wholeNumber } from '../options.ts'
import { schemasInUse } from '../schemas-in-use.ts'
import { assetsPath, home } from '../settings.ts'

interface WorkerCommandOptions {
  stage: string
  replica: string
  broker?: string
  assets?: string
  isolate?: boolean
  partitions?: number
  shards?: number
  continuous?: boolean
  original?: string
  port?: string
  host: string
  grace: number
  sessionTimeout: number
}

export function define(command: Command): void {
  command
    .argument('<recipe>', 'the recipe that the stage belongs to')
    .requiredOption('--stage <name>', 'the stage, as `plan` names it')
    .option('--replica <n>', 'number of this replica, for logs and the ledger', '0')
    .option('--broker <where>', 'HOST:PORT,… (default: MILLRACE_BROKERS, else local)')
    .option('--assets <directory>', 'word lists and models (default: MILLRACE_ASSETS)')
    .option('--isolate', 'plan with a service per operator, as the other workers do')
    .option('--continuous', 'plan for an input without an end, as the other workers do')
    .option('--partitions <n>', 'partitions of the topics, as the other workers plan', wholeNumber)
    .option('--shards <n>', 'shards of the indexes, as the other workers plan', wholeNumber)
    .addOption(new Option('--original <path>', 'where the recipe lies of which this one is a copy').hideHelp())
    .option('--port <n>', 'serve /live, /ready and /metrics here (0: any free port)')
    .option('--host <address>', 'address to serve them on', '127.0.0.1')
    .option('--grace <seconds>', 'longest drain after SIGTERM', wholeNumber, 30)
    .option('--session-timeout <seconds>', 'silence after which its partitions go to other replicas', wholeNumber, 10)
    .addHelpText(
      'after',
      '\nExample:\n  millrace worker recipes/refine.yaml --stage 01-cpu --broker kafka:9092 --port 9464 --host 0.0.0.0',
    )
    .action(runWorker)
}

async function runWorker(path: string, options: WorkerCommandOptions): Promise<void> {
  const log = stderrLog('info', `millrace-${options.stage}-${options.replica}`)
  try {
    const failure = await work(path, options)
    if (failure) throw failure
  } catch (thrown) {
    const failure = thrown instanceof Failure ? thrown : new Failure('unknown', String(thrown), { cause: thrown })
    log.error({ code: failure.code, err: failure.cause }, failure.message)
    await lastWords({ failure: { code: failure.code, message: failure.message } })
    throw failure
  } finally {
    // An open channel to the supervisor would keep the process alive.
    if (process.connected) process.disconnect()
  }
}

async function work(path: string, options: WorkerCommandOptions): Promise<Failure | null> {
  const log = stderrLog('info', `millrace-${options.stage}-${options.replica}`)
  const loaded = await loadRecipe(path, options.original)
  const topology = planRecipe(loaded, options)
  const stage = topology.stages.find(({ name }) => name === options.stage)
  if (!stage)
    throw new Failure(
      'usage',
      `The recipe has no stage ${options.stage}; it has ${topology.stages.map(({ name }) => name).join(', ')}.`,
    )
  const broker = await openBroker({ choice: options.broker, tell: (line) => log.info({}, line), log })
  const schemas = await schemasInUse()
  const metrics = stageMetrics(topology.pipeline, stage)
  const worker = stageWorker(stage, Number(options.replica), {
    broker,
    topology,
    schemas,
    assets: assetsPath(options.assets),
    stores: join(home(), 'stores'),
    diary: join(home(), 'work', stage.group),
    log,
    metrics,
    sessionTimeout: options.sessionTimeout * 1000,
  })
  const health =
    options.port === undefined
      ? null
      : await serveHealth({ port: Number(options.port), host: options.host, metrics, ready: () => worker.ready })
  if (health) log.info({ port: health.port }, 'serving /live, /ready and /metrics')
  drainOnRequest(() => worker.drain(), options.grace)
  await worker.start()
  const watch = setInterval(() => worker.ready && tellReady(watch), READY_POLL)
  const failure = await worker.finished
  clearInterval(watch)
  await health?.close()
  await broker.close()
  return failure
}

/** SIGTERM, or a supervisor that is gone, drains. Ctrl-C reaches the whole process group, so it is left to the supervisor. */
function drainOnRequest(drain: () => Promise<void>, graceSeconds: number): void {
  let asked = false
  const once = () => {
    if (asked) return
    asked = true
    setTimeout(() => process.exit(1), graceSeconds * 1000).unref()
    void drain()
  }
  process.on('SIGTERM', once)
  process.on('disconnect', once)
  process.on('SIGINT', process.channel ? () => undefined : once)
}

/** How often a starting worker looks whether its partitions flow. Milliseconds. */
const READY_POLL = 100

/** Tells the supervisor, once, that the partitions flow. */
function tellReady(watch: NodeJS.Timeout): void {
  clearInterval(watch)
  const words: FirstWords = { ready: true }
  process.send?.(words)
}

/** Tells the supervisor why the process ends; without one there is nobody to tell. */
function lastWords(words: LastWords): Promise<void> {
  return new Promise((resolve) => {
    if (!process.send) return resolve()
    process.send(words, undefined, undefined, () => resolve())
  })
}

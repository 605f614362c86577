import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { createCodec } from '../../../schemas/codec.ts'
import { Failure } from '../../../topologies/failure.ts'
import type { Broker } from '../../brokers/broker.ts'
import { findPipeline, type NamedPipeline } from '../pipelines/find-pipeline.ts'
import { lastingBroker, requireTopic } from '../pipelines/lasting-broker.ts'
import { LedgerWatch } from '../pipelines/ledger-watch.ts'
import { type PipelineStatus, statusData, statusText } from '../pipelines/status-text.ts'
import { schemasInUse } from '../schemas-in-use.ts'
import { isRunning, readState } from '../supervision/state.ts'
import { print, printJson } from '../terminal/standard-output.ts'

interface StatusOptions {
  broker?: string
  isolate?: boolean
  watch?: boolean
  json?: boolean
}

const WATCH_PAUSE = 2_000

export function define(command: Command): void {
  command
    .argument('<pipeline>', 'name of a pipeline that is up, or the recipe of any')
    .option('--watch', 'again every two seconds, until Ctrl-C')
    .option('--isolate', 'the pipeline was planned with a service per operator (when it is not up)')
    .option(
      '--broker <where>',
      "local, or HOST:PORT,… (default: the running pipeline's, else MILLRACE_BROKERS, else local)",
    )
    .option('--json', 'print one JSON object, with --watch one per line')
    .addHelpText('after', '\nExample:\n  millrace status refine --watch')
    .action(status)
}

async function status(nameOrRecipe: string, options: StatusOptions): Promise<void> {
  const named = await findPipeline(nameOrRecipe, options)
  const { topology, topics, state } = named
  if (!topology) {
    throw new Failure(
      'usage',
      `The pipeline ${named.pipeline} is not up here, so its stages are not known. Name its recipe instead of its name.`,
    )
  }
  const broker = await lastingBroker(options.broker ?? state?.broker)
  try {
    await requireTopic(broker, named, topics.ledger)
    const watch = new LedgerWatch(broker, topology, createCodec(await schemasInUse()))
    for (;;) {
      await show(await look({ ...named, topology }, broker, watch), options)
      if (!options.watch) return
      await sleep(WATCH_PAUSE)
    }
  } finally {
    await broker.close()
  }
}

type Planned = NamedPipeline & Pick<PipelineStatus, 'topology'>

async function look({ pipeline, topology }: Planned, broker: Broker, watch: LedgerWatch): Promise<PipelineStatus> {
  const reading = await watch.read()
  const state = await readState(pipeline)
  return {
    pipeline,
    topology,
    broker: broker.address,
    state,
    running: state !== null && (await isRunning(state)),
    reading,
  }
}

async function show(found: PipelineStatus, { json, watch }: StatusOptions): Promise<void> {
  if (json) return printJson(statusData(found))
  const clear = watch && process.stdout.isTTY ? '\u001b[H\u001b[2J' : ''
  await print(`${clear}${statusText(found)}`)
}

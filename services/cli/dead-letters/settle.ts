import { createCodec } from '../../../schemas/codec.ts'
import { Failure } from '../../../topologies/failure.ts'
import type { Topology } from '../../../topologies/topology.ts'
import type { Broker } from '../../brokers/broker.ts'
import { discardLetters, replayLetters } from '../../pipeline/replay/replay.ts'
import { BATCH, type LetterReport, type LetterWork } from '../../pipeline/replay/report.ts'
import { findPipeline, type NamedPipeline } from '../pipelines/find-pipeline.ts'
import { lastingBroker, requireTopic } from '../pipelines/lasting-broker.ts'
import { schemasInUse } from '../schemas-in-use.ts'
import { isRunning } from '../supervision/state.ts'
import { interruption } from '../terminal/interruption.ts'
import { counted } from '../terminal/numbers.ts'
import { print, printJson, tell } from '../terminal/standard-output.ts'
import { type ChoiceOptions, choiceOf } from './options.ts'
import { reportData, reportText } from './report.ts'

interface SettleOptions extends ChoiceOptions {
  broker?: string
  json?: boolean
  limit?: number
  dryRun?: boolean
}

export interface ReplayOptions extends SettleOptions {
  maxAttempts: number
  acceptRecipeChange?: boolean
}

export interface DiscardOptions extends SettleOptions {
  all?: boolean
}

/** Lets dead letters go on, and says where. */
export async function replay(nameOrRecipe: string, options: ReplayOptions): Promise<void> {
  const { maxAttempts, acceptRecipeChange = false } = options
  const named = await findPipeline(nameOrRecipe)
  const running = named.state !== null && (await isRunning(named.state))
  const topology = running ? named.topology : named.planned
  if (!topology) throw unplanned(named)
  const broker = await lastingBroker(options.broker ?? (running ? named.state?.broker : undefined))
  try {
    await requireTopic(broker, named, topology.topics.raw)
    const work = await workOf(named, broker, options)
    const report = await replayLetters({ ...work, topology, maxAttempts, acceptRecipeChange })
    await showReport(named, { report, action: 'replayed', options, running, maxAttempts, named: nameOrRecipe })
  } finally {
    await broker.close()
  }
}

function unplanned({ pipeline }: NamedPipeline): Failure {
  return new Failure(
    'usage',
    `The pipeline ${pipeline} is not up here, so its operators are not known. Name its recipe instead of its name.`,
  )
}

/** Gives up on dead letters. */
export async function discard(nameOrRecipe: string, options: DiscardOptions): Promise<void> {
  if (!options.all && Object.keys(choiceOf(options)).length === 0)
    throw new Failure('usage', 'Say which dead letters to give up on: by --id, --code and the like, or --all of them.')
  const named = await findPipeline(nameOrRecipe)
  const broker = await lastingBroker(options.broker)
  try {
    const report = await discardLetters(await workOf(named, broker, options))
    await showReport(named, {
      report,
      action: 'discarded',
      options,
      running: false,
      maxAttempts: null,
      named: nameOrRecipe,
    })
  } finally {
    await broker.close()
  }
}

async function workOf(named: NamedPipeline, broker: Broker, options: SettleOptions): Promise<LetterWork> {
  const { pipeline, topics } = named
  await requireTopic(broker, named, topics.deadLetters)
  return {
    broker,
    codec: createCodec(await schemasInUse()),
    pipeline,
    topics,
    choice: choiceOf(options),
    limit: options.limit ?? Number.POSITIVE_INFINITY,
    dryRun: options.dryRun === true,
    batch: BATCH,
    signal: interruption(
      'Interrupted; what was settled until now stays settled, and the same command goes on with the rest.',
    ),
    onSettled: (letters) => process.stderr.isTTY && tell(`${counted(letters, 'dead letter')} so far`),
  }
}

interface Settled {
  report: LetterReport
  action: 'replayed' | 'discarded'
  options: SettleOptions
  running: boolean
  maxAttempts: number | null
  named: string
}

/** Letters that were refused make the command fail: somebody has to look at them. */
async function showReport(
  { pipeline, topics }: { pipeline: string; topics: Topology['topics'] },
  settled: Settled,
): Promise<void> {
  const { options, report } = settled
  const reported = { ...settled, pipeline, topics, dryRun: options.dryRun === true }
  if (options.json) await printJson(reportData(reported))
  else await print(reportText(reported))
  if (report.refused.length > 0) process.exitCode = 1
}

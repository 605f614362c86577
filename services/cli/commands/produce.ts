import type { Command } from 'commander'
import { feed } from '../../pipeline/feed.ts'
import { prepareTopics } from '../../pipeline/topics.ts'
import { inputLines } from '../input-lines.ts'
import { loadRecipe, planRecipe } from '../load-recipe.ts'
import { existingPartitions, wholeNumber } from '../options.ts'
import { lastingBroker } from '../pipelines/lasting-broker.ts'
import { abortable, interruption } from '../terminal/interruption.ts'
import { bytes, counted, duration } from '../terminal/numbers.ts'
import { print, printJson, tell } from '../terminal/standard-output.ts'

interface ProduceOptions {
  input?: string[]
  broker?: string
  partitions?: number
  resume?: boolean
  json?: boolean
}

export function define(command: Command): void {
  command
    .argument('<recipe>', 'the recipe of the pipeline to feed')
    .option(
      '--input <path...>',
      "files, directories, patterns, or - for standard input (default: the recipe's dataset_path)",
    )
    .option('--broker <where>', 'local, or HOST:PORT,… (default: MILLRACE_BROKERS, else local)')
    .option('--partitions <n>', 'partitions of every topic that is made anew', wholeNumber)
    .option(
      '--resume',
      'pass over the lines up to the last one on the topic: goes on with a produce that was interrupted',
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  millrace produce recipes/refine.yaml --input corpus/')
    .action(produce)
}

async function produce(path: string, options: ProduceOptions): Promise<void> {
  const loaded = await loadRecipe(path)
  const { recipe } = loaded
  planRecipe(loaded, options)
  const lines = await inputLines(options.input, recipe)
  const broker = await lastingBroker(options.broker)
  const signal = interruption('Interrupted; what was committed stays on the topic.')
  const started = performance.now()
  let committed = 0
  try {
    const topology = planRecipe(loaded, await existingPartitions(broker, recipe, options))
    await prepareTopics(broker, topology)
    const onFed = (records: number) => {
      committed = records
    }
    let behind: string | null = null
    const onResumed = (place: string | null) => {
      behind = place
      tell(place === null ? 'Nothing has been fed yet: begins with the first line.' : `Goes on behind ${place}.`)
    }
    const resuming = options.resume ? { onResumed } : {}
    const fed = await feed({ broker, topology, run: null, lines: abortable(lines, signal), signal, onFed, ...resuming })
    const seconds = (performance.now() - started) / 1000
    const topic = topology.topics.raw
    if (options.json)
      return await printJson({
        pipeline: topology.pipeline,
        topic,
        broker: broker.address,
        ...fed,
        seconds,
        ...(options.resume ? { resumed_behind: behind } : {}),
      })
    await print(
      `${counted(fed.records, 'record')}, ${bytes(fed.bytes)}, in ${duration(seconds)} to ${topic} on ${broker.address}\n`,
    )
  } catch (thrown) {
    const cure = committed > 0 ? ' The same command with --resume goes on behind them.' : ''
    tell(`Up to ${counted(committed, 'record')} were committed before it stopped, and stay.${cure}`)
    throw thrown
  } finally {
    await broker.close()
  }
}

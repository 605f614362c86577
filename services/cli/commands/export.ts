import { type Command, Option } from 'commander'
import { createCodec } from '../../../schemas/codec.ts'
import { Failure } from '../../../topologies/failure.ts'
import { EXPORTS, type ExportKind, exportLine } from '../pipelines/export-lines.ts'
import { findPipeline } from '../pipelines/find-pipeline.ts'
import { lastingBroker, requireTopic } from '../pipelines/lasting-broker.ts'
import { exportTopic } from '../pipelines/topic-export.ts'
import { schemasInUse } from '../schemas-in-use.ts'
import { userPath } from '../settings.ts'
import { interruption } from '../terminal/interruption.ts'
import { bytes, counted } from '../terminal/numbers.ts'
import { print, printJson, tell } from '../terminal/standard-output.ts'

interface ExportOptions {
  topic: ExportKind
  output: string
  gzip?: boolean
  zstd?: boolean
  follow?: boolean
  broker?: string
  json?: boolean
}

export function define(command: Command): void {
  command
    .argument('<pipeline>', 'recipe of a pipeline, or its name')
    .addOption(new Option('--topic <kind>', 'what to write').choices(EXPORTS).default('refined'))
    .requiredOption('--output <directory>', 'where the part files go: <topic>-<partition>-<from>-<to>.jsonl')
    .option('--gzip', 'pack the parts with gzip')
    .option('--zstd', 'pack the parts with zstd')
    .option('--follow', 'go on with what comes, until Ctrl-C')
    .option('--broker <where>', 'local, or HOST:PORT,… (default: MILLRACE_BROKERS, else local)')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLE)
    .action(exportParts)
}

const EXAMPLE = `
Each record is written once: run it again, after a crash too, and it goes on behind the parts that are there.

Example:
  millrace export recipes/refine.yaml --topic rejected --output rejected/ --zstd`

async function exportParts(nameOrRecipe: string, options: ExportOptions): Promise<void> {
  if (options.gzip && options.zstd) throw new Failure('usage', 'A part is packed one way: choose --gzip or --zstd.')
  const named = await findPipeline(nameOrRecipe)
  const topic = topicOf(named.topics, options.topic)
  const broker = await lastingBroker(options.broker)
  try {
    await requireTopic(broker, named, topic)
    const signal = interruption(
      'Interrupted; the parts that are finished stay, and the next export goes on behind them.',
    )
    const line = exportLine(options.topic, createCodec(await schemasInUse()))
    const directory = userPath(options.output)
    const follow = options.follow === true
    if (follow) tell(`Following ${topic}; Ctrl-C ends it.`)
    const done = await exportTopic({ broker, topic, directory, packing: packingOf(options), line, follow, signal })
    if (options.json) return await printJson({ pipeline: named.pipeline, topic, directory, ...done })
    const news =
      done.records === 0
        ? 'nothing new'
        : `${counted(done.records, 'record')}, ${bytes(done.bytes)} in ${counted(done.files.length, 'part')}`
    await print(`${topic} -> ${options.output}: ${news}\n`)
  } finally {
    await broker.close()
  }
}

function topicOf(topics: { refined: string; rejected: string; deadLetters: string }, kind: ExportKind): string {
  return kind === 'dead-letters' ? topics.deadLetters : topics[kind]
}

function packingOf({ gzip, zstd }: ExportOptions): 'plain' | 'gzip' | 'zstd' {
  if (gzip) return 'gzip'
  return zstd ? 'zstd' : 'plain'
}

import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Command } from 'commander'
import { createCodec } from '../../../schemas/codec.ts'
import type { Topology } from '../../../topologies/topology.ts'
import { removeStores } from '../../dataset/store/level-store.ts'
import type { Report } from '../../pipeline/report.ts'
import { runPipeline } from '../../pipeline/run.ts'
import { inputLines } from '../input-lines.ts'
import { insideLauncher, processLauncher } from '../launch.ts'
import { loadRecipe, planRecipe } from '../load-recipe.ts'
import { stderrLog } from '../log.ts'
import { openBroker } from '../open-broker.ts'
import { existingPartitions, sharedArguments, wholeNumber } from '../options.ts'
import { exportSettings, outputFile } from '../output-file.ts'
import { schemasInUse } from '../schemas-in-use.ts'
import { assetsPath, home, userPath } from '../settings.ts'
import { abortable, interruption } from '../terminal/interruption.ts'
import { printReport } from '../terminal/print-report.ts'
import { progressView } from '../terminal/progress.ts'
import { requireOperators } from '../trial/operator-check.ts'

export interface RunOptions {
  input?: string[]
  output?: string
  broker?: string
  assets?: string
  isolate?: boolean
  replicas?: number
  partitions?: number
  json?: boolean
}

export function define(command: Command): void {
  command
    .argument('<recipe>', 'a Data-Juicer recipe (YAML)')
    .option(
      '--input <path...>',
      "files, directories, globs, or - for standard input (default: the recipe's dataset_path)",
    )
    .option(
      '--output <path>',
      "refined documents: .jsonl, .json (plain, .gz or .zst), .parquet, or - (default: the recipe's export_path)",
    )
    .option(
      '--broker <where>',
      'local (Kafka on this machine), memory, or HOST:PORT,… (default: MILLRACE_BROKERS, else local)',
    )
    .option('--assets <directory>', 'word lists and models (default: MILLRACE_ASSETS)')
    .option('--isolate', 'give every operator a service of its own')
    .option('--replicas <n>', 'replicas of every stage', wholeNumber)
    .option('--partitions <n>', 'partitions of every topic that is made anew', wholeNumber)
    .option('--json', 'print the closing report as one JSON object')
    .addHelpText('after', '\nExample:\n  millrace run recipes/refine.yaml --input corpus/ --output refined.jsonl.zst')
    .action(async (recipe: string, options: RunOptions) => {
      await printReport(await runRecipe(recipe, options), options.json === true)
    })
}

/** Runs a recipe to its end: opens the broker, starts the stages, feeds, collects, and gives the closing report. */
export async function runRecipe(path: string, options: RunOptions): Promise<Report> {
  const loaded = await loadRecipe(path)
  const { recipe } = loaded
  const view = progressView(process.stderr)
  const log = stderrLog('warn', 'millrace')
  await requireOperators(planRecipe(loaded, options), assetsPath(options.assets))
  const lines = await inputLines(options.input, recipe)
  const outputPath = options.output ?? recipe.exportPath
  const output = outputPath ? await outputFile(userPath(outputPath), exportSettings(options.output, recipe)) : null
  const broker = await openBroker({ choice: options.broker, tell: (line) => process.stderr.write(`${line}\n`), log })
  try {
    const topology = planRecipe(loaded, await existingPartitions(broker, recipe, options))
    const schemas = await schemasInUse()
    const assets = assetsPath(options.assets)
    const inside = broker.kind === 'memory'
    const stores = inside ? await mkdtemp(join(tmpdir(), 'millrace-stores-')) : join(home(), 'stores')
    const launch = inside
      ? insideLauncher({ broker, topology, schemas, assets, log, stores })
      : processLauncher({
          args: await sharedArguments({ path, source: loaded.source, broker, topology }, options),
          logs: join(home(), 'logs', topology.pipeline),
        })
    const run = `${new Date().toISOString().replace(/[-:.]/g, '')}-${process.pid}`
    const signal = interruption('Interrupted; what was fed stays on the topics, and the next run finishes it first.')
    const report = await runPipeline({
      broker,
      topology,
      codec: createCodec(schemas),
      launch,
      lines: abortable(lines, signal),
      output,
      run,
      log,
      signal,
      onProgress: view.show,
    })
    await removeStores(inside ? dirname(stores) : stores, inside ? [basename(stores)] : passingStores(topology))
    return report
  } finally {
    view.clear()
    await broker.close()
  }
}

/** The stores of indexes that go with the run. */
function passingStores({ stages }: Topology): string[] {
  return stages.flatMap(({ serves, group }) => (serves && !serves.lasting ? [group] : []))
}

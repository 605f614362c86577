import type { Command } from 'commander'
import { Failure } from '../../../topologies/failure.ts'
import type { Topology } from '../../../topologies/topology.ts'
import { loadRecipe, planRecipe } from '../load-recipe.ts'
import { wholeNumber } from '../options.ts'
import { PROJECT, userDirectory } from '../settings.ts'
import { print, printJson } from '../terminal/standard-output.ts'

interface PlanCommandOptions {
  isolate?: boolean
  replicas?: number
  partitions?: number
  continuous?: boolean
  json?: boolean
  mermaid?: boolean
  cron?: string
}

export function define(command: Command): void {
  command
    .argument('<recipe>', 'a Data-Juicer recipe (YAML)')
    .option('--isolate', 'give every operator a service of its own')
    .option('--replicas <n>', 'replicas of every stage', wholeNumber)
    .option('--partitions <n>', 'partitions of every topic', wholeNumber)
    .option('--continuous', 'plan as `up` does, for an input without an end')
    .option('--json', 'print the topology as JSON')
    .option('--mermaid', 'print a Mermaid flow chart')
    .option(
      '--cron <schedule>',
      'print what refreshes the recipe at these times: a line for crontab, a Kubernetes CronJob',
    )
    .addHelpText('after', EXAMPLE)
    .action(async (path: string, options: PlanCommandOptions) => {
      if (options.mermaid && (options.json || options.cron !== undefined))
        throw new Failure(
          'usage',
          '--mermaid, --json and --cron print different things, and only --cron has a --json of its own: choose one.',
        )
      const loaded = await loadRecipe(path)
      const topology = planRecipe(loaded, options)
      if (options.cron === undefined) return print(await described(topology, options))
      const { scheduled } = await import('../refreshes/schedule.ts')
      const found = scheduled({
        cron: options.cron,
        pipeline: topology.pipeline,
        recipe: path,
        directory: userDirectory(),
        project: PROJECT.replace(/[/\\]$/, ''),
        output: loaded.recipe.exportPath === null ? `${topology.pipeline}-refreshes` : null,
        brokers: process.env.MILLRACE_BROKERS ?? 'localhost:9092',
      })
      await (options.json ? printJson(found) : print(`${found.crontab}\n\n${found.cronjob}`))
    })
}

const EXAMPLE = `
Example:
  millrace plan recipes/refine.yaml --isolate --mermaid
  millrace plan recipes/refresh.yaml --cron "0 3 1 * *"`

async function described(topology: Topology, { json, mermaid }: PlanCommandOptions): Promise<string> {
  if (json) return (await import('../../../topologies/describe/json.ts')).describeJson(topology)
  if (mermaid) return (await import('../../../topologies/describe/mermaid.ts')).describeMermaid(topology)
  return (await import('../../../topologies/describe/text.ts')).describeText(topology)
}

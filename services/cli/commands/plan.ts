import type { Command } from 'commander'
import { Failure } from '../../../topologies/failure.ts'
import type { Topology } from '../../../topologies/topology.ts'
import { loadRecipe, planRecipe } from '../load-recipe.ts'
import { wholeNumber } from '../options.ts'
import { print } from '../terminal/standard-output.ts'

interface PlanCommandOptions {
  isolate?: boolean
  replicas?: number
  partitions?: number
  continuous?: boolean
  json?: boolean
  mermaid?: boolean
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
    .addHelpText('after', '\nExample:\n  millrace plan recipes/refine.yaml --isolate --mermaid')
    .action(async (path: string, options: PlanCommandOptions) => {
      if (options.json && options.mermaid)
        throw new Failure('usage', '--json and --mermaid are two forms of one plan: choose one.')
      const loaded = await loadRecipe(path)
      await print(await described(planRecipe(loaded, options), options))
    })
}

async function described(topology: Topology, { json, mermaid }: PlanCommandOptions): Promise<string> {
  if (json) return (await import('../../../topologies/describe/json.ts')).describeJson(topology)
  if (mermaid) return (await import('../../../topologies/describe/mermaid.ts')).describeMermaid(topology)
  return (await import('../../../topologies/describe/text.ts')).describeText(topology)
}

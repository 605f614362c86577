import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BUNDLED_IDS } from '../../schemas/ids.ts'
import type { Broker } from '../../services/brokers/broker.ts'
import { insideLauncher } from '../../services/cli/launch.ts'
import { loadModules } from '../../services/cli/modules.ts'
import { catalog } from '../../services/operators/catalog.ts'
import type { Launch } from '../../services/pipeline/fleet.ts'
import { plan } from '../../topologies/plan.ts'
import { parseRecipe } from '../../topologies/recipe/recipe.ts'
import type { Topology } from '../../topologies/topology.ts'
import { quiet } from './pipelines.ts'

/** Compiles a recipe that names modules of test/support/operators; throws its problems as text. */
export async function ownTopology(recipe: string, names: string[] = ['./dangerous.ts']): Promise<Topology> {
  const { modules, found } = await loadModules(names, 'test/support/operators')
  const parsed = parseRecipe(recipe, { file: 'test.yaml', catalog, modules })
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems))
  const planned = plan(parsed.recipe, parsed.recipe.catalog, { modules: found })
  if ('problems' in planned) throw new Error(JSON.stringify(planned.problems))
  return planned.topology
}

/** Runs every replica in this process with its operators in threads of their own, as `run --broker memory` does. */
export function threadLauncher(broker: Broker, topology: Topology): Launch {
  const schemas = { ids: BUNDLED_IDS, older: [] }
  return insideLauncher({
    broker,
    topology,
    schemas,
    assets: 'test/support/assets',
    stores: mkdtempSync(join(tmpdir(), 'millrace-stores-')),
    log: quiet,
  })
}

import { existsSync } from 'node:fs'
import { Failure } from '../../../topologies/failure.ts'
import { lastingTopics, pipelineNameFault } from '../../../topologies/names.ts'
import type { Topology } from '../../../topologies/topology.ts'
import { userPath } from '../settings.ts'
import { type PipelineState, readState } from '../supervision/state.ts'

/** A pipeline that a user named, by its recipe or by its name alone. */
export interface NamedPipeline {
  pipeline: string
  topics: Topology['topics']
  /** What its supervisor wrote down, when it was started here by `up`. */
  state: PipelineState | null
  /** How it is planned: as it runs, or else as the recipe says; null when only the name is known. */
  topology: Topology | null
  /** How the recipe plans it now; null when only the name is known. */
  planned: Topology | null
}

/** A name with a slash or a YAML suffix is a path even when nothing is there, so that the message names the file. */
const RECIPE = /[/\\]|\.ya?ml$/i

/** Finds the pipeline behind a recipe's path or a pipeline's name. Throws Failure `usage`, `input_missing` or `recipe_invalid`. */
export async function findPipeline(nameOrRecipe: string, options: { isolate?: boolean } = {}): Promise<NamedPipeline> {
  if (RECIPE.test(nameOrRecipe) || existsSync(userPath(nameOrRecipe))) return ofRecipe(nameOrRecipe, options)
  const fault = pipelineNameFault(nameOrRecipe)
  if (fault)
    throw new Failure('usage', `"${nameOrRecipe}" is neither a recipe nor the name of a pipeline: a name ${fault}.`)
  const state = await readState(nameOrRecipe)
  return {
    pipeline: nameOrRecipe,
    topics: state?.topology.topics ?? lastingTopics(nameOrRecipe),
    state,
    topology: state?.topology ?? null,
    planned: null,
  }
}

async function ofRecipe(path: string, options: { isolate?: boolean }): Promise<NamedPipeline> {
  const { loadRecipe, planRecipe } = await import('../load-recipe.ts')
  const loaded = await loadRecipe(path)
  const topology = planRecipe(loaded, options)
  const state = await readState(topology.pipeline)
  return {
    pipeline: topology.pipeline,
    topics: topology.topics,
    state,
    topology: state?.topology ?? topology,
    planned: topology,
  }
}

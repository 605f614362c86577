import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { classify, Failure } from '../../topologies/failure.ts'
import { plan } from '../../topologies/plan.ts'
import type { Note, Problem } from '../../topologies/recipe/problem.ts'
import { moduleNames, parseRecipe, type Recipe } from '../../topologies/recipe/recipe.ts'
import type { Module, Topology } from '../../topologies/topology.ts'
import { catalog } from '../operators/catalog.ts'
import { loadModules } from './modules.ts'
import { userPath } from './settings.ts'

/** A recipe that cannot run: every mistake with its place. */
export class RecipeMistakes extends Failure {
  readonly problems: Problem[]

  constructor(problems: Problem[]) {
    const count = problems.length === 1 ? '1 mistake' : `${problems.length} mistakes`
    super(
      'recipe_invalid',
      `${problems[0]?.file ?? 'The recipe'} has ${count}:\n${problems.map(problemLine).join('\n')}`,
    )
    this.problems = problems
  }
}

/** `file:line:column path: what is wrong (cure)`. */
export function problemLine(problem: Problem): string {
  const hint = problem.hint ? ` (${problem.hint})` : ''
  return `  ${problem.file}:${problem.line}:${problem.column} ${problem.path ? `${problem.path}: ` : ''}${problem.message}${hint}`
}

export interface LoadedRecipe {
  recipe: Recipe
  notes: Note[]
  /** The recipe's own operators, for the plan. */
  modules: Module[]
  /** The recipe's text. */
  source: string
}

/**
 * Reads and checks a recipe; throws RecipeMistakes with all of them.
 * @param original where the recipe lies of which this file is a copy: names and modules are those from there
 */
export async function loadRecipe(path: string, original = path): Promise<LoadedRecipe> {
  const absolute = userPath(path)
  const source = await readFile(absolute, 'utf8').catch((thrown: unknown) => {
    throw new Failure('input_missing', `The recipe ${path} cannot be read: ${classify(thrown).message}`, {
      cause: thrown,
    })
  })
  const loaded = await loadModules(moduleNames(source), dirname(userPath(original)))
  const parsed = parseRecipe(source, { file: original, catalog, modules: loaded.modules })
  if ('problems' in parsed) throw new RecipeMistakes(parsed.problems)
  return { ...parsed, modules: loaded.found, source }
}

export interface PlanOptions {
  isolate?: boolean
  replicas?: number
  partitions?: number
  /** Of indexes that exist already. */
  shards?: number
  /** The input has no end. */
  continuous?: boolean
}

/** Plans a checked recipe; throws RecipeMistakes for what only the plan can see. */
export function planRecipe({ recipe, modules }: LoadedRecipe, options: PlanOptions): Topology {
  const planned = plan(recipe, recipe.catalog, { ...options, modules })
  if ('problems' in planned) throw new RecipeMistakes(planned.problems)
  return planned.topology
}

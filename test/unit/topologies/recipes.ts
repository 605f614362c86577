import type { Note, Problem } from '../../../topologies/recipe/problem.ts'
import { parseRecipe, type Recipe } from '../../../topologies/recipe/recipe.ts'
import { sampleCatalog as catalog } from './sample-catalog.ts'

/** A recipe of the sample operators that must be in order. */
export function recipeOf(source: string, file = 'recipes/sample.yaml'): Recipe {
  return parsed(source, file).recipe
}

/** What is made of the keys of a recipe that must be in order. */
export function notesOf(source: string): Note[] {
  return parsed(source, 'recipes/sample.yaml').notes
}

/** The mistakes of a recipe; none when it is in order. */
export function problemsOf(source: string): Problem[] {
  const result = parseRecipe(source, { file: 'recipes/sample.yaml', catalog })
  return 'problems' in result ? result.problems : []
}

/** Mistakes as `line:column path`. */
export function placesOf(source: string): string[] {
  return problemsOf(source).map(({ line, column, path }) => `${line}:${column} ${path}`)
}

function parsed(source: string, file: string): { recipe: Recipe; notes: Note[] } {
  const result = parseRecipe(source, { file, catalog })
  if ('problems' in result)
    throw new Error(result.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'))
  return result
}

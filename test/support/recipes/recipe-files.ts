import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'

const RECIPES = 'recipes'

/** The recipes of the project, as paths from its root, those of the top first. */
export function recipeFiles(): string[] {
  const names = readdirSync(RECIPES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'))
  const depth = (name: string) => name.split(sep).length
  return names.sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1)).map((name) => join(RECIPES, name))
}

/** What a recipe is for: the first paragraph of its head. */
export function purposeOf(path: string): string {
  const lines = readFileSync(path, 'utf8').split('\n')
  const end = lines.findIndex((line) => !line.startsWith('# '))
  return lines
    .slice(0, end)
    .map((line) => line.slice(2))
    .join(' ')
}

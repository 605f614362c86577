import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadRecipe, planRecipe } from '../../../services/cli/load-recipe.ts'
import { catalogWith, loadModules } from '../../../services/cli/modules.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-modules-'))

function written(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return name
}

async function faultOf(name: string, text: string): Promise<string> {
  const { modules } = await loadModules([written(name, text)], folder)
  const module = modules.get(name)
  return module && 'fault' in module ? module.fault : ''
}

test('a module that is no operator is told apart from one that is, by what it lacks', async () => {
  expect((await loadModules(['nowhere.ts'], folder)).modules.get('nowhere.ts')).toEqual({
    fault: 'nowhere.ts cannot be loaded as an operator: there is no such file',
  })
  expect(await faultOf('empty.ts', 'export const x = 1')).toContain('the default export is none')
  expect(await faultOf('broken.ts', 'export default {')).toContain('cannot be loaded')
  expect(await faultOf('nameless.ts', 'export default { kind: "filter" }')).toContain('name must be a text')
})

test('a recipe plans with its own operator under the name that it gives itself', async () => {
  const loaded = await loadRecipe('recipes/own-operators.yaml')
  const topology = planRecipe(loaded, { isolate: true })
  expect(topology.stages.map(({ name }) => name)).toContain('02-keep-questions-filter')
  expect(topology.modules).toMatchObject([{ name: 'keep_questions_filter' }])
  expect((await catalogWith(topology.modules)).get('keep_questions_filter')?.kind).toBe('filter')
})

test('a changed module makes another recipe, and a worker that finds another file refuses it', async () => {
  const source =
    'export default { name: "a_filter", kind: "filter", on: "text", summary: "A.", parameters: P, reasons: [], examples: [], create: () => ({ stats: [], measure: () => ({}), judge: () => null }) }'
  const zod = import.meta.resolve('zod')
  const module = (extra: string) =>
    `import { z } from ${JSON.stringify(zod)}\nconst P = z.object({})\n${source}${extra}`
  written('own.ts', module(''))
  written('own.yaml', 'process: [./own.ts]\nstream: {allow_code: true}\n')
  const before = planRecipe(await loadRecipe(join(folder, 'own.yaml')), {})
  written('own.ts', module('\n// another'))
  await expect(catalogWith(before.modules)).rejects.toMatchObject({ code: 'plan_changed' })
  expect(planRecipe(await loadRecipe(join(folder, 'own.yaml')), {}).recipe).not.toBe(before.recipe)
})

test('without stream.allow_code a module is a mistake of the recipe, and it is not run', async () => {
  written('evil.ts', 'process.exit(3)')
  written('evil.yaml', 'process: [./evil.ts]\n')
  await expect(loadRecipe(join(folder, 'evil.yaml'))).rejects.toThrow(/allow_code/)
})

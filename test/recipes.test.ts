import { basename } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { loadRecipe, planRecipe } from '../services/cli/load-recipe.ts'
import { operatorContext } from '../services/cli/operator-context.ts'
import { runTests, type TestResult } from '../services/cli/trial/recipe-tests.ts'
import type { RecipeTest } from '../topologies/recipe/expectations.ts'
import { recipeAssets } from './support/recipes/recipe-assets.ts'
import { purposeOf, recipeFiles } from './support/recipes/recipe-files.ts'

const files = recipeFiles()
/** In folders, by what they are for; each says where it comes from and shows what it does. */
const ready = files.filter((path) => path.split('/').length > 2)
/** Keys that Data-Juicer's recipes have and that mean nothing here. */
const OF_NO_EFFECT = ['union_find_parallel_num', 'doc_type']
/** Documents that these drop are too long to be shown. */
const NOT_SHOWN = ['demo maximum_line_length_filter']

let assets = ''
beforeAll(() => {
  assets = recipeAssets()
})

async function results(path: string): Promise<{ tests: RecipeTest[]; shown: TestResult[] }> {
  const loaded = await loadRecipe(path)
  const topology = planRecipe(loaded, {})
  const { tests, catalog } = loaded.recipe
  const context = operatorContext(assets, topology.permissions)
  return { tests, shown: await runTests(tests, { topology, catalog, context }) }
}

describe.each(files)('%s', (path) => {
  test('has no mistake, and no key without effect', async () => {
    const loaded = await loadRecipe(path)
    planRecipe(loaded, {})
    const idle = loaded.notes.filter(({ treatment }) => treatment !== 'honoured').map(({ path: key }) => key)
    expect(idle.filter((key) => !OF_NO_EFFECT.includes(key.split('.').at(-1) ?? ''))).toEqual([])
  })

  test('passes its own tests', async () => {
    const { shown } = await results(path)
    expect(shown.flatMap(({ name, difference }) => (difference.length > 0 ? [name, ...difference] : []))).toEqual([])
  })
})

describe.each(ready)('%s', (path) => {
  test('says what it is for, where it comes from, and is named like its pipeline', async () => {
    const { recipe, source } = await loadRecipe(path)
    expect(purposeOf(path)).toMatch(/^[A-Z].*\.$/)
    expect(source).toContain(`run ${path}`)
    expect(source).toMatch(/# .*(Data-Juicer’s|PAI-Designer’s)/)
    expect(recipe.pipeline).toBe(basename(path, '.yaml'))
  })

  test('shows at least four documents, with more than one fate', async () => {
    const { tests } = (await loadRecipe(path)).recipe
    expect(tests.length).toBeGreaterThanOrEqual(4)
    expect(new Set(tests.map(({ expect: fate }) => Object.keys(fate)[0])).size).toBeGreaterThan(1)
  })
})

describe.each([...new Set(ready.map((path) => path.split('/')[1] ?? ''))])('the recipes of %s', (family) => {
  test('show each of their operators that can drop a document as it drops one', async () => {
    const loaded = await Promise.all(
      ready.filter((path) => path.split('/')[1] === family).map((path) => loadRecipe(path)),
    )
    const dropping = loaded.flatMap(({ recipe }) =>
      recipe.operators.filter(({ name }) => /_(filter|deduplicator)$/.test(name)),
    )
    const shown = loaded.flatMap(({ recipe }) => recipe.tests.map(({ expect: fate }) => fate.rejected))
    const missing = [...new Set(dropping.map(({ name }) => name))].filter((name) => !shown.includes(name))
    expect(missing.map((name) => `${family} ${name}`)).toEqual(
      NOT_SHOWN.filter((name) => name.startsWith(`${family} `)),
    )
  })
})

test('a folder holds at most fifteen', () => {
  const sizes = Map.groupBy(ready, (path) => path.split('/')[1])
  expect(Math.max(...Array.from(sizes.values(), ({ length }) => length))).toBeLessThanOrEqual(15)
})

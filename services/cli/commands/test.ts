import type { Command } from 'commander'
import { loadRecipe, planRecipe } from '../load-recipe.ts'
import { operatorContext } from '../operator-context.ts'
import { assetsPath } from '../settings.ts'
import { print, printJson } from '../terminal/standard-output.ts'
import { runTests, type TestResult } from '../trial/recipe-tests.ts'

interface TestOptions {
  assets?: string
  json?: boolean
}

interface RecipeResult {
  file: string
  tests: TestResult[]
}

export function define(command: Command): void {
  command
    .argument('<recipe...>', 'Data-Juicer recipes (YAML) with tests of their own')
    .option('--assets <directory>', 'word lists and models (default: MILLRACE_ASSETS)')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  millrace test recipes/quickstart.yaml')
    .action(testRecipes)
}

async function testRecipes(paths: string[], options: TestOptions): Promise<void> {
  const recipes: RecipeResult[] = []
  for (const path of paths) {
    const loaded = await loadRecipe(path)
    const { recipe } = loaded
    const topology = planRecipe(loaded, {})
    const context = operatorContext(assetsPath(options.assets), topology.permissions)
    const tests =
      recipe.tests.length > 0 ? await runTests(recipe.tests, { topology, catalog: recipe.catalog, context }) : []
    recipes.push({ file: recipe.file, tests })
    if (!options.json) await print(resultText({ file: recipe.file, tests }))
  }
  const all = recipes.flatMap(({ tests }) => tests)
  const failed = all.filter(({ passed }) => !passed).length
  if (options.json) await printJson({ recipes, passed: all.length - failed, failed })
  else await print(`${all.length - failed} passed, ${failed} failed\n`)
  if (failed > 0) process.exitCode = 1
}

function resultText({ file, tests }: RecipeResult): string {
  if (tests.length === 0) return `${file}: it has no tests\n`
  const lines = tests.flatMap((test) => [
    `  ${test.passed ? 'pass' : 'FAIL'}  ${test.name}`,
    ...test.difference.map((line) => `          ${line}`),
  ])
  return `${[file, ...lines].join('\n')}\n`
}

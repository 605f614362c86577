import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { assetsOf } from '../../services/cli/assets/needs.ts'
import { loadRecipe, planRecipe } from '../../services/cli/load-recipe.ts'
import { operatorContext } from '../../services/cli/operator-context.ts'
import { recipeAssets } from '../support/recipes/recipe-assets.ts'
import { purposeOf, recipeFiles } from '../support/recipes/recipe-files.ts'

const PAGE = 'recipes/RECIPES.md'
const HEAD = `# Recipes

Made from the recipes themselves by \`UPDATE_GOLDEN=1 npx vitest run --config infra/vitest.config.ts test/golden\`; a test keeps it
fresh. \`millrace test RECIPE\` shows what one keeps and drops, \`millrace assets fetch --recipe RECIPE\` gets what it needs, and
[OPERATORS.md](OPERATORS.md) says what its operators do. Recipes in folders follow those of Data-Juicer, or the templates of
PAI-Designer, in their operators, order and bounds; the bounds were found there for those data sets, so look at yours with
\`millrace analyze RECIPE\` first. Each runs in CI against small stand-ins for the word lists and models. Data-Juicer takes the same files
without \`tests\`, which it does not know.
`

let assets = ''
beforeAll(() => {
  assets = recipeAssets()
})

test('the table of recipes says what their files say', async () => {
  const families = Map.groupBy(recipeFiles(), (path) => path.split('/').slice(1, -1).join('/'))
  const tables: string[] = []
  for (const [family, paths] of families) {
    const rows = await Promise.all(paths.map(rowOf))
    const title = family === '' ? 'First steps' : family
    tables.push(
      `\n## ${title}\n\n| recipe | what for | operators | needs | tests |\n|---|---|--:|---|--:|\n${rows.join('\n')}\n`,
    )
  }
  const page = HEAD + tables.join('')
  if (process.env.UPDATE_GOLDEN) writeFileSync(PAGE, page)
  expect(readFileSync(PAGE, 'utf8')).toBe(page)
})

async function rowOf(path: string): Promise<string> {
  const loaded = await loadRecipe(path)
  const { operators, tests, catalog } = loaded.recipe
  const topology = planRecipe(loaded, {})
  const needed = [...assetsOf(topology, catalog, operatorContext(assets, topology.permissions)).keys()]
  const shown = needed.filter((name) => !name.endsWith('tokenizer_config.json')).sort()
  const link = `[${basename(path, '.yaml')}](${path.slice('recipes/'.length)})`
  return `| ${link} | ${purposeOf(path)} | ${operators.length} | ${shown.join(', ')} | ${tests.length} |`
}

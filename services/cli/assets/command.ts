import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { originOf } from '../../../topologies/assets.ts'
import { Failure } from '../../../topologies/failure.ts'
import { loadRecipe, planRecipe } from '../load-recipe.ts'
import { operatorContext } from '../operator-context.ts'
import { assetsPath } from '../settings.ts'
import { print, printJson } from '../terminal/standard-output.ts'
import { table } from '../terminal/table.ts'
import { readChecksums } from './checksums.ts'
import { fetchAsset } from './fetching.ts'
import { assetsOf } from './needs.ts'
import { verify } from './verification.ts'

interface Options {
  assets?: string
  recipe?: string[]
  sha256?: string
  json?: boolean
}

const NO_EFFECTS = { files: false, code: false, downloads: false, endpoints: false } as const

export function define(command: Command): void {
  command.addHelpText('after', '\nExample:\n  millrace assets list recipes/refine.yaml')
  command
    .command('list')
    .description('the assets that recipes need: what is there, and where the rest comes from')
    .argument('<recipe...>', 'Data-Juicer recipes (YAML)')
    .option('--assets <directory>', 'word lists and models (default: MILLRACE_ASSETS)')
    .option('--json', 'print one JSON array')
    .addHelpText('after', '\nExample:\n  millrace assets list recipes/refine.yaml')
    .action(list)
  command
    .command('fetch')
    .description('fetch assets by name, or all that recipes lack')
    .argument('[asset...]', 'names, as lid.176.bin')
    .option('--recipe <recipe...>', 'what these recipes lack')
    .option('--sha256 <sum>', 'what the asset must be; otherwise what it was when it was fetched before')
    .option('--assets <directory>', 'where to put them (default: MILLRACE_ASSETS)')
    .option('--json', 'print one JSON array')
    .addHelpText('after', '\nExample:\n  millrace assets fetch en.sp.model en.arpa.bin')
    .action(fetchAll)
  command
    .command('verify')
    .description('compare assets with their checksums, and open each as an operator would')
    .argument('[asset...]', 'names; all that were fetched when none is given')
    .option('--recipe <recipe...>', 'what these recipes need')
    .option('--assets <directory>', 'word lists and models (default: MILLRACE_ASSETS)')
    .option('--json', 'print one JSON array')
    .addHelpText('after', '\nExample:\n  millrace assets verify --recipe recipes/refine.yaml')
    .action(verifyAll)
}

async function neededBy(recipes: string[], assets: string): Promise<Map<string, Set<string>>> {
  const needed = new Map<string, Set<string>>()
  for (const path of recipes) {
    const loaded = await loadRecipe(path)
    const topology = planRecipe(loaded, {})
    const users = assetsOf(topology, loaded.recipe.catalog, operatorContext(assets, topology.permissions))
    for (const [name, operators] of users) needed.set(name, (needed.get(name) ?? new Set()).union(operators))
  }
  return needed
}

async function list(recipes: string[], options: Options): Promise<void> {
  const assets = assetsPath(options.assets)
  const needed = await neededBy(recipes, assets)
  const entries = [...needed]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, operators]) => {
      const path = join(assets, name)
      const origin = originOf(name)
      return {
        name,
        bytes: existsSync(path) ? statSync(path).size : null,
        operators: [...operators].sort(),
        from: origin?.addresses ?? [],
        licence: origin?.licence ?? null,
      }
    })
  if (options.json) return printJson(entries)
  const rows = entries.map(({ name, bytes, operators, from, licence }) => [
    name,
    bytes === null ? 'missing' : `${bytes}`,
    operators.join(' '),
    from[0] ?? '',
    licence ?? '',
  ])
  const heads = ['asset', 'bytes', 'operators', 'from', 'licence'].map((head) => ({ head }))
  await print(entries.length === 0 ? 'No assets are needed.\n' : `${table(heads, rows).join('\n')}\n`)
}

async function fetchAll(names: string[], options: Options): Promise<void> {
  const assets = assetsPath(options.assets)
  const lacking = [...(await neededBy(options.recipe ?? [], assets)).keys()].filter(
    (name) => !existsSync(join(assets, name)),
  )
  const wanted = [...new Set([...names, ...lacking])]
  if (names.length === 0 && !options.recipe) throw new Failure('usage', 'Name assets, or recipes by --recipe.')
  if (options.sha256 && wanted.length !== 1) throw new Failure('usage', '--sha256 is for a single asset.')
  const fetched: { name: string; sha256: string }[] = []
  for (const name of wanted) {
    const sha256 = await fetchAsset(name, { assets, ...(options.sha256 ? { sha256: options.sha256 } : {}) })
    fetched.push({ name, sha256 })
    if (!options.json) await print(`${name}  ${sha256}\n`)
  }
  if (options.json) await printJson(fetched)
}

async function verifyAll(names: string[], options: Options): Promise<void> {
  const assets = assetsPath(options.assets)
  const checksums = await readChecksums(assets)
  const needed = [...(await neededBy(options.recipe ?? [], assets)).keys()]
  const chosen = names.length + needed.length > 0 ? [...new Set([...names, ...needed])] : [...checksums.keys()]
  const context = operatorContext(assets, NO_EFFECTS)
  const found = []
  for (const name of chosen) found.push(await verify(name, checksums.get(name), context))
  if (options.json) await printJson(found)
  else
    for (const { name, state, sha256, what } of found)
      await print(`${state.padEnd(8)} ${name}${sha256 ? `  ${sha256}` : ''}${what ? `  ${what}` : ''}\n`)
  if (found.some(({ state }) => state !== 'sound')) process.exitCode = 1
}

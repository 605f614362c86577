import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import type { AnalysisReport } from '../../../../services/analysis/report.ts'
import { analysed } from '../../../../services/cli/analyses/analysis.ts'
import { type BuiltFilter, filtersOf } from '../../../../services/cli/analyses/filters.ts'
import { documentsOf, fileCandidates } from '../../../../services/cli/analyses/records.ts'
import { refinedRecipe } from '../../../../services/cli/analyses/refined-recipe.ts'
import { operatorContext } from '../../../../services/cli/operator-context.ts'
import { catalog } from '../../../../services/operators/catalog.ts'
import { parseRecipe } from '../../../../topologies/recipe/recipe.ts'
import { topologyOf } from '../../../support/pipelines.ts'

const recorded = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../../support/analyses/${name}`, import.meta.url)), 'utf8')
const recipe = recorded('mill.yaml')
const theirs: {
  overall: Record<string, Record<string, number | string>>
  pearson: Record<string, Record<string, number>>
  spearman: Record<string, Record<string, number>>
  bounds: Record<string, Record<string, number>>[]
} = JSON.parse(recorded('data-juicer.json'))

const SHARES: Record<string, number> = { '5%': 0.05, '25%': 0.25, '50%': 0.5, '75%': 0.75, '95%': 0.95 }
/** Its stats pass through JSON with ten digits. */
const CLOSE = 1e-9

let filters: BuiltFilter[]
let ours: AnalysisReport

beforeAll(async () => {
  const topology = topologyOf(recipe)
  filters = filtersOf(topology, catalog, operatorContext('', topology.permissions))
  const lines = recorded('mill.jsonl').trimEnd().split('\n')
  async function* groups() {
    yield lines.map((line, i) => ({ bytes: Buffer.from(line), place: `mill.jsonl:${i + 1}` }))
  }
  const documents = documentsOf(fileCandidates(groups()), topology)
  ours = await analysed({ topology, filters, documents, input: 'mill.jsonl', sample: null, leftOut: [] })
})

describe("what Data-Juicer's analyzer says of the same documents", () => {
  test('is said of every stat, texts and lists among them', () => {
    expect(ours.stats.map(({ stat }) => stat).sort()).toEqual(Object.keys(theirs.overall).sort())
    let cells = 0
    for (const { stat, count, numbers, values } of ours.stats) {
      for (const [row, expected] of Object.entries(theirs.overall[stat] ?? {})) {
        const quantile = numbers?.quantiles.find(({ share }) => share === SHARES[row])
        const all: Record<string, unknown> = {
          count,
          ...numbers,
          ...values,
          ...(quantile ? { [row]: quantile.value } : {}),
        }
        if (typeof expected === 'string') expect(all[row]).toBe(expected)
        else expect(Math.abs(Number(all[row]) - expected)).toBeLessThan(CLOSE * Math.max(1, Math.abs(expected)))
        cells++
      }
    }
    expect(cells).toBe(74)
  })

  test.each(['pearson', 'spearman'] as const)('is said of their correlations (%s)', (kind) => {
    const { stats } = ours.correlations
    expect([...stats].sort()).toEqual(Object.keys(theirs[kind]).sort())
    for (const [i, a] of stats.entries()) {
      for (const [j, b] of stats.entries()) {
        expect(Math.abs((ours.correlations[kind][i]?.[j] ?? Number.NaN) - (theirs[kind][a]?.[b] ?? 0))).toBeLessThan(
          CLOSE,
        )
      }
    }
  })

  test('gives the bounds of its 3-sigma tuning', () => {
    const { source, bounds } = refinedRecipe(recipe, { filters, stats: ours.stats, catalog })
    const parsed = parseRecipe(source, { file: 'refined.yaml', catalog })
    if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems))
    const expected = theirs.bounds.flatMap((entry) => Object.entries(entry))
    expect(bounds).toHaveLength(2 * expected.length)
    for (const [name, values] of expected) {
      const parameters = parsed.recipe.operators.find((operator) => operator.name === name)?.parameters ?? {}
      for (const [parameter, value] of Object.entries(values)) {
        expect(Math.abs(Number(parameters[parameter]) - value)).toBeLessThan(1e-8 * Math.max(1, Math.abs(value)))
      }
      expect(parameters).toMatchObject({ min_closed_interval: true, max_closed_interval: true })
    }
  })

  test('leaves the bounds of fields that the recipe names', () => {
    const { bounds } = refinedRecipe(recipe, { filters, stats: ours.stats, catalog })
    expect(bounds.filter(({ operator }) => operator === 'specified_numeric_field_filter')).toEqual([])
  })
})

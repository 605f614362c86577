import { expect, test } from 'vitest'
import { Frame } from '../../../../services/analysis/frame.ts'
import { summaries } from '../../../../services/analysis/summary.ts'
import { autoRecipe } from '../../../../services/cli/analyses/auto-recipe.ts'
import { filtersOf } from '../../../../services/cli/analyses/filters.ts'
import { refinedRecipe } from '../../../../services/cli/analyses/refined-recipe.ts'
import { operatorContext } from '../../../../services/cli/operator-context.ts'
import { catalog } from '../../../../services/operators/catalog.ts'
import { parseRecipe } from '../../../../topologies/recipe/recipe.ts'
import { topologyOf } from '../../../support/pipelines.ts'

const context = operatorContext('/nowhere', { files: false, code: false, downloads: false, endpoints: false })

/** Lengths of 100 and 104: mean 102, deviation 2.83. */
function refine(recipe: string, stat = 'text_len') {
  const frame = new Frame()
  for (const value of [100, 104]) frame.add({ [stat]: value })
  const filters = filtersOf(topologyOf(recipe), catalog, context)
  return refinedRecipe(recipe, { filters, stats: summaries(frame), catalog })
}

test('a recipe keeps its comments, its order and its other keys', () => {
  const { source, bounds } = refine(`# of the mill
project_name: mill
process:
  - clean_email_mapper:   # addresses
  - text_length_filter:
      max_len: 500        # a guess
stream: {partitions: 2}
`)
  expect(source).toMatch(/^# of the mill\nproject_name: mill\n/)
  expect(source).toContain('# addresses')
  expect(source).toMatch(/max_len: 110\.485\S* +# a guess\n {6}min_len: 93\.5/)
  expect(source).toContain('partitions: 2')
  expect(bounds.map(({ parameter, before }) => [parameter, before])).toEqual([
    ['min_len', 10],
    ['max_len', 500],
  ])
})

test.each([
  ['a name alone', 'process:\n  - text_length_filter\n'],
  ['a name without parameters', 'process:\n  - text_length_filter:\n'],
  [
    'an alias of the parameters of another',
    'process:\n  - text_length_filter: &own {max_len: 9}\n  - text_length_filter: *own\n',
  ],
])('an operator that is written as %s gets its bounds', (_, recipe) => {
  const bounds = { min_len: expect.closeTo(93.51, 1), max_len: expect.closeTo(110.49, 1) }
  for (const { parameters } of parsed(refine(recipe).source).operators) expect(parameters).toMatchObject(bounds)
})

test('of two operators of one name each keeps what is its own', () => {
  const { source } = refine(
    'process:\n  - text_length_filter: {min_len: 1}\n  - text_length_filter: {text_key: body}\n',
  )
  expect(parsed(source).operators.map(({ textKey }) => textKey)).toEqual(['text', 'body'])
})

test('a stat of which too little is known leaves the recipe as it is', () => {
  const frame = new Frame()
  frame.add({ text_len: 5 })
  const recipe = 'process:\n  - text_length_filter: {min_len: 1}\n'
  const filters = filtersOf(topologyOf(recipe), catalog, context)
  expect(refinedRecipe(recipe, { filters, stats: summaries(frame), catalog })).toEqual({
    source: 'process:\n  - text_length_filter: { min_len: 1 }\n',
    bounds: [],
  })
})

test('the recipe of all filters has no mistakes, and says of each filter that it lacks why', () => {
  const { source, left_out: left } = autoRecipe(catalog, context)
  const names = parsed(source).operators.map(({ name }) => name)
  const filters = [...catalog.values()].flatMap(({ kind, name }) => (kind === 'filter' ? [name] : []))
  expect([...names, ...left.map(({ name }) => name)].sort()).toEqual(filters.sort())
  expect(names).toContain('text_length_filter')
  expect(left.find(({ name }) => name === 'stopwords_filter')?.why).toContain('stopwords')
  expect(left.find(({ name }) => name === 'specified_field_filter')?.why).toContain('without parameters')
})

test('every filter of the catalog takes the bounds that are proposed for it, or keeps its own', () => {
  for (const { name } of parsed(autoRecipe(catalog, context).source).operators) {
    const recipe = `process:\n  - ${name}:\n`
    const [filter] = filtersOf(topologyOf(recipe), catalog, context)
    const { source } = refine(recipe, filter?.stats.at(-1))
    expect(parsed(source).operators).toHaveLength(1)
  }
})

function parsed(source: string) {
  const result = parseRecipe(source, { file: 'refined.yaml', catalog })
  if ('problems' in result) throw new Error(JSON.stringify(result.problems))
  return result.recipe
}

import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { catalog } from '../../services/operators/catalog.ts'
import { describeText } from '../../topologies/describe/text.ts'
import type { Catalog } from '../../topologies/operator.ts'
import { type PlanOptions, plan } from '../../topologies/plan.ts'
import { parseRecipe } from '../../topologies/recipe/recipe.ts'
import { sampleCatalog } from '../unit/topologies/sample-catalog.ts'

const MIXED = `
project_name: mixed
text_keys: body
skip_op_error: false
process:
  - clean_email_mapper:
  - text_length_filter: {min_len: 20, lang: zh}
  - score_by_model_filter: {max_len: 7}
  - score_by_model_filter:
  - rewrite_by_service_mapper:
  - clean_links_mapper: {text_key: title}
  - rank_whole_set_selector:
  - words_num_filter:
  - clean_email_mapper:
stream:
  partitions: 6
  replicas: {02-gpu: 4, 04-score-by-model-filter: 2}
  compression: zstd
  delivery: at_least_once
  max_document_bytes: 1000000
  retention: {raw: 30d, channels: 36h}
  cut_before: [8]
  operators:
    rewrite_by_service_mapper: {on_failure: pass_through}
  rejected: count
`

interface Case {
  file: string
  source: string
  catalog: Catalog
}

const cases: Case[] = [
  { file: 'quickstart', source: recipe('quickstart'), catalog },
  { file: 'refine', source: recipe('refine'), catalog },
  { file: 'mixed', source: MIXED, catalog: sampleCatalog },
  { file: 'empty', source: 'project_name: empty\nprocess: []', catalog: sampleCatalog },
]

/** Run with UPDATE_GOLDEN=1 to write the plans anew, and read the difference before you keep it. */
const update = process.env.UPDATE_GOLDEN === '1'

describe('the plans of recipes are as they were', () => {
  it.each(cases)('$file', ({ file, source, catalog: operators }) => {
    expectPlan(`${file}.txt`, described(source, operators, {}))
  })

  it.each(cases)('$file, every operator a service of its own', ({ file, source, catalog: operators }) => {
    expectPlan(`${file}.isolated.txt`, described(source, operators, { isolate: true }))
  })
})

function described(source: string, operators: Catalog, options: PlanOptions): string {
  const parsed = parseRecipe(source, { file: 'recipe.yaml', catalog: operators })
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems, null, 2))
  const planned = plan(parsed.recipe, operators, options)
  if ('problems' in planned) throw new Error(JSON.stringify(planned.problems, null, 2))
  return describeText(planned.topology)
}

function expectPlan(name: string, text: string): void {
  const path = new URL(name, import.meta.url)
  if (update) writeFileSync(path, text)
  expect(text).toBe(readFileSync(path, 'utf8'))
}

function recipe(name: string): string {
  return readFileSync(new URL(`../../recipes/${name}.yaml`, import.meta.url), 'utf8')
}

import { describe, expect, it } from 'vitest'
import { describeJson } from '../../../topologies/describe/json.ts'
import { recipeJsonSchema } from '../../../topologies/describe/json-schema.ts'
import { describeMermaid } from '../../../topologies/describe/mermaid.ts'
import { describeText } from '../../../topologies/describe/text.ts'
import { plan } from '../../../topologies/plan.ts'
import { DATA_JUICER_KEYS } from '../../../topologies/recipe/keys.ts'
import type { Topology } from '../../../topologies/topology.ts'
import { recipeOf } from './recipes.ts'
import { sampleCatalog } from './sample-catalog.ts'

function planned(source: string): Topology {
  const result = plan(recipeOf(source), sampleCatalog)
  if ('problems' in result) throw new Error(result.problems[0]?.message)
  return result.topology
}

const SOURCE =
  'process: [clean_email_mapper, text_length_filter: {min_len: 3}, score_by_model_filter]\nstream: {on_failure: drop}'

describe('a topology described', () => {
  it('as text names every topic, stage, group, operator and telling parameter', () => {
    const topology = planned(SOURCE)
    const text = describeText(topology)
    const names = [
      ...topology.channels.map(({ topic }) => topic),
      ...topology.stages.flatMap(({ name, group, operators }) => [
        name,
        group,
        ...operators.map((operator) => operator.name),
      ]),
    ]
    for (const name of names) expect(text).toContain(name)
    expect(text).toContain('min_len: 3')
    expect(text).toContain('on failure drop')
    expect(text).not.toContain('reversed_range')
  })

  it('as JSON is the topology itself, infinity spelled out', () => {
    const topology = planned(SOURCE)
    const read = JSON.parse(describeJson(topology))
    expect(read.stages[0].operators[1].parameters).toMatchObject({ min_len: 3, max_len: 'Infinity' })
    expect(read.channels).toEqual(topology.channels)
    expect(read.recipe).toBe(topology.recipe)
  })

  it('as Mermaid has a node for every stage and topic but the ledger, and joins stages by their channels', () => {
    const topology = planned(SOURCE)
    const chart = describeMermaid(topology)
    for (const { topic } of topology.channels.filter(({ kind }) => kind !== 'ledger'))
      expect(chart).toContain(`[("${topic}")]`)
    expect(chart).toMatch(/^flowchart TD\n/)
    const channel = /(t\d+)\[\("sample\.02-score-by-model-filter\.in"\)\]/.exec(chart)?.[1]
    expect(chart).toMatch(new RegExp(`s0\\[.*\\] --> ${channel}\n`))
    expect(chart).toContain(`  ${channel} --> s1`)
  })

  it('as Mermaid counts what it cannot list', () => {
    const chart = describeMermaid(planned(JSON.stringify({ process: Array(25).fill('clean_email_mapper') })))
    expect(chart).toContain('and 5 more')
  })
})

describe('the JSON schema of recipes', () => {
  const schema = JSON.parse(JSON.stringify(recipeJsonSchema(sampleCatalog)))

  it('is one of draft 2020-12 that knows every key, and no other', () => {
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema')
    expect(Object.keys(schema.properties).sort()).toEqual([...Object.keys(DATA_JUICER_KEYS), 'stream', 'tests'].sort())
    expect(schema.additionalProperties).toBe(false)
    expect(schema.required).toBeUndefined()
  })

  it('describes every operator and its parameters, none of them required', () => {
    const text = JSON.stringify(schema.properties.process)
    for (const { name, summary } of sampleCatalog.values()) {
      expect(text).toContain(`"${name}"`)
      expect(text).toContain(summary)
    }
    expect(text).toContain('"description":"fewest"')
    expect(text).not.toContain('"required":["min_len"')
  })
})

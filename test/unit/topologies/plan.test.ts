import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type PlanOptions, plan } from '../../../topologies/plan.ts'
import type { Topology } from '../../../topologies/topology.ts'
import { recipeOf } from './recipes.ts'
import { sampleCatalog as catalog } from './sample-catalog.ts'

function planned(source: string, options: PlanOptions = {}): Topology {
  const result = plan(recipeOf(source), catalog, options)
  if ('problems' in result) throw new Error(result.problems.map(({ message }) => message).join('\n'))
  return result.topology
}

function refusals(source: string, options: PlanOptions = {}) {
  const result = plan(recipeOf(source), catalog, options)
  return 'problems' in result ? result.problems : []
}

/** Stages as their names and the indexes of their operators. */
function shape(topology: Topology): string[] {
  return topology.stages.map(({ name, operators }) => `${name}: ${operators.map(({ index }) => index).join(' ')}`)
}

const MIXED = `process:
  - clean_email_mapper
  - text_length_filter
  - score_by_model_filter
  - score_by_model_filter
  - rewrite_by_service_mapper
  - clean_links_mapper
  - rank_whole_set_selector
  - words_num_filter
  - clean_email_mapper
`

describe('stages', () => {
  it('hold neighbours of one resource class; one over the whole set begins a stage, and has another that finds out for it', () => {
    expect(shape(planned(MIXED))).toEqual([
      '01-cpu: 0 1',
      '02-gpu: 2 3',
      '03-rewrite-by-service-mapper: 4',
      '04-clean-links-mapper: 5',
      '05-rank-whole-set-selector-index: ',
      '05-cpu: 6 7 8',
    ])
  })

  it('hold one operator each when isolated, by the recipe or by the caller', () => {
    const isolated = shape(planned(MIXED, { isolate: true }))
    expect(isolated).toHaveLength(10)
    expect(isolated[2]).toBe('03-score-by-model-filter: 2')
    expect(shape(planned(`${MIXED}stream: {isolate: true}`))).toEqual(isolated)
    expect(shape(planned(`${MIXED}stream: {isolate: true}`, { isolate: false }))).toHaveLength(6)
  })

  it('begin where the recipe says so, and where it names another resource class', () => {
    const three = 'process: [clean_email_mapper, clean_links_mapper, text_length_filter]\n'
    expect(shape(planned(three))).toEqual(['01-cpu: 0 1 2'])
    expect(shape(planned(`${three}stream: {cut_before: [2]}`))).toEqual(['01-cpu: 0 1', '02-text-length-filter: 2'])
    expect(shape(planned(`${three}stream: {operators: {1: {resource: gpu}}}`))).toEqual([
      '01-clean-email-mapper: 0',
      '02-clean-links-mapper: 1',
      '03-text-length-filter: 2',
    ])
  })

  it('are one that passes documents through when there is no operator', () => {
    const { stages } = planned('process: []')
    expect(stages).toMatchObject([
      { name: '01-cpu', operators: [], input: 'sample.raw', output: 'sample.refined', first: true, last: true },
    ])
  })

  it('are linked from raw to refined', () => {
    const { stages, topics } = planned(MIXED)
    expect(stages[0]?.input).toBe(topics.raw)
    expect(stages.at(-1)?.output).toBe(topics.refined)
    const chains = stages.filter(({ serves }) => !serves)
    for (const [index, stage] of chains.entries()) {
      if (index > 0) expect(stage.input).toBe(chains[index - 1]?.output)
      expect([stage.first, stage.last]).toEqual([index === 0, index === chains.length - 1])
    }
    for (const { name, group } of stages) expect(group).toBe(`sample.${name}`)
  })
})

const DEDUPLICATING = 'process: [drop_copies_deduplicator, clean_email_mapper, drop_copies_deduplicator: {window: 7}]\n'

describe('around a deduplicator', () => {
  it('documents leave probes, an index finds what is alike, a judge what hangs together, and a gate lets the rest go on', () => {
    const { stages } = planned(DEDUPLICATING)
    expect(shape(planned(DEDUPLICATING))).toEqual([
      '01-cpu: ',
      '02-drop-copies-deduplicator-index: ',
      '02-drop-copies-deduplicator-judge: ',
      '02-cpu: 0 1',
      '03-drop-copies-deduplicator-index: ',
      '03-drop-copies-deduplicator-judge: ',
      '03-drop-copies-deduplicator: 2',
    ])
    const [door, index, judge, gate, , , last] = stages
    expect(door?.probes?.probes).toBe(index?.input)
    expect(index?.serves).toMatchObject({ as: 'index', judged: 'end', edges: judge?.input, shards: 4, answerers: 1 })
    expect(gate?.gate?.verdicts).toBe(judge?.output)
    expect(gate?.probes?.operator).toMatchObject({ index: 2, parameters: { window: 7 } })
    expect(last?.gate?.fingerprint).not.toBe(gate?.gate?.fingerprint)
  })

  it('no judge waits for an end where there is none: each shard of the index answers', () => {
    const stages = planned(DEDUPLICATING, { continuous: true }).stages
    expect(stages.some(({ serves }) => serves?.as === 'judge')).toBe(false)
    expect(stages.find(({ gate }) => gate)?.gate).toMatchObject({ judged: 'arrival', edges: null, answerers: 4 })
  })

  it('an operator that chooses from a whole data set is refused where the input has no end', () => {
    expect(refusals(MIXED, { continuous: true })).toMatchObject([{ path: 'process[6]', line: 8 }])
  })
})

describe('channels', () => {
  it('are all the topics, each once, with one number of partitions but for what a single one must see', () => {
    const { channels, stages, topics } = planned(MIXED)
    const expected = [
      topics.raw,
      ...stages.slice(1).flatMap(({ input, gate }) => [input, ...(gate ? [gate.verdicts] : [])]),
      topics.refined,
      topics.rejected,
      topics.deadLetters,
      topics.ledger,
    ]
    expect(channels.map(({ topic }) => topic)).toEqual(expected)
    const single = channels.filter(({ partitions }) => partitions !== 4)
    expect(single.map(({ topic, partitions }) => [topic, partitions])).toEqual([
      ['sample.05-rank-whole-set-selector-index.in', 1],
    ])
  })

  it('last for ever unless they go with the run; time that passes counts from the writing', () => {
    const { channels } = planned(`${MIXED}stream: {retention: {rejected: 30d}}`)
    const config = (kind: string) => channels.find((channel) => channel.kind === kind)?.config
    expect(config('refined')).toEqual({
      'cleanup.policy': 'delete',
      'max.message.bytes': '67108864',
      'retention.ms': '-1',
    })
    expect(config('channel')).toMatchObject({ 'retention.ms': '604800000', 'message.timestamp.type': 'LogAppendTime' })
    expect(config('rejected')).toMatchObject({
      'retention.ms': '2592000000',
      'message.timestamp.type': 'LogAppendTime',
    })
  })

  it('may have names of their own, each another', () => {
    expect(planned('stream: {topics: {raw: crawl, dead_letters: Broken_1}}').topics).toMatchObject({
      raw: 'crawl',
      deadLetters: 'Broken_1',
    })
    expect(refusals('stream: {topics: {raw: crawl, refined: crawl}}')).toMatchObject([
      { path: 'stream.topics.refined' },
    ])
    expect(refusals('stream: {topics: {refined: sample.raw}}')).toHaveLength(1)
  })

  it('have names that Kafka takes', () => {
    const long = 'n'.repeat(240)
    expect(refusals(`stream: {name: ${long}}\nprocess: []`)).toMatchObject([
      { path: 'stream.topics.dead_letters', message: expect.stringContaining('at most 249') },
    ])
  })
})

describe('replicas and partitions', () => {
  it('come from the caller, else from the recipe, else from here', () => {
    expect(planned('process: []').stages[0]?.replicas).toBe(1)
    expect(planned('stream: {replicas: 2}').stages[0]?.replicas).toBe(2)
    expect(planned('stream: {replicas: 2}', { replicas: 3 }).stages[0]?.replicas).toBe(3)
    expect(planned('stream: {partitions: 8}').channels[0]?.partitions).toBe(8)
    expect(planned('stream: {partitions: 8}', { partitions: 2 }).channels[0]?.partitions).toBe(2)
  })

  it('are as many partitions as replicas when nobody names a number', () => {
    expect(planned('process: []', { replicas: 9 }).channels[0]?.partitions).toBe(9)
    expect(refusals('stream: {partitions: 4}', { replicas: 9 })).toMatchObject([
      { message: expect.stringContaining('would idle') },
    ])
  })

  it('may be given by stage, fused or isolated', () => {
    const source = `${MIXED}stream: {replicas: {02-gpu: 4, 03-score-by-model-filter: 2}}`
    expect(planned(source).stages.map(({ replicas }) => replicas)).toEqual([1, 4, 1, 1, 1, 1])
    expect(planned(source, { isolate: true }).stages.map(({ replicas }) => replicas)).toEqual([
      1, 1, 2, 1, 1, 1, 1, 1, 1, 1,
    ])
    expect(refusals(`${MIXED}stream: {replicas: {02-gup: 4}}`)).toMatchObject([
      { hint: 'Did you mean 02-gpu?', line: 11, column: 29 },
    ])
  })

  it.each([{ replicas: 0 }, { replicas: 1.5 }, { partitions: 0 }, { partitions: -4 }])(
    'are whole numbers from one on: %j',
    (options) => {
      expect(refusals('process: []', options)).toHaveLength(1)
    },
  )
})

describe('the fingerprint of a recipe', () => {
  const of = (source: string, options: PlanOptions = {}) => planned(source, options).recipe

  it('does not change with how the recipe runs', () => {
    const one = of(MIXED)
    expect(one).toMatch(/^[0-9a-f]{16}$/)
    expect(of(MIXED, { isolate: true, replicas: 2, partitions: 7 })).toBe(one)
    expect(of(`${MIXED}stream: {name: other, delivery: at_least_once, retention: {raw: 7d}}\nnp: 3`)).toBe(one)
    expect(of(MIXED.replace('- text_length_filter', '- text_length_filter: {min_len: 10}'))).toBe(one)
  })

  it('changes with what the recipe means', () => {
    const variants = [
      MIXED,
      `${MIXED}text_keys: body`,
      MIXED.replace('- text_length_filter', '- text_length_filter: {min_len: 11}'),
      MIXED.replace('- text_length_filter', '- text_length_filter: {max_len: 11}'),
      MIXED.replace('  - words_num_filter\n', ''),
      MIXED.replace('- words_num_filter', '- text_length_filter'),
    ]
    expect(new Set(variants.map((source) => of(source))).size).toBe(variants.length)
  })
})

describe('whatever the recipe', () => {
  const operators = fc.array(fc.constantFrom(...catalog.keys()), { maxLength: 20 })

  it('every plan holds its operators in order, with the same parameters', () => {
    fc.assert(
      fc.property(operators, fc.array(fc.nat({ max: 19 })), fc.boolean(), (names, cuts, isolate) => {
        const inside = cuts.filter((index) => index < names.length)
        const source = JSON.stringify({ process: names, stream: { cut_before: inside } })
        const fused = planned(source)
        const other = planned(source, { isolate })
        const chain = (topology: Topology) => topology.stages.flatMap((stage) => stage.operators)
        expect(chain(fused).map(({ name }) => name)).toEqual(names)
        expect(chain(other)).toEqual(chain(fused))
        expect(other.recipe).toBe(fused.recipe)
        const chains = other.stages.filter(({ serves, operators }) => !serves && operators.length > 0)
        if (isolate) expect(chains).toHaveLength(names.length)
      }),
    )
  })

  it('stages have names of their own, and operators of one resource class', () => {
    fc.assert(
      fc.property(operators, (names) => {
        const { stages } = planned(JSON.stringify({ process: names }))
        expect(new Set(stages.map(({ name }) => name)).size).toBe(stages.length)
        for (const { resource, operators: members } of stages) {
          for (const { name } of members) expect(catalog.get(name)?.traits?.resource ?? 'cpu').toBe(resource)
        }
      }),
    )
  })

  it('an operator that the catalog does not have is a mistake with its place', () => {
    const result = plan(recipeOf(MIXED), new Map())
    expect('problems' in result && result.problems).toHaveLength(9)
    expect('problems' in result && result.problems[0]).toMatchObject({ line: 2, column: 5, path: 'process[0]' })
  })
})

import { afterEach, expect, test } from 'vitest'
import { BUNDLED_IDS } from '../../../schemas/ids.ts'
import type { IncomingRecord } from '../../../services/brokers/broker.ts'
import { loadModules } from '../../../services/cli/modules.ts'
import { threadOf } from '../../../services/cli/replica/stage-thread.ts'
import { catalog } from '../../../services/operators/catalog.ts'
import type { BatchResult } from '../../../services/worker/chain/work.ts'
import type { Processor } from '../../../services/worker/processor.ts'
import { plan } from '../../../topologies/plan.ts'
import { parseRecipe } from '../../../topologies/recipe/recipe.ts'
import { codec } from '../../support/pipelines.ts'

const opened: Processor[] = []

afterEach(async () => {
  for (const processor of opened.splice(0)) await processor.close()
})

/** The operators of a recipe in a thread of their own: a dangerous one between two harmless ones. */
async function threadFor(settings = '', budget = '3s'): Promise<Processor> {
  const source = `
process:
  - whitespace_normalization_mapper
  - ./dangerous.ts
  - text_length_filter: {min_len: 3}
stream:
  allow_code: true
  thread_memory: 64MiB
  operators:
    dangerous_mapper: {time_budget: ${budget}, ${settings}}
`
  const { modules, found } = await loadModules(['./dangerous.ts'], 'test/support/operators')
  const parsed = parseRecipe(source, { file: 'test.yaml', catalog, modules })
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems))
  const planned = plan(parsed.recipe, parsed.recipe.catalog, { modules: found })
  const stage = 'topology' in planned ? planned.topology.stages[0] : undefined
  if (!stage || !('topology' in planned)) throw new Error('no plan')
  const processor = threadOf(stage, {
    topology: planned.topology,
    schemas: { ids: BUNDLED_IDS, older: [] },
    assets: 'nowhere',
  })
  opened.push(processor)
  return processor
}

function records(texts: string[]): IncomingRecord[] {
  return texts.map((text, i) => ({
    offset: BigInt(i),
    timestamp: 0,
    key: null,
    value: Buffer.from(JSON.stringify({ text })),
    headers: {},
  }))
}

const kept = ({ output }: BatchResult) => output.map(({ value }) => codec.decodeDocument(value ?? Buffer.of()).text)
const dead = ({ deadLetters }: BatchResult) =>
  deadLetters.map(({ value, headers }) => [
    JSON.parse(String(value)).text,
    String(headers?.['__millrace.errors.code']),
    String(headers?.['__millrace.errors.operator']),
  ])

test.each([
  ['HANG', 'operator_timeout'],
  ['EXIT', 'operator_crashed'],
  ['MEMORY', 'operator_crashed'],
  ['STACK', 'operator_failed'],
  ['THROW', 'operator_failed'],
])(
  'a document that says %s is set aside as %s, named after its operator, and its neighbours pass once each',
  async (deed, code) => {
    const processor = await threadFor('', deed === 'HANG' ? '500ms' : '10s')
    const texts = ['one', 'two', deed, 'four', 'x', 'six', deed, 'eight']
    const result = await processor.process(records(texts), 0)
    expect(kept(result)).toEqual(['one!', 'two!', 'four!', 'six!', 'eight!'])
    expect(dead(result)).toEqual([
      [deed, code, 'dangerous_mapper'],
      [deed, code, 'dangerous_mapper'],
    ])
    const { records: read, documents, output, rejected, dead_letters, operators } = result.tally
    expect({ read, documents, output, rejected, dead_letters }).toEqual({
      read: 8,
      documents: 8,
      output: 5,
      rejected: 1,
      dead_letters: 2,
    })
    expect(operators.map(({ in: taken, kept: left, failed }) => [taken, left, failed])).toEqual([
      [8, 8, 0],
      [8, 6, 2],
      [6, 5, 0],
    ])
  },
)

test('partitions that wait behind a poisoned batch lose nothing', async () => {
  const processor = await threadFor()
  const batches = await Promise.all(
    [['a one', 'EXIT', 'a two'], ['b one', 'b two'], ['c one', 'HANG'], ['EXIT']].map((texts, partition) =>
      processor.process(records(texts), partition),
    ),
  )
  expect(batches.map(kept)).toEqual([['a one!', 'a two!'], ['b one!', 'b two!'], ['c one!'], []])
  expect(batches.map((batch) => dead(batch).length)).toEqual([1, 0, 1, 1])
})

test('with pass_through a poisonous document goes on behind the operator that it would take down', async () => {
  const processor = await threadFor('on_failure: pass_through')
  const result = await processor.process(records(['one', 'EXIT', 'three']), 0)
  expect(kept(result)).toEqual(['one!', 'EXIT', 'three!'])
  const [, passed] = result.output
  expect(codec.decodeDocument(passed?.value ?? Buffer.of()).skipped).toEqual(['dangerous_mapper'])
})

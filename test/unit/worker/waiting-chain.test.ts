import { expect, test } from 'vitest'
import { readSample } from '../../../schemas/sample.ts'
import { catalog } from '../../../services/operators/catalog.ts'
import { emptyTally } from '../../../services/worker/chain/tally.ts'
import { buildWaitingChain } from '../../../services/worker/chain/waiting.ts'
import { Failure } from '../../../topologies/failure.ts'
import { type BatchMapper, type Catalog, defineBatchMapper } from '../../../topologies/operator.ts'
import { commonParameters } from '../../../topologies/parameters.ts'
import { TOLERANCE } from '../../../topologies/tolerance.ts'
import type { OnFailure } from '../../../topologies/topology.ts'

const context = { assets: '', readAsset: () => new Uint8Array(), listAssets: () => [] }

/** A mapper that waits: `split` gives two, `none` nothing, `bad` fails; the batch dies on `all`. */
const mapper: BatchMapper = {
  ready: async () => undefined,
  close: async () => undefined,
  map: async (subjects) => {
    await new Promise((resolve) => setTimeout(resolve, 1))
    const texts = subjects.map((subject) => subject.text().value)
    if (texts.includes('all')) throw new Failure('operator_failed', 'all of them')
    return texts.map((text) => {
      if (text === 'bad') return new Failure('operator_failed', 'a bad one')
      if (text === 'none') return []
      if (text === 'split') return [{ text: 'left part' }, { text: 'x' }]
      if (text === 'whole') return [{ whole: true, fields: { text: 'nothing else' } }]
      return [{ text: `${text}!` }]
    })
  },
}

const waiting = defineBatchMapper({
  name: 'waiting_mapper',
  summary: 'Waits.',
  parameters: commonParameters,
  examples: [],
  create: () => mapper,
})
const known: Catalog = new Map([...catalog, ['waiting_mapper', waiting]])

function chainOf(onFailure: OnFailure = 'dead_letter') {
  const operators = [
    { name: 'whitespace_normalization_mapper', parameters: {} },
    { name: 'waiting_mapper', parameters: {} },
    { name: 'text_length_filter', parameters: { min_len: 2, max_len: 100 } },
  ].map(({ name, parameters }, index) => ({
    index,
    name,
    parameters: { ...(known.get(name)?.parameters.parse(parameters) ?? {}) },
    textKey: 'text',
    onFailure,
  }))
  return { chain: buildWaitingChain({ operators, textKey: 'text' }, known, context), ...emptyTally(operators) }
}

function documentOf(text: string) {
  const sample = readSample(Buffer.from(JSON.stringify({ text, id: 1 })), { textKey: 'text', maxDepth: 9 })
  return { ...sample, id: '7', source: 'a:1', partition: 0, offset: 0n, ordinal: 0n, skipped: [] }
}

async function fates(texts: string[], onFailure?: OnFailure) {
  const { chain, operators } = chainOf(onFailure)
  const outcomes = await chain.pass(texts.map(documentOf), operators)
  const told = outcomes.map((parts) =>
    parts.map((outcome) =>
      outcome.kind === 'kept'
        ? `${outcome.document.id} ${outcome.document.text}`
        : outcome.kind === 'rejected'
          ? `${outcome.document.id} ${outcome.reason}`
          : `${outcome.document.id} ${outcome.failure.code}`,
    ),
  )
  return { told, operators, outcomes }
}

test('every document has its fates in its own place, whatever became of its neighbours', async () => {
  const { told, operators } = await fates(['one', 'bad', 'split', 'none', 'two'])
  expect(told).toEqual([
    ['7 one!'],
    ['7 operator_failed'],
    ['7.1 left part', '7.2 below_minimum'],
    ['7 nothing_left'],
    ['7 two!'],
  ])
  const [before, waited, behind] = operators
  expect(before).toMatchObject({ in: 5, kept: 5 })
  expect(waited).toMatchObject({ in: 5, kept: 3, failed: 1, dropped: { nothing_left: 1 } })
  expect(waited?.seconds).toBeGreaterThan(0)
  expect(behind).toMatchObject({ in: 4, kept: 3, dropped: { below_minimum: 1 } })
})

test('when the whole batch fails, each of its documents fails, and the policy counts for each', async () => {
  expect((await fates(['one', 'all'])).told).toEqual([['7 operator_failed'], ['7 operator_failed']])
  const { told, outcomes } = await fates(['one', 'all'], 'pass_through')
  expect(told).toEqual([['7 one'], ['7 all']])
  expect(outcomes.flat().map(({ document }) => document.skipped)).toEqual([['waiting_mapper'], ['waiting_mapper']])
})

test('a document is filtered by the suffix of the file that it was read from', async () => {
  const operator = { name: 'suffix_filter', index: 0, textKey: 'text', onFailure: 'dead_letter' as const }
  const parameters = { suffixes: ['.jsonl', '.jsonl.zst'], reversed_range: false }
  const chain = buildWaitingChain({ operators: [{ ...operator, parameters }], textKey: 'text' }, known, context)
  const sources = ['in/a.jsonl:3', 'b.x.JSONL.zst:1', 'in.jsonl/c.json:2', '.jsonl:1', 'web.jsonl']
  const documents = sources.map((source) => ({ ...documentOf('a'), source }))
  const outcomes = await chain.pass(documents, emptyTally([{ ...operator, parameters }]).operators)
  expect(outcomes.flat().map(({ kind }) => kind)).toEqual(['kept', 'kept', 'rejected', 'failed', 'failed'])
})

test('a change that is whole leaves nothing else of the sample', async () => {
  const { outcomes } = await fates(['whole'])
  const [outcome] = outcomes.flat()
  expect(outcome?.document.text).toBe('nothing else')
  expect(Buffer.from(outcome?.document.fields ?? []).toString()).toBe('{"text":null}')
})

test('a document on which an operator failed for the moment is tried again, and its neighbours are not', async () => {
  const asked: string[][] = []
  const flaky: BatchMapper = {
    ...mapper,
    map: async (subjects) => {
      const texts = subjects.map((subject) => subject.text().value)
      asked.push(texts)
      return texts.map((text) => {
        if (text === 'never' || (text === 'twice' && asked.length < 3)) return new Failure('download_failed', 'not now')
        return [{ text: `${text}!` }]
      })
    },
  }
  const operator = {
    name: 'waiting_mapper',
    index: 0,
    textKey: 'text',
    parameters: {},
    onFailure: 'dead_letter' as const,
    tolerance: { ...TOLERANCE, retry: { attempts: 4, wait: 1, longest: 2 } },
  }
  const patient: Catalog = new Map([['waiting_mapper', { ...waiting, create: () => flaky }]])
  const chain = buildWaitingChain({ operators: [operator], textKey: 'text' }, patient, context)
  const outcomes = await chain.pass(['once', 'twice', 'never'].map(documentOf), emptyTally([operator]).operators)
  expect(outcomes.flat().map(({ kind }) => kind)).toEqual(['kept', 'kept', 'failed'])
  expect(asked).toEqual([['once', 'twice', 'never'], ['twice', 'never'], ['twice', 'never'], ['never']])
})

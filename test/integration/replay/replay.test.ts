import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { memoryBroker } from '../../../services/brokers/memory/memory.ts'
import { LedgerWatch } from '../../../services/cli/pipelines/ledger-watch.ts'
import { type FiledLetter, readDeadLetters } from '../../../services/pipeline/replay/filed-letter.ts'
import type { Topology } from '../../../topologies/topology.ts'
import { readFates } from '../../support/fates.ts'
import { codec, runLines, type TestLine } from '../../support/pipelines.ts'
import { corpus, discard, replay } from '../../support/replay/replays.ts'
import { sick, sickLauncher, sickTopology } from '../../support/replay/sick-operators.ts'

beforeEach(() => sick.clear())

const OPERATORS = [
  '{whitespace_normalization_mapper: {}}',
  '{marking_mapper: {word: alpha}}',
  '{measuring_filter: {word: beta, least: 9}}',
  '{tagging_mapper: {word: gamma}}',
  '{waiting_mapper: {word: delta}}',
  '{measuring_filter: {word: epsilon, least: 12, stat: later}}',
  "{marking_mapper: {word: zeta, mark: '?'}}",
]
const WORDS = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta']

function recipe(operators: string[], more = ''): string {
  const rows = operators.map((operator) => `  - ${operator}\n`).join('')
  return `process:\n${rows}stream: {name: replays, partitions: 2, transaction_bytes: 1KiB${more}}\n`
}

/** Samples of which each word makes some fail, some of them of several parts, some too short for the filters. */
function samples(count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const words = WORDS.filter((_word, at) => i % (at + 3) === 0).join(' ')
    const parts = i % 7 === 0 ? `left ${words} | | right side ${i}` : words
    const meta = i % 5 === 0 ? { __dj__meta__: 'none' } : {}
    return JSON.stringify({ i, text: `${i}  ${parts}`, ...meta })
  })
}

async function run(topology: Topology, lines: TestLine[]) {
  const broker = memoryBroker()
  const outcome = await runLines(broker, topology, lines, sickLauncher(broker, topology))
  return { broker, ...outcome }
}

async function lettersOf(broker: ReturnType<typeof memoryBroker>, topology: Topology): Promise<FiledLetter[]> {
  const letters: FiledLetter[] = []
  for await (const letter of readDeadLetters(broker, topology.topics.deadLetters, codec)) letters.push(letter)
  return letters
}

describe('replaying everything that failed', () => {
  test('gives, once the operators are mended, what a run without failures gives, under any plan', async () => {
    const plans = fc.record({
      operators: fc.subarray(OPERATORS, { minLength: 2 }),
      ill: fc.subarray(WORDS, { minLength: 1 }),
      isolate: fc.boolean(),
      isolateAfterwards: fc.boolean(),
      count: fc.integer({ min: 1, max: 60 }),
    })
    await fc.assert(
      fc.asyncProperty(plans, async ({ operators, ill, isolate, isolateAfterwards, count }) => {
        const lines = samples(count)
        sick.clear()
        const topology = sickTopology(recipe(operators), { isolate })
        const healthy = await run(topology, lines)
        const expected = await corpus(healthy.broker, topology)

        for (const word of ill) sick.add(word)
        const { broker, report } = await run(topology, lines)
        sick.clear()
        const replayed = await replay(broker, topology)
        expect(replayed).toMatchObject({ chosen: report.dead_letters, settled: report.dead_letters, refused: [] })
        const later = sickTopology(recipe(operators), { isolate: isolateAfterwards })
        const next = await runLines(broker, later, [], sickLauncher(broker, later))
        expect(next.report).toMatchObject({ input: 0, balanced: true })
        expect(await corpus(broker, topology)).toEqual(expected)
        expect((await replay(broker, topology)).chosen).toBe(0)
      }),
      { numRuns: 25 },
    )
  }, 120_000)
})

describe('a letter that is replayed', () => {
  const operators = [
    "{marking_mapper: {mark: '+'}}",
    '{marking_mapper: {word: alpha}}',
    '{marking_mapper: {word: beta}}',
  ]
  const headers = { 'x-own': Buffer.from([0, 255]), '__connect.errors.topic': Buffer.from('elsewhere') }
  const value = Buffer.from(' {"text": "an alpha and a beta", "n": 1.0}')
  const key = Buffer.from('key')

  /** One record of a foreign producer, behind a run, and what the pipeline makes of it. */
  async function failed(isolate: boolean) {
    for (const word of ['alpha', 'beta']) sick.add(word)
    const topology = sickTopology(recipe(operators), { isolate })
    const { broker } = await run(topology, [])
    const producer = await broker.producer()
    const record = { key, value, headers, timestamp: 1_234_567_890 }
    await producer.send([{ topic: topology.topics.raw, partition: 1, records: [record] }])
    const again = async (later = topology) => (await runLines(broker, later, [], sickLauncher(broker, later))).report
    expect(await again()).toMatchObject({ input: 0, balanced: true })
    return { broker, topology, again, letters: () => lettersOf(broker, topology) }
  }

  test('and fails again is a letter with one more attempt, its first time, and the same record', async () => {
    const { broker, topology, again, letters } = await failed(false)
    for (const attempts of [2, 3]) {
      await replay(broker, topology)
      await again()
      const [first, ...others] = await letters()
      const last = others.at(-1)
      expect(others).toHaveLength(attempts - 1)
      expect(last?.letter).toMatchObject({
        attempts,
        first_time: first?.letter?.first_time,
        document: first?.letter?.document,
        operator: 'marking_mapper',
        operator_index: 1,
      })
      expect(last?.record.value).toEqual(value)
      expect(last?.record.key).toEqual(key)
      expect(last?.record.headers['x-own']).toEqual(headers['x-own'])
      expect(last?.letter?.displaced).toEqual({ '__connect.errors.topic': headers['__connect.errors.topic'] })
      expect(last?.record.timestamp).toBe(1_234_567_890)
    }
  })

  test('goes on at the operator that failed, as the document stood there, and fails at the next as if for the first time', async () => {
    const { broker, topology, again, letters } = await failed(true)
    sick.delete('alpha')
    expect((await replay(broker, topology)).resumed).toEqual([
      { operator: 'marking_mapper', index: 1, letters: 1, restarted: false },
    ])
    await again()
    const second = (await letters()).at(-1)
    expect(second?.letter).toMatchObject({ operator_index: 2, stage: '03-marking-mapper', attempts: 1 })
    sick.delete('beta')
    await replay(broker, topology)
    await again()
    const refined = (await readFates(broker, topology, codec)).filter(({ kind }) => kind === 'refined')
    expect(refined.map(({ content }) => content.split('\u0000')[0])).toEqual(['an alpha and a beta+!!'])
    expect(refined[0]?.id).toBe(second?.letter?.document)
  })

  test('has on the raw topic the value, key and headers that its producer gave it, and one that says where it goes on', async () => {
    const { broker, topology } = await failed(false)
    const before = (await broker.bounds(topology.topics.raw))[1]?.latest ?? 0n
    await replay(broker, topology)
    const from = new Map([[1, before]])
    for await (const { partition, records } of broker.read(topology.topics.raw, { from, until: 'end' })) {
      if (partition !== 1) continue
      const [record] = records
      const { 'millrace.resume': resume, 'millrace.resume.document': document, ...own } = record?.headers ?? {}
      expect(record?.value).toEqual(value)
      expect(record?.key).toEqual(key)
      expect(own).toEqual(headers)
      expect(JSON.parse(String(resume))).toMatchObject({ operator: { index: 1, name: 'marking_mapper' }, attempts: 1 })
      expect(codec.decodeDocument(document ?? Buffer.alloc(0)).text).toBe('an alpha and a beta+')
    }
  })

  test('is left when it was tried too often, unless it is named', async () => {
    const { broker, topology, again, letters } = await failed(false)
    await replay(broker, topology, { maxAttempts: 2 })
    await again()
    expect(await replay(broker, topology, { maxAttempts: 2 })).toMatchObject({ chosen: 1, settled: 0, exhausted: 1 })
    const ids = [(await letters()).at(-1)?.id ?? '']
    expect(await replay(broker, topology, { maxAttempts: 2, choice: { ids } })).toMatchObject({ settled: 1 })
  })

  test('and meets another recipe than it was replayed for fails, loses nothing, and can go on there when it is replayed again', async () => {
    const { broker, topology, again, letters } = await failed(false)
    await replay(broker, topology)
    sick.clear()
    const changed = sickTopology(
      recipe(operators.map((operator) => operator.replace('marking', 'waiting').replace("{mark: '+'}", '{}'))),
    )
    await again(changed)
    const misplaced = (await letters()).at(-1)
    expect(misplaced?.letter).toMatchObject({ code: 'replay_misplaced', operator: null, attempts: 2 })
    expect((await replay(broker, changed)).refused).toMatchObject([{ reason: 'recipe_changed', letters: 1 }])
    const gone = await replay(broker, changed, { acceptRecipeChange: true })
    expect(gone.refused).toMatchObject([{ reason: 'operator_gone', letters: 1 }])
    expect(await replay(broker, topology)).toMatchObject({ settled: 1 })
    await again()
    const refined = (await readFates(broker, topology, codec)).filter(({ kind }) => kind === 'refined')
    expect(refined.map(({ content }) => content.split('\u0000')[0])).toEqual(['an alpha and a beta+!!'])
  })
})

describe('letters are chosen and refused', () => {
  async function sickRun(...words: string[]) {
    for (const word of words.length > 0 ? words : WORDS) sick.add(word)
    const topology = sickTopology(recipe(OPERATORS))
    const outcome = await run(topology, [...samples(40), '{"text": "cut', '[1]'])
    return { topology, ...outcome, letters: await lettersOf(outcome.broker, topology) }
  }

  test('by operator, code and number; what is discarded or replayed is outstanding no more', async () => {
    const { broker, topology, letters } = await sickRun()
    const decoded = letters.filter(({ letter }) => letter?.operator === null)
    expect(await discard(broker, topology, { choice: { operator: 'decode' } })).toMatchObject({
      settled: decoded.length,
    })
    expect(await replay(broker, topology, { choice: { operator: 'decode' } })).toMatchObject({ chosen: 0 })
    expect(await replay(broker, topology, { choice: { operator: 'marking_mapper' }, limit: 3 })).toMatchObject({
      settled: 3,
    })
    const rest = letters.length - decoded.length - 3
    expect(await replay(broker, topology)).toMatchObject({ chosen: rest, settled: rest })
    const reading = await new LedgerWatch(broker, topology, codec).read()
    const replayed = letters.length - decoded.length
    expect(reading.letters).toEqual({ replayed, discarded: decoded.length, outstanding: 0 })
    sick.clear()
    await runLines(broker, topology, [], sickLauncher(broker, topology))
    const settled = await new LedgerWatch(broker, topology, codec).read()
    expect(settled).toMatchObject({ balanced: true, totals: { input: 42, replayed } })
  })

  test('and a dry run says so and changes nothing', async () => {
    const { broker, topology, letters } = await sickRun()
    const state = async () => [
      await Promise.all(Object.values(topology.topics).map((topic) => broker.bounds(topic))),
      await broker.committed(`${topology.pipeline}.replay`, topology.topics.deadLetters),
    ]
    const before = await state()
    const dry = await replay(broker, topology, { dryRun: true })
    expect(dry).toMatchObject({ chosen: letters.length, settled: letters.length })
    await discard(broker, topology, { dryRun: true })
    expect(await state()).toEqual(before)
    expect(await replay(broker, topology)).toEqual(dry)
  })

  test('when they failed under another recipe, until that is accepted; those whose operator is gone never', async () => {
    const { broker, letters } = await sickRun('delta', 'beta')
    const changed = sickTopology(recipe(OPERATORS.filter((operator) => !operator.includes('waiting'))))
    const refused = await replay(broker, changed)
    expect(refused).toMatchObject({ settled: 0, refused: [{ reason: 'recipe_changed', letters: letters.length }] })
    const accepted = await replay(broker, changed, { acceptRecipeChange: true })
    const gone = letters.filter(({ letter }) => letter?.operator === 'waiting_mapper').length
    expect(gone).toBeGreaterThan(0)
    expect(accepted.refused).toMatchObject([
      { reason: 'operator_gone', letters: gone, sentence: expect.stringContaining('waiting_mapper (process[4])') },
    ])
    expect(accepted.settled).toBe(letters.length - gone)
  })

  test('when another program wrote them, or only the beginning of the line is there', async () => {
    const { broker, topology } = await run(sickTopology(recipe(OPERATORS)), [
      { bytes: Buffer.from('{"text": "a long'), place: 'x:1', oversize: { length: 99, sha256: '0', byteOffset: 0n } },
    ]).then((outcome) => ({ ...outcome, topology: sickTopology(recipe(OPERATORS)) }))
    const producer = await broker.producer()
    await producer.send([{ topic: topology.topics.deadLetters, partition: 0, records: [{ key: null, value: null }] }])
    const { refused } = await replay(broker, topology)
    expect(refused.map(({ reason }) => reason).sort()).toEqual(['foreign', 'incomplete'])
    expect(await discard(broker, topology)).toMatchObject({ settled: 2 })
  })

  test('at the beginning of their stage when as they stood they were too large to be kept, save parts of a split one', async () => {
    for (const word of ['gamma', 'zeta']) sick.add(word)
    // The story is reckoned with 128 KiB; a few hundred bytes more leave no room for a document.
    const small = limited(sickTopology(recipe(OPERATORS)), 'dead_letters', 128 * 1024 + 900)
    const long = 'long '.repeat(100)
    const lines = [`${long} zeta`, `left ${long} zeta|right ${long}`].map((text) => JSON.stringify({ text }))
    const { broker } = await run(small, lines)
    sick.clear()
    const report = await replay(broker, small)
    expect(report.resumed).toEqual([{ operator: null, index: -1, letters: 1, restarted: true }])
    expect(report.refused).toMatchObject([{ reason: 'part_of_split', letters: 1 }])
    await runLines(broker, small, [], sickLauncher(broker, small))
    const refined = (await readFates(broker, small, codec)).filter(({ kind }) => kind === 'refined')
    expect(refined.map(({ id }) => id)).toEqual(['0-1.2', '0-0'])
  })

  test('alone, when with their document they are too large for the raw topic', async () => {
    sick.add('zeta')
    const topology = limited(sickTopology(recipe(OPERATORS)), 'raw', 1_700)
    const { broker, report } = await run(topology, [
      JSON.stringify({ text: 'zeta and more' }),
      JSON.stringify({ text: `zeta ${'long '.repeat(250)}` }),
      JSON.stringify({ text: 'zeta and less' }),
    ])
    expect(report.dead_letters).toBe(3)
    expect(await replay(broker, topology)).toMatchObject({ settled: 2, refused: [{ reason: 'too_large', letters: 1 }] })
    sick.clear()
    const { report: next } = await runLines(broker, topology, [], sickLauncher(broker, topology))
    expect(next.balanced).toBe(true)
    expect((await new LedgerWatch(broker, topology, codec).read()).letters).toMatchObject({
      replayed: 2,
      outstanding: 1,
    })
  })

  /** The same, of which a topic takes no record that is larger. */
  function limited(topology: Topology, kind: 'raw' | 'dead_letters', bytes: number): Topology {
    const channels = topology.channels.map((channel) =>
      channel.kind === kind
        ? { ...channel, config: { ...channel.config, 'max.message.bytes': String(bytes) } }
        : channel,
    )
    return { ...topology, channels }
  }
})

describe('a record that only pretends to have been replayed', () => {
  const topology = sickTopology(recipe(["{marking_mapper: {mark: '+'}}", '{marking_mapper: {}}']))
  const forged = async (resume: string) => {
    const { broker } = await run(topology, [])
    const records = [{ key: null, value: Buffer.from('{"text": "t"}'), headers: { 'millrace.resume': resume } }]
    await (await broker.producer()).send([{ topic: topology.topics.raw, partition: 0, records }])
    await runLines(broker, topology, [], sickLauncher(broker, topology))
    const fates = await readFates(broker, topology, codec)
    return { fates, reading: await new LedgerWatch(broker, topology, codec).read() }
  }

  test('is as any other when nothing can be made of what it says', async () => {
    const { fates, reading } = await forged('{"operator": {"index": 1}}')
    expect(fates).toMatchObject([{ kind: 'refined', content: expect.stringMatching(/^t\+!\u0000/) }])
    expect(reading).toMatchObject({ balanced: true, totals: { replayed: 0 } })
  })

  test('shows in the account, which does not balance', async () => {
    const history = { attempts: 1, first_time: 0, timestamp: 0, letter: '0-0', origin: { partition: 0, offset: '7' } }
    const operator = { index: 1, name: 'marking_mapper' }
    const { reading } = await forged(JSON.stringify({ operator, recipe: topology.recipe, ...history }))
    expect(reading).toMatchObject({ balanced: false, totals: { replayed: 1 }, letters: { replayed: 0 } })
  })
})

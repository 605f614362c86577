import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { LedgerEntry } from '../../schemas/ledger.ts'
import type { IncomingRecord } from '../../services/brokers/broker.ts'
import { batchBound, writeBatch } from '../../services/brokers/kafka/wire/record-batch.ts'
import { memoryBroker } from '../../services/brokers/memory/memory.ts'
import { codec, inlineLauncher, topologyOf } from '../support/pipelines.ts'
import { check } from './checker/check.ts'
import { fateDifferences, shownFates, undisturbed } from './checker/expected.ts'
import { sightViolations } from './checker/follower.ts'
import type { PipelineLog } from './checker/pipeline-log.ts'
import { storedViolations } from './checker/segments.ts'
import type { Invariant, Violation } from './checker/violation.ts'
import { standingLine } from './nemesis/standing-line.ts'

const topology = topologyOf(`
stream: {name: checked, partitions: 3, replicas: 2, transaction_bytes: 1KiB, cut_before: [clean_email_mapper]}
process:
  - whitespace_normalization_mapper:
  - text_chunk_mapper: {max_len: 60, split_pattern: null}
  - text_length_filter: {min_len: 12}
  - clean_email_mapper:
  - words_num_filter: {min_num: 3}
`)
const { raw, refined, rejected, deadLetters, ledger } = topology.topics
const channel = topology.stages[1]?.input ?? ''
let clean: PipelineLog
let log: PipelineLog

beforeAll(async () => {
  const lines = Array.from({ length: 300 }, (_, i) => {
    if (i % 13 === 0) return '{"text": "cut'
    return JSON.stringify({ text: `number ${i} ${'more words '.repeat(i % 9)}` })
  })
  const broker = memoryBroker()
  const line = await standingLine(broker, topology, inlineLauncher(broker, topology))
  await line.feed(lines)
  await line.rest()
  await line.drain()
  clean = await line.log()
})

beforeEach(() => {
  log = {
    ...clean,
    records: new Map([...clean.records].map(([topic, all]) => [topic, all.map((logged) => ({ ...logged }))])),
    committed: new Map([...clean.committed].map(([stage, offsets]) => [stage, [...offsets]])),
  }
})

const records = (topic: string) => log.records.get(topic) ?? []
const found = (violations: Violation[]): Invariant[] =>
  [...new Set(violations.map(({ invariant }) => invariant))].sort()

/** Writes a row of the ledger anew. */
function amend(index: number, change: (row: LedgerEntry) => Partial<LedgerEntry>): void {
  const logged = records(ledger)[index]
  if (!logged?.record.value) throw new Error('the ledger has no such row')
  const row = codec.decodeLedgerEntry(logged.record.value)
  logged.record = { ...logged.record, value: Buffer.from(codec.encodeLedgerEntry({ ...row, ...change(row) })) }
}

function swap(topic: string): void {
  const all = records(topic)
  const first = all.findIndex(({ partition }, i) => all[i + 4]?.partition === partition)
  const [a, b] = [all[first], all[first + 4]]
  if (!a || !b) throw new Error('nothing to swap')
  ;[a.record, b.record] = [b.record, a.record]
}

describe('the checker', () => {
  test('finds nothing in a clean log of documents that are kept, split, rejected and set aside', async () => {
    expect(records(refined).length).toBeGreaterThan(300)
    expect(records(rejected).length).toBeGreaterThan(20)
    expect(records(deadLetters).length).toBe(24)
    expect(check(log, codec)).toEqual([])
    expect(fateDifferences(shownFates(log, codec), await undisturbed(log, codec, () => null))).toEqual([])
  })

  test.each([refined, rejected, deadLetters, channel])('finds a record that is missing from %s', (topic) => {
    records(topic).splice(5, 1)
    expect(found(check(log, codec))).toEqual(expect.arrayContaining(['I4']))
  })

  test('finds a document that was lost altogether', () => {
    records(deadLetters).splice(3, 1)
    expect(found(check(log, codec))).toEqual(expect.arrayContaining(['I1', 'I4']))
  })

  test.each([refined, rejected, deadLetters, channel])('finds a record that is twice in %s', (topic) => {
    const all = records(topic)
    const once = all[5]
    if (once) all.splice(6, 0, once)
    expect(found(check(log, codec))).toEqual(expect.arrayContaining(['I2', 'I4']))
  })

  test('finds a document that came out of nowhere', () => {
    const stranger = records(refined)[0]
    if (!stranger?.record.value) throw new Error('nothing refined')
    const document = { ...codec.decodeDocument(stranger.record.value), id: '2-99999' }
    stranger.record = { ...stranger.record, value: Buffer.from(codec.encodeDocument(document)) }
    expect(found(check(log, codec))).toEqual(expect.arrayContaining(['I2']))
  })

  test.each([refined, rejected, deadLetters, channel])('finds records out of order in %s', (topic) => {
    swap(topic)
    expect(found(check(log, codec))).toEqual(expect.arrayContaining(['I3']))
  })

  test('finds a document in another partition than its record', () => {
    const moved = records(refined)[7]
    if (moved) moved.partition = (moved.partition + 1) % 3
    expect(found(check(log, codec))).toEqual(expect.arrayContaining(['I3']))
  })

  test('finds lines that were fed twice, not at all, or out of order', () => {
    const all = records(raw)
    const headers = all[9]?.record.headers
    if (all[8] && headers) all[8].record = { ...all[8].record, headers }
    expect(found(check(log, codec))).toEqual(expect.arrayContaining(['I1', 'I2', 'I3']))
  })

  test('finds a row that does not balance, and one that counts what is not there', () => {
    amend(4, ({ output }) => ({ output: output + 1 }))
    expect(check(log, codec).map(({ invariant }) => invariant)).toEqual(['I4', 'I4'])
  })

  test('finds an operator that forgot a document', () => {
    amend(4, ({ operators }) => ({ operators: operators.map((operator) => ({ ...operator, in: operator.in + 1 })) }))
    expect(found(check(log, codec))).toEqual(['I4'])
  })

  test('finds a checkpoint whose row is missing, and one whose offset is', () => {
    records(ledger).splice(1, 1)
    expect(found(check(log, codec))).toEqual(['I5'])
    log = { ...log, committed: new Map(clean.committed).set(topology.stages[0]?.name ?? '', [0n, null, 1n]) }
    expect(found(check(log, codec))).toEqual(['I5', 'I6'])
  })

  test('finds two owners that both accounted for the same offsets', () => {
    const all = records(ledger)
    const row = all[1]
    if (row) all.push(row)
    expect(found(check(log, codec))).toContain('I10')
  })

  test('finds a stage that has not come to the end of its input', () => {
    const stage = topology.stages[1]?.name ?? ''
    const last = records(channel).findLast(({ partition }) => partition === 0)
    log.committed.set(stage, [last?.record.offset ?? 0n, ...(clean.committed.get(stage) ?? []).slice(1)])
    expect(found(check(log, codec))).toContain('I6')
  })

  test.each(['value', 'key', 'header', 'source'])('finds a dead letter whose %s is not its record’s', (part) => {
    const letter = records(deadLetters)[2]
    if (!letter) throw new Error('no letters')
    const { record } = letter
    const changed: Record<string, Partial<IncomingRecord>> = {
      value: { value: Buffer.from('{"text": "cut?') },
      key: { key: Buffer.from('a key') },
      header: { headers: { ...record.headers, 'millrace.source': Buffer.from('elsewhere') } },
      source: { headers: moved(record) },
    }
    letter.record = { ...record, ...changed[part] }
    expect(found(check(log, codec))).toContain('I9')
  })

  test('finds a document with another fate than without faults', async () => {
    const expected = await undisturbed(log, codec, () => null)
    const shown = shownFates(log, codec)
    const other = shown.map((fate, i) => (i === 40 ? { ...fate, content: `${fate.content}?` } : fate))
    expect(found(fateDifferences(other, expected))).toEqual(['I8'])
    expect(found(fateDifferences(shown.slice(1), expected))).toEqual(['I8'])
    const letter = (content: string) => [{ id: '0-1', kind: 'dead letter' as const, content }]
    const due = letter('operator_crashed or operator_timeout')
    expect(fateDifferences(letter('operator_timeout'), due)).toEqual([])
    expect(found(fateDifferences(letter('operator_failed'), due))).toEqual(['I8'])
  })
})

/** The headers of a letter that names a record that is not there. */
function moved({ headers }: IncomingRecord): Record<string, Buffer> {
  const name = 'millrace.dead-letter'
  const letter = codec.decodeDeadLetter(headers[name] ?? Buffer.alloc(0))
  return { ...headers, [name]: Buffer.from(codec.encodeDeadLetter({ ...letter, offset: 99_999n })) }
}

describe('the follower’s verdict', () => {
  const there = [0n, 1n, 2n].map((offset) => ({ partition: 0, offset, digest: `d${offset}` }))

  test('is clean when it saw what is there', () => {
    expect(sightViolations('t', there, there)).toEqual([])
  })

  test('names what was seen and is gone, what was missed, and what came twice', () => {
    expect(found(sightViolations('t', [...there, { partition: 0, offset: 3n, digest: 'd3' }], there))).toEqual(['I5'])
    expect(found(sightViolations('t', there.slice(1), there))).toEqual(['I1'])
    expect(found(sightViolations('t', [...there, ...there.slice(2)], there))).toEqual(['I2'])
  })
})

describe('what the broker stored', () => {
  const one = topologyOf('stream: {name: stored, partitions: 1}\nprocess: []\n')
  const topic = one.topics.raw
  const context = { codec: 0, transactional: true, producerId: 7n, producerEpoch: 0, firstSequence: 0, now: 0 }

  /** Batches of one record each: of a producer's epoch, or the end of its transaction. */
  function stored(batches: ({ epoch: number } | { epoch: number; end: 'commit' | 'abort' })[]): string {
    const data = mkdtempSync(join(tmpdir(), 'millrace-stored-'))
    for (const { topic: name } of one.channels) mkdirSync(join(data, `${name}-0`))
    const parts = batches.map((batch, i) => {
      const key = 'end' in batch ? Buffer.from([0, 0, 0, batch.end === 'commit' ? 1 : 0]) : null
      const one = [{ key, value: Buffer.from('x') }]
      const bytes = Buffer.alloc(batchBound(one))
      const end = writeBatch(bytes, 0, one, { ...context, producerEpoch: batch.epoch })
      bytes.writeBigInt64BE(BigInt(i), 0)
      if ('end' in batch) bytes.writeInt16BE(bytes.readInt16BE(21) | 0x20, 21)
      return bytes.subarray(0, end)
    })
    writeFileSync(join(data, `${topic}-0`, '00000000000000000000.log'), Buffer.concat(parts))
    return data
  }

  const seen = (...offsets: bigint[]): PipelineLog => {
    const record = { timestamp: 0, key: null, value: Buffer.from('x'), headers: {} }
    const all = offsets.map((offset) => ({ partition: 0, record: { ...record, offset } }))
    return { topology: one, records: new Map([[topic, all]]), committed: new Map(), ends: new Map() }
  }
  const committed = { epoch: 0, end: 'commit' } as const
  const aborted = { epoch: 0, end: 'abort' } as const

  test('agrees with a reader who sees what is committed and nothing else', () => {
    const data = stored([{ epoch: 0 }, committed, { epoch: 0 }, aborted, { epoch: 1 }, { epoch: 1, end: 'commit' }])
    expect(storedViolations(seen(0n, 4n), data)).toEqual([])
  })

  test('shows a reader who sees what was aborted or is open, or misses what was committed', () => {
    expect(found(storedViolations(seen(0n), stored([{ epoch: 0 }, aborted])))).toEqual(['I5'])
    expect(found(storedViolations(seen(0n), stored([{ epoch: 0 }])))).toEqual(['I5'])
    expect(found(storedViolations(seen(), stored([{ epoch: 0 }, committed])))).toEqual(['I5'])
  })

  test('shows a transaction that was left open', () => {
    expect(found(storedViolations(seen(), stored([{ epoch: 0 }])))).toEqual(['I5'])
  })

  test('shows a producer that wrote after it had been fenced', () => {
    const data = stored([{ epoch: 0 }, committed, { epoch: 1 }, { epoch: 1, end: 'commit' }, { epoch: 0 }, committed])
    expect(found(storedViolations(seen(0n, 2n, 4n), data))).toEqual(['I10'])
  })
})

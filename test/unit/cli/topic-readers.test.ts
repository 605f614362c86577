import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Broker } from '../../../services/brokers/broker.ts'
import { memoryBroker } from '../../../services/brokers/memory/memory.ts'
import { letterText } from '../../../services/cli/dead-letters/text.ts'
import { type ExportKind, exportLine } from '../../../services/cli/pipelines/export-lines.ts'
import { LedgerWatch } from '../../../services/cli/pipelines/ledger-watch.ts'
import { exportTopic } from '../../../services/cli/pipelines/topic-export.ts'
import { type FiledLetter, readDeadLetter, readDeadLetters } from '../../../services/pipeline/replay/filed-letter.ts'
import { jsonLines, scratchDirectory } from '../../support/command-line.ts'
import { rejectionOf } from '../../support/failures.ts'
import { codec, inlineLauncher, runLines, topologyOf } from '../../support/pipelines.ts'

const topology = topologyOf(`
project_name: readers
process:
  - text_length_filter: {min_len: 5}
stream: {partitions: 2}
`)
const { topics } = topology
const broken = Buffer.concat([Buffer.from('{broken \u001b[31m'), Buffer.of(0xff)])
const lines = [
  '{"text":"long enough","n":1.0}',
  '{"text":"abc","n":2}',
  broken,
  '{"text":"also long enough","__dj__meta__":{}}',
]

let broker: Broker

beforeAll(async () => {
  broker = memoryBroker()
  await runLines(broker, topology, lines, inlineLauncher(broker, topology))
})

async function exported(kind: ExportKind, directory: string, topic: string): Promise<number> {
  const { signal } = new AbortController()
  const line = exportLine(kind, codec)
  const done = await exportTopic({ broker, topic, directory, packing: 'plain', line, follow: false, signal })
  return done.records
}

function contents(directory: string): unknown[] {
  return readdirSync(directory).flatMap((name) => jsonLines(readFileSync(join(directory, name), 'utf8')))
}

describe('an export', () => {
  test('writes refined documents as their samples', async () => {
    const directory = scratchDirectory()
    expect(await exported('refined', directory, topics.refined)).toBe(2)
    expect(contents(directory)).toEqual([{ text: 'long enough', n: 1 }, { text: 'also long enough' }])
  })

  test('writes rejected documents with operator, reason and stats', async () => {
    const directory = scratchDirectory()
    await exported('rejected', directory, topics.rejected)
    const sample = { text: 'abc', n: 2 }
    expect(contents(directory)).toEqual([
      { operator: 'text_length_filter', reason: 'below_minimum', stats: { text_len: 3 }, sample },
    ])
  })

  test('writes dead letters with their story, and bytes that are no text in base64', async () => {
    const directory = scratchDirectory()
    await exported('dead-letters', directory, topics.deadLetters)
    const [letter] = contents(directory)
    expect(letter).toMatchObject({
      operator: null,
      code: 'utf8_invalid',
      source: 'test:3',
      value_base64: broken.toString('base64'),
    })
  })

  test('goes on behind the parts that are there, so that nothing comes twice', async () => {
    const own = memoryBroker()
    await own.createTopics([{ topic: 't', partitions: 1 }])
    const producer = await own.producer()
    const send = (text: string) =>
      producer.send([{ topic: 't', partition: 0, records: [{ key: null, value: Buffer.from(text) }] }])
    const directory = scratchDirectory()
    const { signal } = new AbortController()
    const run = () =>
      exportTopic({
        broker: own,
        topic: 't',
        directory,
        packing: 'plain',
        line: ({ value }) => value,
        follow: false,
        signal,
      })
    await send('1')
    expect((await run()).records).toBe(1)
    expect((await run()).records).toBe(0)
    await send('2')
    await send('3')
    expect((await run()).records).toBe(2)
    expect(contents(directory)).toEqual([1, 2, 3])
  })

  test('follows a topic until it is asked to end, and finishes what it has read', async () => {
    const own = memoryBroker()
    await own.createTopics([{ topic: 't', partitions: 1 }])
    const producer = await own.producer()
    const directory = scratchDirectory()
    const controller = new AbortController()
    const line = ({ value }: { value: Buffer | null }) => {
      if (value?.toString() === '2') setTimeout(() => controller.abort(), 20)
      return value
    }
    const done = exportTopic({
      broker: own,
      topic: 't',
      directory,
      packing: 'plain',
      line,
      follow: true,
      signal: controller.signal,
    })
    for (const text of ['1', '2'])
      await producer.send([{ topic: 't', partition: 0, records: [{ key: null, value: Buffer.from(text) }] }])
    expect((await done).records).toBe(2)
    expect(contents(directory)).toEqual([1, 2])
  })

  test('refuses parts that reach beyond the end of the topic, which was made anew', async () => {
    const own = memoryBroker()
    await own.createTopics([{ topic: topics.refined, partitions: 2 }])
    const directory = scratchDirectory()
    await exported('refined', directory, topics.refined)
    const { signal } = new AbortController()
    const again = exportTopic({
      broker: own,
      topic: topics.refined,
      directory,
      packing: 'plain',
      line: () => null,
      follow: false,
      signal,
    })
    expect((await rejectionOf(again)).code).toBe('output_unwritable')
  })
})

describe('dead letters', () => {
  const all = async () => {
    const letters: FiledLetter[] = []
    for await (const letter of readDeadLetters(broker, topics.deadLetters, codec)) letters.push(letter)
    return letters
  }

  test('are read with their story and the record as it came', async () => {
    const [filed, ...others] = await all()
    expect(others).toEqual([])
    expect(filed?.letter).toMatchObject({ code: 'utf8_invalid', operator: null, pipeline: 'readers' })
    expect(filed?.record.value?.equals(broken)).toBe(true)
  })

  test('are found by their place, and only there', async () => {
    const [filed] = await all()
    const place = { topic: topics.deadLetters, partition: filed?.partition ?? 0, offset: filed?.offset ?? 0n }
    expect((await readDeadLetter(broker, place, codec))?.id).toBe(filed?.id)
    expect(await readDeadLetter(broker, { ...place, offset: place.offset + 1n }, codec)).toBeNull()
    expect(await readDeadLetter(broker, { ...place, offset: 99n }, codec)).toBeNull()
    expect(await readDeadLetter(broker, { ...place, partition: 9 }, codec)).toBeNull()
  })

  test('are shown so that the terminal obeys nothing in them', async () => {
    const [filed] = await all()
    const text = filed ? letterText(filed) : ''
    expect(text).toContain('{broken \\x1b[31m\\xff')
    expect(text).not.toContain('\u001b')
    expect(text).toMatch(/__millrace\.errors\.code +utf8_invalid/)
    expect(text).toMatch(/millrace\.ordinal +2\n/)
  })
})

describe('a reading of the ledger', () => {
  test('says what went in and what became of it', async () => {
    const reading = await new LedgerWatch(broker, topology, codec).read()
    expect(reading.totals).toMatchObject({ input: 4, output: 2, rejected: 1, dead_letters: 1 })
    expect(reading).toMatchObject({ balanced: true, underWay: 0, foreign: 0 })
    expect(reading.lag.map(({ total }) => total)).toEqual([0])
    expect(reading.rates[0]?.documents).toBeCloseTo(0.4)
  })

  test('counts nothing twice when it is read again', async () => {
    const watch = new LedgerWatch(broker, topology, codec)
    await watch.read()
    expect((await watch.read()).totals.input).toBe(4)
  })

  test('leaves out the stages of another plan, and says how many entries those are', async () => {
    const isolated = topologyOf(
      'project_name: readers\nprocess:\n  - text_length_filter: {min_len: 5}\n  - words_num_filter:\nstream: {partitions: 2}\n',
      { isolate: true },
    )
    await broker.createTopics(isolated.channels.map(({ topic, partitions }) => ({ topic, partitions })))
    const renamed = { ...isolated, stages: isolated.stages.map((stage) => ({ ...stage, name: `other-${stage.name}` })) }
    const reading = await new LedgerWatch(broker, renamed, codec).read()
    expect(reading.totals.input).toBe(0)
    expect(reading.foreign).toBeGreaterThan(0)
  })

  test('finds an account that does not balance when nothing moves any more', async () => {
    const own = memoryBroker()
    await own.createTopics(topology.channels.map(({ topic, partitions }) => ({ topic, partitions })))
    const zeros = {
      output: 0,
      rejected: 0,
      duplicates: 0,
      dead_letters: 0,
      split: 0,
      merged: 0,
      repaired: 0,
      bytes_in: 0,
      bytes_out: 0,
    }
    const place = {
      topic: topics.raw,
      partition: 0,
      from: 0n,
      to: 1n,
      at: Date.now(),
      worker: 'w',
      ended: [],
      operators: [],
      replayed: 0,
      letters: null,
    }
    const entry = {
      pipeline: 'readers',
      recipe: topology.recipe,
      stage: topology.stages[0]?.name ?? '',
      records: 1,
      documents: 1,
      ...zeros,
      ...place,
    }
    const producer = await own.producer()
    await producer.send([
      { topic: topics.ledger, partition: 0, records: [{ key: null, value: codec.encodeLedgerEntry(entry) }] },
    ])
    expect(await new LedgerWatch(own, topology, codec).read()).toMatchObject({ balanced: false, underWay: 1 })
  })
})

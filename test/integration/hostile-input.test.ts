import { afterAll, describe, expect, test } from 'vitest'
import type { Broker, IncomingRecord } from '../../services/brokers/broker.ts'
import { connectKafka } from '../../services/brokers/kafka/kafka.ts'
import { memoryBroker } from '../../services/brokers/memory/memory.ts'
import { HEADERS } from '../../topologies/names.ts'
import { testKafka } from '../support/kafka.ts'
import { codec, inlineLauncher, quiet, runLines, topologyOf } from '../support/pipelines.ts'

const kafka = await testKafka()
const brokers: [string, () => Promise<Broker>][] = [
  ['the embedded broker', async () => memoryBroker()],
  ...(kafka
    ? [['Kafka', () => connectKafka({ brokers: kafka.brokers, logger: quiet })] as [string, () => Promise<Broker>]]
    : []),
]

const LARGE = 20 * 1024 * 1024

const bad: [string, Buffer][] = [
  ['document_too_large', Buffer.from(JSON.stringify({ text: 'x'.repeat(LARGE) }))],
  ['json_too_deep', Buffer.from(`{"text": "deep", "meta": ${'['.repeat(200_000)}${']'.repeat(200_000)}}`)],
  ['json_broken', Buffer.alloc(3_000)],
  ['avro_unknown_schema', Buffer.from([0, 0, 0, 0x27, 0x0f, 2, 4, 6])],
  ['avro_broken', Buffer.from([0, 0, 0, 0x03, 0xe9, 0xff, 0xff, 0xff, 0xff, 0x0f])],
  ['utf8_invalid', Buffer.from([...Buffer.from('{"text": "'), 0xff, 0xfe, ...Buffer.from('"}')])],
  ['json_broken', Buffer.from('{"text": "cut of')],
  ['json_broken', Buffer.from('["text"]')],
  ['text_missing', Buffer.from('{"text": null, "id": 1}')],
  ['text_missing', Buffer.from('{"id": 2}')],
  ['text_not_a_string', Buffer.from('{"text": 17}')],
]

/** Fields that a parser would change: large and exact numbers, escapes, doubled keys, order. */
const odd =
  '{"z": 1.0, "big": 12345678901234567890, "text": "A mill\\u0020stands here.", "a": "\\u00e9\\/", "e": 1E5, "z": {"text": 2}}'
const good = [
  odd,
  '{"text":"Nothing special."}',
  '{"text": "With a line separator \u2028 in it.", "b": [1, {"c": null}]}',
]

describe.each(brokers)('on %s', (name, open) => {
  const opened = open()
  afterAll(async () => (await opened).close())

  test('bad records are dead-lettered with their bytes untouched, and their neighbours pass', async () => {
    const broker = await opened
    const topology = topologyOf(
      `stream: {name: hostile-${process.pid}-${name.length}, partitions: 1}\nprocess:\n  - text_length_filter: {min_len: 5}\n`,
    )
    const lines = bad.flatMap(([, bytes], i) => [good[i % good.length] ?? '', bytes])
    const { report, output } = await runLines(broker, topology, lines, inlineLauncher(broker, topology))

    expect(report).toMatchObject({ input: lines.length, output: bad.length, dead_letters: bad.length, balanced: true })
    expect(output[0]).toBe(odd.replace('\\u0020', ' '))
    expect(output[1]).toBe(good[1])
    const letters: IncomingRecord[] = []
    for await (const batch of broker.read(topology.topics.deadLetters, { until: 'end' })) letters.push(...batch.records)
    expect(letters.map(({ headers }) => headers[HEADERS.code]?.toString())).toEqual(bad.map(([code]) => code))
    for (const [i, { value }] of letters.entries()) expect(value?.equals(bad[i]?.[1] ?? Buffer.alloc(0))).toBe(true)
    await broker.deleteTopics(Object.values(topology.topics))
  }, 120_000)

  test('a dead letter tells the whole story, in the headers of Streams, of Connect and in ours', async () => {
    const broker = await opened
    const topology = topologyOf(
      `stream: {name: story-${process.pid}-${name.length}, partitions: 1}\nprocess:\n  - text_length_filter: {text_key: title}\n`,
    )
    await runLines(broker, topology, ['{"text": "x"}'], inlineLauncher(broker, topology))
    const [letter] = await Array.fromAsync(broker.read(topology.topics.deadLetters, { until: 'end' }))
    const headers = letter?.records[0]?.headers ?? {}
    const text = Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, value.toString()]))
    expect(text).toMatchObject({
      'millrace.source': 'test:1',
      '__streams.errors.exception': 'text_missing',
      '__streams.errors.topic': topology.topics.raw,
      '__streams.errors.partition': '0',
      '__streams.errors.offset': '0',
      '__connect.errors.topic': topology.topics.raw,
      '__connect.errors.connector.name': topology.pipeline,
      '__connect.errors.stage': '01-text-length-filter',
      '__connect.errors.exception.class.name': 'text_missing',
      '__millrace.errors.pipeline': topology.pipeline,
      '__millrace.errors.operator': 'text_length_filter',
      '__millrace.errors.operator.index': '0',
      '__millrace.errors.code': 'text_missing',
      '__millrace.errors.attempts': '1',
      '__millrace.errors.recipe': topology.recipe,
    })
    const story = codec.decodeDeadLetter(headers[HEADERS.deadLetter] ?? Buffer.alloc(0))
    expect(story).toMatchObject({
      document: '0-0',
      source: 'test:1',
      operator: 'text_length_filter',
      offset: 0n,
      attempts: 1,
    })
    expect(story.first_time).toBe(story.last_time)
    await broker.deleteTopics(Object.values(topology.topics))
  })

  test('a line too long for a topic is known by its length and hash', async () => {
    const broker = await opened
    const topology = topologyOf(`stream: {name: oversize-${process.pid}-${name.length}, partitions: 1}\nprocess: []\n`)
    const oversize = { length: 200_000_000, sha256: 'ab'.repeat(32), byteOffset: 7n }
    const lines = [
      { bytes: Buffer.from('{"text": "begin'), place: 'big.jsonl:1', oversize },
      { bytes: Buffer.from('{"text": "small"}'), place: 'big.jsonl:2' },
    ]
    const { report } = await runLines(broker, topology, lines, inlineLauncher(broker, topology))
    expect(report).toMatchObject({ input: 2, output: 1, dead_letters: 1, balanced: true })
    const [letter] = await Array.fromAsync(broker.read(topology.topics.deadLetters, { until: 'end' }))
    const record = letter?.records[0]
    expect(record?.headers[HEADERS.code]?.toString()).toBe('document_too_large')
    expect(JSON.parse(record?.headers[HEADERS.oversize]?.toString() ?? '{}')).toEqual({ ...oversize, byteOffset: '7' })
    await broker.deleteTopics(Object.values(topology.topics))
  })
})

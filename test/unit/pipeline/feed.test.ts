import { describe, expect, test } from 'vitest'
import type { Broker } from '../../../services/brokers/broker.ts'
import { memoryBroker } from '../../../services/brokers/memory/memory.ts'
import { countedOn } from '../../../services/pipeline/count.ts'
import { type FeedLine, feed } from '../../../services/pipeline/feed.ts'
import { prepareTopics } from '../../../services/pipeline/topics.ts'
import { Failure } from '../../../topologies/failure.ts'
import { HEADERS } from '../../../topologies/names.ts'
import { bound } from '../../support/flaky-broker.ts'
import { feedLines, topologyOf } from '../../support/pipelines.ts'

const topology = topologyOf(
  'stream: {name: feed, partitions: 3, transaction_bytes: 1KiB}\nprocess: [clean_email_mapper]\n',
)
const { raw } = topology.topics

const lines = (count: number, file = 'in.jsonl', word = 'number'): FeedLine[] =>
  Array.from({ length: count }, (_, i) => ({
    bytes: Buffer.from(JSON.stringify({ text: `${word} ${i}` })),
    place: `${file}:${i + 1}`,
  }))

interface Feeding {
  resume?: boolean
  onFed?: () => void
}

/** Feeds, and gives the place behind which it began; undefined when it was not to resume. */
async function feedAll(broker: Broker, all: AsyncIterable<FeedLine[]>, { resume, onFed }: Feeding = {}) {
  let behind: string | null | undefined
  const onResumed = (place: string | null) => {
    behind = place
  }
  const resuming = resume ? { onResumed } : {}
  await feed({ broker, topology, run: null, lines: all, onFed: onFed ?? (() => undefined), ...resuming })
  return behind
}

/** An input whose reader dies behind so many lines. */
async function* dying(count: number, all: FeedLine[]): AsyncGenerator<FeedLine[]> {
  yield* feedLines(all.slice(0, count), 10)
  throw new Failure('worker_died', 'killed')
}

async function newBroker(): Promise<Broker> {
  const broker = memoryBroker()
  await prepareTopics(broker, topology)
  return broker
}

/** Places of the records on the raw topic, in the order in which they were fed. */
async function fed(broker: Broker): Promise<string[]> {
  const found: { ordinal: bigint; place: string }[] = []
  for await (const { records } of broker.read(raw, { until: 'end' }))
    for (const { headers } of records) {
      const ordinal = headers[HEADERS.ordinal]?.readBigInt64BE() ?? -1n
      found.push({ ordinal, place: headers[HEADERS.source]?.toString() ?? '' })
    }
  found.sort((a, b) => Number(a.ordinal - b.ordinal))
  expect(found.map(({ ordinal }) => ordinal)).toEqual(found.map((_, i) => BigInt(i)))
  return found.map(({ place }) => place)
}

describe('a feeder that resumes', () => {
  test('goes on behind the last line that is on the topic, wherever the one before it died', async () => {
    const all = lines(200)
    for (const deaths of [[1], [137], [60, 61, 140], [200]]) {
      const broker = await newBroker()
      for (const count of deaths)
        await expect(feedAll(broker, dying(count, all), { resume: true })).rejects.toMatchObject({
          code: 'worker_died',
        })
      const before = await fed(broker)
      expect(await feedAll(broker, feedLines(all), { resume: true })).toBe(before.at(-1) ?? null)
      expect(await fed(broker)).toEqual(all.map(({ place }) => place))
    }
  })

  test('feeds nothing when all is on the topic', async () => {
    const broker = await newBroker()
    await feedAll(broker, feedLines(lines(50)))
    expect(await feedAll(broker, feedLines(lines(50)), { resume: true })).toBe('in.jsonl:50')
    expect(await fed(broker)).toHaveLength(50)
  })

  test('refuses another input, and one that has changed, and feeds nothing of them', async () => {
    const broker = await newBroker()
    await feedAll(broker, feedLines(lines(50)))
    const other = feedAll(broker, feedLines(lines(90, 'other.jsonl')), { resume: true })
    await expect(other).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('in.jsonl:50') })
    const changed = feedAll(broker, feedLines(lines(90, 'in.jsonl', 'changed')), { resume: true })
    await expect(changed).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('in.jsonl:50') })
    expect(await fed(broker)).toHaveLength(50)
  })

  test('says so when the record is gone that tells where feeding stopped', async () => {
    const broker = await newBroker()
    await feedAll(broker, feedLines(lines(50)))
    await broker.deleteTopics([raw])
    await prepareTopics(broker, topology)
    const emptied = { ...bound(broker), committed: async () => [50n, null, null] }
    const resumed = feedAll(emptied, feedLines(lines(60)), { resume: true })
    await expect(resumed).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('is not there') })
  })
})

test('records that were replayed say nothing of how far the feeder is', async () => {
  const broker = await newBroker()
  await feedAll(broker, feedLines(lines(50)))
  const ordinal = Buffer.alloc(8)
  ordinal.writeBigInt64BE(7n)
  const headers = { [HEADERS.ordinal]: ordinal, [HEADERS.source]: 'in.jsonl:8', [HEADERS.resume]: '{}' }
  const records = Array.from({ length: 300 }, () => ({ key: null, value: Buffer.from('{}'), headers }))
  const producer = await broker.producer()
  for (const partition of [0, 1, 2]) await producer.send([{ topic: raw, partition, records }])
  expect(await countedOn(broker, raw)).toBe(50n)
})

/** The first commit is not heard of, and while its feeder wonders what became of it, a rival does something. */
function overtaken(broker: Broker, rival: () => Promise<unknown>): Broker {
  let first = true
  return {
    ...bound(broker),
    async transactor(id, options) {
      const transactor = await broker.transactor(id, options)
      return {
        init: () => transactor.init(),
        close: () => transactor.close(),
        async begin() {
          const transaction = await transactor.begin()
          if (!first) return transaction
          first = false
          return {
            send: (deliveries) => transaction.send(deliveries),
            sendOffsets: (group, positions) => transaction.sendOffsets(group, positions),
            abort: () => transaction.abort(),
            async commit() {
              await transaction.abort()
              await rival()
              throw new Failure('broker_timeout', 'The answer to a commit was lost.')
            },
          }
        },
      }
    },
  }
}

describe('a feeder that does not know whether its transaction has happened', () => {
  test('does not take the lines of a rival that fed as many for its own', async () => {
    const broker = await newBroker()
    const rival = () => feedAll(broker, feedLines(lines(20, 'rival.jsonl', 'rival')))
    const feeding = feedAll(overtaken(broker, rival), feedLines(lines(20)))
    await expect(feeding).rejects.toMatchObject({ code: 'feed_taken_over' })
    expect(await fed(broker)).toEqual(lines(20, 'rival.jsonl').map(({ place }) => place))
  })

  test('stops when a rival fed more or less', async () => {
    for (const count of [5, 30]) {
      const broker = await newBroker()
      const rival = () => feedAll(broker, feedLines(lines(count, 'rival.jsonl')))
      const feeding = feedAll(overtaken(broker, rival), feedLines(lines(20)))
      await expect(feeding).rejects.toMatchObject({ code: 'feed_taken_over' })
    }
  })

  test('sends again when nobody fed meanwhile', async () => {
    const broker = await newBroker()
    await feedAll(
      overtaken(broker, async () => undefined),
      feedLines(lines(20)),
    )
    expect(await fed(broker)).toHaveLength(20)
  })
})

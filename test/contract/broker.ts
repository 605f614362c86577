import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type {
  Batch,
  Broker,
  Consumer,
  ConsumerOptions,
  Delivery,
  IncomingRecord,
  Position,
  TopicPartition,
} from '../../services/brokers/broker.ts'
import { Failure, type FailureCode } from '../../topologies/failure.ts'

const LARGE = { 'max.message.bytes': String(64 * 1024 * 1024) }
/** Long enough for a rebalance and for transactions that time out; nothing waits this long when all is well. */
const PATIENCE = 30_000

/** What every broker must do, whichever it is: the suite that both implementations pass. */
export function brokerContract(open: () => Promise<Broker>): void {
  let broker: Broker

  beforeAll(async () => {
    broker = await open()
  }, 120_000)

  afterAll(async () => {
    await broker?.close()
  })

  async function newTopic(partitions = 1, config: Record<string, string> = {}): Promise<string> {
    const topic = `contract-${randomUUID()}`
    await broker.createTopics([{ topic, partitions, config }])
    return topic
  }

  async function produce(topic: string, values: string[], partition = 0): Promise<void> {
    const producer = await broker.producer()
    await producer.send([delivery(topic, values, partition)])
    await producer.close()
  }

  /** Writes in one transaction, which is committed when `outcome` says so. */
  async function transact(topic: string, values: string[], outcome: 'commit' | 'abort' = 'commit'): Promise<void> {
    const transactor = await broker.transactor(randomUUID())
    await transactor.init()
    const transaction = await transactor.begin()
    await transaction.send([delivery(topic, values)])
    await transaction[outcome]()
    await transactor.close()
  }

  async function readAll(topic: string, from?: Map<number, bigint>): Promise<Batch[]> {
    const batches: Batch[] = []
    for await (const batch of broker.read(topic, { until: 'end', ...(from ? { from } : {}) })) batches.push(batch)
    return batches
  }

  async function valuesOf(topic: string): Promise<string[]> {
    return (await readAll(topic)).flatMap(({ records }) => records.map(textOf))
  }

  /** A member that reads whatever it is assigned, from the start or from where `startAt` says. */
  async function member(
    group: string,
    topic: string,
    change: Partial<ConsumerOptions> & { startAt?: bigint } = {},
  ): Promise<Member> {
    const seen = new Member()
    const consumer = await broker.consumer({
      group,
      topics: [topic],
      onAssigned: (partitions) => {
        seen.assignments.push(partitions)
        setImmediate(() => {
          for (const partition of partitions) seen.consumer?.readFrom({ ...partition, offset: change.startAt ?? 0n })
        })
      },
      onBatch: (batch) => seen.batches.push(batch),
      onLost: (error) => seen.lost.push(error),
      ...change,
    })
    seen.consumer = consumer
    // The first assignment comes before the consumer is handed over.
    for (const partition of seen.assignments.at(-1) ?? [])
      consumer.readFrom({ ...partition, offset: change.startAt ?? 0n })
    return seen
  }

  describe('topics', () => {
    it('are created once, and creating them again changes nothing', async () => {
      const topic = await newTopic(3)
      await broker.createTopics([
        { topic, partitions: 5 },
        { topic: `${topic}-other`, partitions: 1 },
      ])
      expect(await broker.partitions(topic)).toBe(3)
      expect(await broker.topics()).toEqual(expect.arrayContaining([topic, `${topic}-other`]))
    })

    it('are gone after they are deleted, and deleting what is not there is no error', async () => {
      const topic = await newTopic()
      await broker.deleteTopics([topic, `missing-${randomUUID()}`])
      expect(await broker.topics()).not.toContain(topic)
      await expect(broker.partitions(topic)).rejects.toSatisfy(failedWith('topic_missing'))
    })

    it('can be created anew after they were deleted', async () => {
      const topic = await newTopic()
      await produce(topic, ['old'])
      await broker.deleteTopics([topic])
      await broker.createTopics([{ topic, partitions: 2 }])
      expect(await broker.partitions(topic)).toBe(2)
      expect(await valuesOf(topic)).toEqual([])
    })

    it('that do not exist are named in the failure', async () => {
      const topic = `missing-${randomUUID()}`
      await expect(broker.partitions(topic)).rejects.toSatisfy(failedWith('topic_missing'))
      await expect(broker.bounds(topic)).rejects.toSatisfy(failedWith('topic_missing'))
      await expect(readAll(topic)).rejects.toSatisfy(failedWith('topic_missing'))
      const consumer = broker.consumer({
        group: randomUUID(),
        topics: [topic],
        onAssigned: ignore,
        onBatch: ignore,
        onLost: ignore,
      })
      await expect(consumer).rejects.toSatisfy(failedWith('topic_missing'))
    })
  })

  describe('producing', () => {
    it('keeps the order of each partition over many calls', async () => {
      const topic = await newTopic(2)
      const producer = await broker.producer()
      const values = Array.from({ length: 500 }, (_, i) => `value ${i}`)
      await Promise.all(values.map((value, i) => producer.send([delivery(topic, [value], i % 2)])))
      await producer.close()
      const records = (await readAll(topic)).flatMap((batch) =>
        batch.records.map((record) => [batch.partition, textOf(record)]),
      )
      for (const partition of [0, 1]) {
        const expected = values.filter((_, i) => i % 2 === partition)
        expect(records.filter(([read]) => read === partition).map(([, value]) => value)).toEqual(expected)
      }
    })

    it('carries keys, values, headers and times as they are, and null as null', async () => {
      const topic = await newTopic()
      const producer = await broker.producer()
      const bytes = Buffer.from([0, 255, 128, 10])
      await producer.send([
        {
          topic,
          partition: 0,
          records: [
            { key: bytes, value: bytes, headers: { text: 'grüß', bytes, empty: '' }, timestamp: 1_700_000_000_123 },
            { key: null, value: Buffer.alloc(0) },
            { key: Buffer.alloc(0), value: null },
          ],
        },
      ])
      await producer.close()
      const [full, emptyValue, nullValue] = (await readAll(topic)).flatMap(({ records }) => records)
      expect(full).toMatchObject({ offset: 0n, timestamp: 1_700_000_000_123, key: bytes, value: bytes })
      expect(full?.headers).toEqual({ text: Buffer.from('grüß'), bytes, empty: Buffer.alloc(0) })
      expect(emptyValue).toMatchObject({ key: null, value: Buffer.alloc(0), headers: {} })
      expect(nullValue).toMatchObject({ key: Buffer.alloc(0), value: null })
      expect(Math.abs((emptyValue?.timestamp ?? 0) - Date.now())).toBeLessThan(60_000)
    })

    it.each(['gzip', 'zstd'] as const)('carries records compressed with %s', async (compression) => {
      const topic = await newTopic()
      const producer = await broker.producer({ compression })
      const values = Array.from({ length: 100 }, (_, i) => `text ${i} `.repeat(50))
      await producer.send([delivery(topic, values)])
      await producer.close()
      expect(await valuesOf(topic)).toEqual(values)
    })

    it('takes a request of many megabytes and records of five, where the topic allows them', async () => {
      const topic = await newTopic(1, LARGE)
      const producer = await broker.producer()
      const large = Buffer.alloc(5 * 1024 * 1024, 'x')
      const small = Array.from({ length: 3000 }, (_, i) => ({ key: null, value: Buffer.alloc(2000, String(i % 10)) }))
      await producer.send([{ topic, partition: 0, records: [...small, { key: null, value: large }] }])
      await producer.close()
      const values = (await readAll(topic)).flatMap(({ records }) => records.map(({ value }) => value))
      expect(values.length).toBe(3001)
      expect(values.at(-1)?.equals(large)).toBe(true)
      expect(values.slice(0, -1).map((value) => value?.toString('latin1', 0, 1))).toEqual(
        small.map((_, i) => String(i % 10)),
      )
    })

    it('refuses a record that is larger than its topic allows', async () => {
      const topic = await newTopic()
      const producer = await broker.producer()
      const large = { key: null, value: Buffer.alloc(2 * 1024 * 1024) }
      await expect(producer.send([{ topic, partition: 0, records: [large] }])).rejects.toSatisfy(
        failedWith('message_too_large'),
      )
      await producer.send([delivery(topic, ['goes on'])])
      await producer.close()
      expect(await valuesOf(topic)).toEqual(['goes on'])
    })

    it('refuses a topic that does not exist', async () => {
      const producer = await broker.producer()
      await expect(producer.send([delivery(`missing-${randomUUID()}`, ['x'])])).rejects.toSatisfy(
        failedWith('topic_missing'),
      )
      await producer.close()
    })
  })

  describe('transactions', () => {
    it('show nothing before their commit, and all of it afterwards', async () => {
      const topics = [await newTopic(), await newTopic()]
      const transactor = await broker.transactor(randomUUID())
      await transactor.init()
      const transaction = await transactor.begin()
      await transaction.send(topics.map((topic) => delivery(topic, ['one'])))
      await transaction.send(topics.map((topic) => delivery(topic, ['two'])))
      const following = topics.map((topic) => follow(broker, topic))
      await sleep(300)
      expect(following.map(({ values }) => values)).toEqual([[], []])
      await transaction.commit()
      await eventually(() =>
        expect(following.map(({ values }) => values)).toEqual([
          ['one', 'two'],
          ['one', 'two'],
        ]),
      )
      await Promise.all(following.map(({ stop }) => stop()))
      await transactor.close()
    })

    it('show nothing ever after an abort, and the next one goes through', async () => {
      const topic = await newTopic()
      const transactor = await broker.transactor(randomUUID())
      await transactor.init()
      const first = await transactor.begin()
      await first.send([delivery(topic, ['aborted'])])
      await first.abort()
      const second = await transactor.begin()
      await second.send([delivery(topic, ['committed'])])
      await second.commit()
      await transactor.close()
      expect(await valuesOf(topic)).toEqual(['committed'])
    })

    it('follow each other without a pause', async () => {
      const topic = await newTopic()
      const transactor = await broker.transactor(randomUUID())
      await transactor.init()
      for (let i = 0; i < 20; i++) {
        const transaction = await transactor.begin()
        await transaction.send([delivery(topic, [`step ${i}`])])
        await transaction.commit()
      }
      await transactor.close()
      expect(await valuesOf(topic)).toEqual(Array.from({ length: 20 }, (_, i) => `step ${i}`))
    })

    it('may be empty', async () => {
      const transactor = await broker.transactor(randomUUID())
      await transactor.init()
      await (await transactor.begin()).commit()
      await (await transactor.begin()).abort()
      await (await transactor.begin()).commit()
      await transactor.close()
    })

    it('hold readers back who come after them, so that nobody passes an open one', async () => {
      const topic = await newTopic()
      const transactor = await broker.transactor(randomUUID())
      await transactor.init()
      const transaction = await transactor.begin()
      await transaction.send([delivery(topic, ['early, committed late'])])
      await produce(topic, ['late, written at once'])
      const following = follow(broker, topic)
      await sleep(300)
      expect(following.values).toEqual([])
      await transaction.commit()
      await eventually(() => expect(following.values).toEqual(['early, committed late', 'late, written at once']))
      await following.stop()
      await transactor.close()
    })

    it('of an older holder are fenced: its commit fails and writes nothing', async () => {
      const topic = await newTopic()
      const id = randomUUID()
      const older = await broker.transactor(id)
      await older.init()
      const stale = await older.begin()
      await stale.send([delivery(topic, ['stale'])])
      await stale.sendOffsets('fenced', [{ topic, partition: 0, offset: 99n }])

      const newer = await broker.transactor(id)
      await newer.init()
      await expect(stale.commit()).rejects.toSatisfy(failedWith('producer_fenced'))
      await expect(older.begin()).rejects.toSatisfy(failedWith('producer_fenced'))
      const fresh = await newer.begin()
      await fresh.send([delivery(topic, ['fresh'])])
      await fresh.commit()
      expect(await valuesOf(topic)).toEqual(['fresh'])
      expect(await broker.committed('fenced', topic)).toEqual([null])

      await older.init()
      const again = await older.begin()
      await again.send([delivery(topic, ['again'])])
      await again.commit()
      expect(await valuesOf(topic)).toEqual(['fresh', 'again'])
      await Promise.all([older.close(), newer.close()])
    })

    it('of an older holder are fenced at the next record too', async () => {
      const topic = await newTopic()
      const id = randomUUID()
      const older = await broker.transactor(id)
      await older.init()
      const stale = await older.begin()
      await stale.send([delivery(topic, ['stale'])])
      const newer = await broker.transactor(id)
      await newer.init()
      await expect(stale.send([delivery(topic, ['staler'])])).rejects.toSatisfy(failedWith('producer_fenced'))
      expect(await valuesOf(topic)).toEqual([])
      await Promise.all([older.close(), newer.close()])
    })

    it('carry offsets, which are final for the next holder of the id once it is initialised', async () => {
      const topic = await newTopic(2)
      const group = randomUUID()
      const id = randomUUID()
      const transactor = await broker.transactor(id)
      await transactor.init()
      const transaction = await transactor.begin()
      const positions: Position[] = [{ topic, partition: 1, offset: 42n }]
      await transaction.sendOffsets(group, positions)
      expect(await broker.committed(group, topic)).toEqual([null, null])
      await transaction.commit()
      const next = await broker.transactor(id)
      await next.init()
      expect(await broker.committed(group, topic)).toEqual([null, 42n])
      await Promise.all([transactor.close(), next.close()])
    })

    it('drop their offsets when they are aborted', async () => {
      const topic = await newTopic()
      const group = randomUUID()
      const transactor = await broker.transactor(randomUUID())
      await transactor.init()
      const transaction = await transactor.begin()
      await transaction.sendOffsets(group, [{ topic, partition: 0, offset: 7n }])
      await transaction.abort()
      await transactor.init()
      expect(await broker.committed(group, topic)).toEqual([null])
      await transactor.close()
    })

    it('survive a record that is too large: they can be aborted, and the next one goes through', async () => {
      const topic = await newTopic()
      const transactor = await broker.transactor(randomUUID())
      await transactor.init()
      const transaction = await transactor.begin()
      await transaction.send([delivery(topic, ['small'])])
      const large = { topic, partition: 0, records: [{ key: null, value: Buffer.alloc(2 * 1024 * 1024) }] }
      await expect(transaction.send([large])).rejects.toSatisfy(failedWith('message_too_large'))
      await transaction.abort()
      const next = await transactor.begin()
      await next.send([delivery(topic, ['next'])])
      await next.commit()
      expect(await valuesOf(topic)).toEqual(['next'])
      await transactor.close()
    })

    it('that are open for too long are aborted, and their holder is fenced', async () => {
      const topic = await newTopic()
      const transactor = await broker.transactor(randomUUID(), { transactionTimeout: 1000 })
      await transactor.init()
      const transaction = await transactor.begin()
      await transaction.send([delivery(topic, ['forgotten'])])
      await produce(topic, ['behind it'])
      expect(await valuesOf(topic)).toEqual(['behind it'])
      await expect(transaction.commit()).rejects.toSatisfy(failedWith('producer_fenced'))
      await transactor.init()
      await (await transactor.begin()).commit()
      await transactor.close()
    })

    it('need an initialised transactor', async () => {
      const transactor = await broker.transactor(randomUUID())
      await expect(transactor.begin()).rejects.toBeInstanceOf(Failure)
      await transactor.close()
    })
  })

  describe('reading without a group', () => {
    it('ends at once on empty partitions', async () => {
      const topic = await newTopic(3)
      expect(await readAll(topic)).toEqual([])
    })

    it('ends behind control records, with nothing left between it and the end', async () => {
      const topic = await newTopic()
      await transact(topic, ['kept'])
      await transact(topic, ['dropped'], 'abort')
      const batches = await readAll(topic)
      expect(batches.flatMap(({ records }) => records.map(textOf))).toEqual(['kept'])
      const bounds = await broker.bounds(topic)
      expect(bounds).toEqual([{ earliest: 0n, latest: 4n }])
      expect(batches.at(-1)?.next).toBe(4n)
    })

    it('begins where it is told to', async () => {
      const topic = await newTopic(2)
      await produce(topic, ['a', 'b', 'c'], 0)
      await produce(topic, ['d'], 1)
      const values = (await readAll(topic, new Map([[0, 2n]]))).flatMap(({ records }) => records.map(textOf))
      expect(values.sort()).toEqual(['c', 'd'])
    })

    it('ends at what was the end when it began, though more is written meanwhile', async () => {
      const topic = await newTopic()
      await produce(topic, ['before'])
      const reading = broker.read(topic, { until: 'end' })[Symbol.asyncIterator]()
      const first = await reading.next()
      await produce(topic, ['after'])
      expect(first.value.records.map(textOf)).toEqual(['before'])
      expect(await reading.next()).toMatchObject({ done: true })
    })

    it('follows what is written until it is told to stop', async () => {
      const topic = await newTopic(2)
      const following = follow(broker, topic)
      await produce(topic, ['one'], 0)
      await eventually(() => expect(following.values).toEqual(['one']))
      await produce(topic, ['two'], 1)
      await eventually(() => expect(following.values).toEqual(['one', 'two']))
      await following.stop()
    })
  })

  describe('a consumer', () => {
    it('gets nothing before it says where to begin, and everything from there on', async () => {
      const topic = await newTopic()
      await produce(topic, ['a', 'b', 'c', 'd'])
      const assigned = deferred<TopicPartition[]>()
      const batches: Batch[] = []
      const consumer = await broker.consumer({
        group: randomUUID(),
        topics: [topic],
        onAssigned: assigned.resolve,
        onBatch: (batch) => batches.push(batch),
        onLost: ignore,
      })
      expect(await assigned.promise).toEqual([{ topic, partition: 0 }])
      await sleep(500)
      expect(batches).toEqual([])
      consumer.readFrom({ topic, partition: 0, offset: 2n })
      await eventually(() => expect(batches.flatMap(({ records }) => records.map(textOf))).toEqual(['c', 'd']))
      expect(batches.at(-1)).toMatchObject({ next: 4n, highWatermark: 4n })
      await consumer.close()
    })

    it('goes back or forth when told to, and gets nothing of where it was', async () => {
      const topic = await newTopic()
      await produce(topic, ['a', 'b', 'c'])
      const seen = await member(randomUUID(), topic)
      await eventually(() => expect(seen.values).toEqual(['a', 'b', 'c']))
      seen.batches.length = 0
      seen.consumer?.readFrom({ topic, partition: 0, offset: 1n })
      await produce(topic, ['d'])
      await eventually(() => expect(seen.values).toEqual(['b', 'c', 'd']))
      await seen.consumer?.close()
    })

    it('gets offsets without gaps between its batches', async () => {
      const topic = await newTopic(1, LARGE)
      await transact(topic, ['a'])
      await transact(topic, ['b'], 'abort')
      await produce(
        topic,
        Array.from({ length: 2000 }, () => 'x'.repeat(2000)),
      )
      await transact(topic, ['c'])
      const seen = await member(randomUUID(), topic, { maxBytesPerPartition: 1024 * 1024 })
      const end = (await broker.bounds(topic))[0]?.latest
      await eventually(() => expect(seen.batches.at(-1)?.next).toBe(end))
      for (const [i, batch] of seen.batches.entries()) {
        const begin = i === 0 ? 0n : seen.batches[i - 1]?.next
        for (const { offset } of batch.records) expect(offset >= (begin ?? 0n) && offset < batch.next).toBe(true)
      }
      expect(seen.values.length).toBe(2002)
      await seen.consumer?.close()
    })

    it('gets nothing of a partition that it paused, and goes on when it resumes', async () => {
      const topic = await newTopic(2)
      const seen = await member(randomUUID(), topic)
      await produce(topic, ['before'], 0)
      await eventually(() => expect(seen.values).toEqual(['before']))
      seen.consumer?.pause({ topic, partition: 0 })
      await produce(topic, ['held back'], 0)
      await produce(topic, ['other'], 1)
      await eventually(() => expect(seen.values).toEqual(['before', 'other']))
      await sleep(400)
      expect(seen.values).toEqual(['before', 'other'])
      seen.consumer?.resume({ topic, partition: 0 })
      await eventually(() => expect(seen.values).toEqual(['before', 'other', 'held back']))
      await seen.consumer?.close()
    })

    it('reaches the end of the log over control records, so that its lag becomes zero', async () => {
      const topic = await newTopic()
      const group = randomUUID()
      await transact(topic, ['kept'])
      await transact(topic, ['dropped'], 'abort')
      const seen = await member(group, topic)
      await eventually(() => expect(seen.batches.at(-1)?.next).toBe(4n))
      await seen.consumer?.commit([{ topic, partition: 0, offset: seen.batches.at(-1)?.next ?? 0n }])
      const [bounds] = await broker.bounds(topic)
      const [committed] = await broker.committed(group, topic)
      expect((bounds?.latest ?? 0n) - (committed ?? 0n)).toBe(0n)
      await seen.consumer?.close()
    })

    it('moves on over a marker that comes after its records were read', async () => {
      const topic = await newTopic()
      const seen = await member(randomUUID(), topic)
      await transact(topic, ['one'])
      await eventually(() => expect(seen.batches.at(-1)?.next).toBe(2n))
      await transact(topic, ['gone'], 'abort')
      await eventually(() => expect(seen.batches.at(-1)).toMatchObject({ next: 4n, records: [] }))
      await seen.consumer?.close()
    })

    it('shares partitions with others of its group: each has one owner, and each is told all that it has', async () => {
      const topic = await newTopic(4)
      const group = randomUUID()
      const first = await member(group, topic)
      await eventually(() => expect(first.partitions).toEqual([0, 1, 2, 3]))
      const second = await member(group, topic)
      await eventually(() => {
        expect(first.partitions.length).toBe(2)
        expect([...first.partitions, ...second.partitions].sort()).toEqual([0, 1, 2, 3])
      })
      await eventually(async () => {
        first.batches.length = 0
        second.batches.length = 0
        for (const partition of [0, 1, 2, 3]) await produce(topic, ['shared'], partition)
        await eventually(() => expect(first.batches.length + second.batches.length).toBeGreaterThanOrEqual(4))
        for (const seen of [first, second]) {
          for (const batch of seen.batches) expect(seen.partitions).toContain(batch.partition)
        }
      })
      await first.consumer?.close()
      await eventually(() => expect(second.partitions).toEqual([0, 1, 2, 3]))
      await second.consumer?.close()
      expect([...first.lost, ...second.lost]).toEqual([])
    })

    it('gets nothing after it is closed', async () => {
      const topic = await newTopic()
      const seen = await member(randomUUID(), topic)
      await seen.consumer?.close()
      await produce(topic, ['too late'])
      await sleep(300)
      expect(seen.batches).toEqual([])
      expect(seen.lost).toEqual([])
    })
  })
}

/** What a member of a group was given. */
class Member {
  readonly assignments: TopicPartition[][] = []
  readonly batches: Batch[] = []
  readonly lost: Error[] = []
  consumer: Consumer | null = null

  get values(): string[] {
    return this.batches.flatMap(({ records }) => records.map(textOf))
  }

  get partitions(): number[] {
    return (this.assignments.at(-1) ?? []).map(({ partition }) => partition).sort()
  }
}

function follow(broker: Broker, topic: string): { values: string[]; stop(): Promise<void> } {
  const values: string[] = []
  const abort = new AbortController()
  const reading = (async () => {
    for await (const { records } of broker.read(topic, { until: 'forever', signal: abort.signal }))
      values.push(...records.map(textOf))
  })()
  return {
    values,
    stop: () => {
      abort.abort()
      return reading
    },
  }
}

function delivery(topic: string, values: string[], partition = 0): Delivery {
  return { topic, partition, records: values.map((value) => ({ key: null, value: Buffer.from(value) })) }
}

function textOf(record: IncomingRecord): string {
  return record.value?.toString() ?? 'null'
}

function failedWith(code: FailureCode): (error: unknown) => boolean {
  return (error) => {
    if (!(error instanceof Failure)) return false
    expect(error.code).toBe(code)
    return true
  }
}

/** Waits until the expectations hold. */
async function eventually(expectations: () => void | Promise<void>): Promise<void> {
  const deadline = Date.now() + PATIENCE / 2
  for (;;) {
    try {
      await expectations()
      return
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
    await sleep(20)
  }
}

function deferred<T>(): { promise: Promise<T>; resolve(value: T): void } {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

function ignore(): void {
  return
}

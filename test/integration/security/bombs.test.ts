import { createWriteStream, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createGzip, createZstdCompress } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Broker } from '../../../services/brokers/broker.ts'
import { connectKafka } from '../../../services/brokers/kafka/kafka.ts'
import { readLines } from '../../../services/connectors/jsonl-reader.ts'
import { millrace, scratchDirectory } from '../../support/command-line.ts'
import { rejectionOf } from '../../support/failures.ts'
import { testKafka } from '../../support/kafka.ts'
import { quiet } from '../../support/pipelines.ts'

const MEGABYTE = 1024 * 1024

/** How far the process grew, at most, while the work was done. Bytes. */
async function growthDuring(work: () => Promise<void>): Promise<number> {
  const before = process.memoryUsage.rss()
  let most = before
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
  }, 10)
  await work()
  clearInterval(watch)
  return Math.max(most, process.memoryUsage.rss()) - before
}

/** Writes so many copies of a piece into a packed file, a thousand times smaller. */
async function pack(name: string, piece: Buffer, copies: number): Promise<string> {
  const path = join(scratchDirectory(), name)
  const packer = name.endsWith('.gz')
    ? createGzip({ level: 9 })
    : createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 1 } })
  const pieces = (function* () {
    for (let i = 0; i < copies; i++) yield piece
  })()
  await pipeline(Readable.from(pieces), packer, createWriteStream(path))
  expect((piece.length * copies) / statSync(path).size).toBeGreaterThan(900)
  return path
}

describe('a file that unpacks to a thousand times its size', { timeout: 120_000 }, () => {
  const line = `{"text":"${'a'.repeat(20_000)}"}\n`
  const lines = Buffer.from(line.repeat(50))

  test.each(['bomb.jsonl.gz', 'bomb.jsonl.zst'])('is stopped with its name and never held: %s', async (name) => {
    const path = await pack(name, lines, 320)
    let read = 0
    const growth = await growthDuring(async () => {
      const failure = await rejectionOf(
        (async () => {
          for await (const chunk of readLines(path)) read += chunk.lines.length
        })(),
      )
      expect(failure.code).toBe('unpacked_too_large')
      expect(failure.message).toContain(path)
      expect(failure.message).toContain('MILLRACE_UNPACK_RATIO')
    })
    expect(read * line.length).toBeGreaterThan(200 * MEGABYTE)
    expect(growth).toBeLessThan(256 * MEGABYTE)
  })

  test('is read by whoever says that it is none', async () => {
    const path = await pack('tight.jsonl.gz', lines, 300)
    let read = 0
    for await (const chunk of readLines(path, { unpackRatio: 2_000 })) read += chunk.lines.length
    expect(read).toBe(300 * 50)
  })

  test('of one endless line is known by its length, and never held', async () => {
    const path = await pack('endless.jsonl.gz', Buffer.alloc(MEGABYTE, 0x20), 320)
    const growth = await growthDuring(async () => {
      for await (const chunk of readLines(path, { unpackRatio: 2_000 })) {
        expect(chunk.lines.map(({ oversize }) => oversize)).toEqual(chunk.lines.map(() => true))
      }
    })
    expect(growth).toBeLessThan(256 * MEGABYTE)
  })

  test('ends a command with exit code 1', async () => {
    const path = await pack('endless.jsonl.zst', Buffer.alloc(MEGABYTE, 0x20), 320)
    const recipe = join(scratchDirectory(), 'recipe.yaml')
    writeFileSync(recipe, `stream: {name: bomb-${process.pid}}\nprocess: []\n`)
    const ended = await millrace(['run', recipe, '--input', path, '--broker', 'memory', '--json'], {
      env: { MILLRACE_UNPACK_RATIO: '1' },
    })
    expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: 'unpacked_too_large' } })
    expect(ended.code).toBe(1)
  })
})

const kafka = await testKafka()

describe.skipIf(!kafka)('a record batch that unpacks to a thousand times its size', { timeout: 120_000 }, () => {
  const bombed = `bombed-${process.pid}-${Date.now()}`

  async function withTopic(name: string, work: (broker: Broker, topic: string) => Promise<void>): Promise<void> {
    const broker = await connectKafka({ brokers: kafka?.brokers ?? [], logger: quiet, env: {} })
    const topic = `${bombed}-${name}`
    await broker.createTopics([{ topic, partitions: 1 }])
    try {
      await work(broker, topic)
    } finally {
      await broker.deleteTopics([topic])
      await broker.close()
    }
  }

  async function send(broker: Broker, topic: string, sizes: number[]): Promise<void> {
    const producer = await broker.producer({ compression: 'zstd' })
    for (const size of sizes) {
      await producer.send([{ topic, partition: 0, records: [{ key: null, value: Buffer.alloc(size) }] }])
    }
    await producer.close()
  }

  test('stops a reader, which names the place and never holds it', async () => {
    await withTopic('read', async (broker, topic) => {
      await send(broker, topic, [1, 2, 300 * MEGABYTE, 3])
      const sizes: (number | undefined)[] = []
      const growth = await growthDuring(async () => {
        const failure = await rejectionOf(
          (async () => {
            for await (const { records } of broker.read(topic, { until: 'end' }))
              sizes.push(...records.map(({ value }) => value?.length))
          })(),
        )
        expect(failure.code).toBe('unpacked_too_large')
        expect(failure.message).toContain(`topic ${topic}, partition 0, from offset 2 `)
        expect(failure.message).toContain('MILLRACE_KAFKA_BATCH_LIMIT')
      })
      expect(sizes).toEqual([1, 2])
      expect(growth).toBeLessThan(256 * MEGABYTE)
    })
  })

  test('stops a consumer for good', async () => {
    await withTopic('consume', async (broker, topic) => {
      await send(broker, topic, [1, 200 * MEGABYTE])
      const received: number[] = []
      const lost = await new Promise<Error>((resolve, reject) => {
        const consumer = broker.consumer({
          group: topic,
          topics: [topic],
          onAssigned: (partitions) => {
            void consumer.then((joined) => {
              for (const partition of partitions) joined.readFrom({ ...partition, offset: 0n })
            })
          },
          onBatch: ({ records }) => received.push(...records.map(({ value }) => value?.length ?? 0)),
          onLost: resolve,
        })
        consumer.catch(reject)
      })
      expect(lost).toMatchObject({ code: 'unpacked_too_large', message: expect.stringContaining(`topic ${topic}`) })
      expect(received).toEqual([1])
    })
  })

  test('comes in as many fetches as memory asks for, when each of many batches is allowed', async () => {
    await withTopic('many', async (broker, topic) => {
      const sizes = Array.from({ length: 8 }, () => 100 * MEGABYTE)
      await send(broker, topic, sizes)
      let count = 0
      const growth = await growthDuring(async () => {
        for await (const { records } of broker.read(topic, { until: 'end' })) count += records.length
      })
      expect(count).toBe(sizes.length)
      // All of them at once would take 800 MB.
      expect(growth).toBeLessThan(800 * MEGABYTE)
    })
  })
})

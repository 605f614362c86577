import { createRequire } from 'node:module'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { OutgoingRecord } from '../../../services/brokers/broker.ts'
import { CODECS, decompress, limitBatches } from '../../../services/brokers/kafka/wire/compression.ts'
import { type ProduceParameters, produceBody } from '../../../services/brokers/kafka/wire/produce-request.ts'
import {
  type BatchContext,
  batchBound,
  compressedBatch,
  writeBatch,
} from '../../../services/brokers/kafka/wire/record-batch.ts'
import { decodeRecordSet } from '../../../services/brokers/kafka/wire/record-set.ts'
import { Failure } from '../../../topologies/failure.ts'
import { failureOf } from '../../support/failures.ts'

const load = createRequire(import.meta.url)

/** kafkajs as it is published: nothing here loads our parts into it. */
const theirs = {
  request: load('kafkajs/src/protocol/requests/produce/v7/request.js') as (parameters: ProduceParameters) => object,
  frame: load('kafkajs/src/protocol/request.js') as (frame: object) => Promise<{ buffer: Buffer }>,
  decode: load('kafkajs/src/protocol/recordBatch/v0/decoder.js') as (
    decoder: object,
  ) => Promise<{ records: TheirRecord[] }>,
  Decoder: load('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => object,
}

interface TheirRecord {
  offset: string
  timestamp: string
  key: Buffer | null
  value: Buffer | null
  headers: Record<string, Buffer>
}

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array))
/** Names that every object inherits are left out, because kafkajs takes what is inherited for a former value. */
const headerName = fc.string({ unit: 'binary', maxLength: 12 }).filter((name) => !(name in {}))
const headers = fc.dictionary(headerName, fc.oneof(bytes, fc.string({ unit: 'binary', maxLength: 20 })), {
  maxKeys: 4,
  noNullPrototype: true,
})
/** Times of as many digits, because kafkajs compares times as text. */
const timestamp = fc.integer({ min: 1_000_000_000_000, max: 9_999_999_999_999 })
const timed = fc.record({ key: fc.option(bytes), value: fc.option(bytes), headers, timestamp })
const timeless = fc.record(
  { key: fc.option(bytes), value: fc.option(bytes), headers },
  { requiredKeys: ['key', 'value'] },
)
const records: fc.Arbitrary<OutgoingRecord[]> = fc.oneof(
  fc.array(timed, { minLength: 1, maxLength: 8 }),
  fc.array(timeless, { minLength: 1, maxLength: 8 }),
)

const parameters: fc.Arbitrary<ProduceParameters> = fc.record({
  acks: fc.constantFrom(-1, 0, 1),
  timeout: fc.integer({ min: 0, max: 60_000 }),
  transactionalId: fc.option(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })),
  producerId: fc.bigInt({ min: -1n, max: 2n ** 62n }).map(String),
  producerEpoch: fc.integer({ min: 0, max: 32_767 }),
  topicData: fc.array(
    fc.record({
      topic: fc.string({ minLength: 1, maxLength: 20 }),
      partitions: fc.array(
        fc.record({ partition: fc.nat(100), firstSequence: fc.nat(2 ** 31 - 1), messages: records }),
        { maxLength: 3 },
      ),
    }),
    { maxLength: 3 },
  ),
})

const context: BatchContext = {
  codec: 0,
  transactional: false,
  producerId: 7n,
  producerEpoch: 1,
  firstSequence: 0,
  now: 1_700_000_000_000,
}

function plainBatch(content: OutgoingRecord[], change: Partial<BatchContext> = {}): Buffer {
  const target = Buffer.alloc(batchBound(content))
  return target.subarray(0, writeBatch(target, 0, content, { ...context, ...change }))
}

afterEach(() => {
  vi.useRealTimers()
})

describe('a produce request', () => {
  it('has the very bytes of kafkajs', async () => {
    vi.useFakeTimers({ now: 1_700_000_000_000, toFake: ['Date'] })
    await fc.assert(
      fc.asyncProperty(parameters, fc.nat(), fc.string({ maxLength: 30 }), async (request, correlationId, clientId) => {
        const body = await produceBody(request)
        const ours = body.frame({ apiKey: 0, apiVersion: 7, correlationId, clientId })
        const { buffer } = await theirs.frame({ correlationId, clientId, request: theirs.request(request) })
        expect(ours.equals(buffer)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('has the bytes of kafkajs for many records and long values too', async () => {
    const messages = Array.from({ length: 3000 }, (_, i) => ({
      key: Buffer.from(`${i}`),
      value: Buffer.alloc(i % 700, i),
      timestamp: 1_700_000_000_000 + i * 1000,
    }))
    const request = { acks: -1, timeout: 30_000, topicData: [{ topic: 't', partitions: [{ partition: 0, messages }] }] }
    const ours = (await produceBody(request)).frame({ apiKey: 0, apiVersion: 7, correlationId: 1, clientId: 'c' })
    const { buffer } = await theirs.frame({ correlationId: 1, clientId: 'c', request: theirs.request(request) })
    expect(ours.equals(buffer)).toBe(true)
  })
})

describe('a record batch', () => {
  it('never outgrows what is set aside for it', () => {
    fc.assert(
      fc.property(records, (content) => {
        const roomy = Buffer.alloc(batchBound(content) + 10_000)
        expect(writeBatch(roomy, 0, content, context)).toBeLessThanOrEqual(batchBound(content))
      }),
    )
  })

  it('is read back as kafkajs reads it', async () => {
    await fc.assert(
      fc.asyncProperty(records, async (content) => {
        const batch = plainBatch(content)
        const [ours] = await decodeRecordSet(batch)
        const expected = await theirs.decode(new theirs.Decoder(batch))
        expect(ours?.records.map(({ offset, timestamp }) => [String(offset), String(timestamp)])).toEqual(
          expected.records.map(({ offset, timestamp }) => [offset, timestamp]),
        )
        expect(ours?.records.map(({ key, value, headers }) => ({ key, value, headers }))).toEqual(
          expected.records.map(({ key, value, headers }) => ({ key, value, headers })),
        )
      }),
    )
  })

  it.each(['gzip', 'zstd'] as const)('is the same after compression with %s', async (codec) => {
    await fc.assert(
      fc.asyncProperty(records, async (content) => {
        const packed = await compressedBatch(content, { ...context, codec: CODECS[codec] })
        const [read] = await decodeRecordSet(packed)
        const [plain] = await decodeRecordSet(plainBatch(content))
        expect(read).toEqual(plain)
      }),
      { numRuns: 30 },
    )
  })

  it('keeps a header whose name is special to JavaScript', async () => {
    const headers = Object.fromEntries([['__proto__', Buffer.from('kept')]])
    const [read] = await decodeRecordSet(plainBatch([{ key: null, value: null, headers }]))
    expect(Object.entries(read?.records[0]?.headers ?? {})).toEqual([['__proto__', Buffer.from('kept')]])
  })

  it('that was cut off at the end of a fetch is left for the next one', async () => {
    const whole = plainBatch([{ key: null, value: Buffer.from('whole') }])
    for (let cut = 0; cut < whole.length; cut++) {
      expect(await decodeRecordSet(Buffer.concat([whole, whole.subarray(0, cut)]))).toHaveLength(1)
    }
  })

  it('that was damaged on its way is refused', async () => {
    const batch = plainBatch([{ key: null, value: Buffer.from('content') }])
    for (let at = 21; at < batch.length; at++) {
      const damaged = Buffer.from(batch)
      damaged[at] = (damaged[at] ?? 0) ^ 1
      await expect(decodeRecordSet(damaged)).rejects.toBeInstanceOf(Failure)
    }
  })
})

describe('decompression', () => {
  const bomb = Buffer.alloc(4 * 1024 * 1024)

  it('stops at its limit, however small the packed bytes are', async () => {
    const tooLarge = { code: 'unpacked_too_large', message: expect.stringContaining('MILLRACE_KAFKA_BATCH_LIMIT') }
    await expect(decompress(CODECS.gzip, gzipSync(bomb), 1024 * 1024)).rejects.toMatchObject(tooLarge)
    await expect(decompress(CODECS.zstd, zstdCompressSync(bomb), 1024 * 1024)).rejects.toMatchObject(tooLarge)
    expect((await decompress(CODECS.zstd, zstdCompressSync(bomb))).length).toBe(bomb.length)
  })

  it('has the limit that the environment gives', async () => {
    limitBatches({ MILLRACE_KAFKA_BATCH_LIMIT: '1000000' })
    await expect(decompress(CODECS.zstd, zstdCompressSync(bomb))).rejects.toMatchObject({ code: 'unpacked_too_large' })
    limitBatches({})
    expect((await decompress(CODECS.zstd, zstdCompressSync(bomb))).length).toBe(bomb.length)
    for (const wrong of ['0', '-1', 'much', '1.5'])
      expect(failureOf(() => limitBatches({ MILLRACE_KAFKA_BATCH_LIMIT: wrong })).code).toBe('usage')
  })

  it('leaves to the next fetch what a response has no allowance for, but never everything', async () => {
    const packed = await compressedBatch([{ key: null, value: Buffer.alloc(1_000_000) }], {
      ...context,
      codec: CODECS.zstd,
    })
    const three = Buffer.concat([packed, packed, packed])
    expect(await decodeRecordSet(three, { left: 1_500_000 })).toHaveLength(2)
    expect(await decodeRecordSet(three, { left: 1 })).toHaveLength(1)
    const spent = { left: 1 }
    await decodeRecordSet(packed, spent)
    expect(await decodeRecordSet(three, spent)).toEqual([])
  })

  it('gives what lies before a bomb first', async () => {
    const good = await compressedBatch([{ key: null, value: Buffer.from('good') }], { ...context, codec: CODECS.gzip })
    const bad = await compressedBatch([{ key: null, value: bomb }], { ...context, codec: CODECS.gzip })
    limitBatches({ MILLRACE_KAFKA_BATCH_LIMIT: '1000000' })
    expect(await decodeRecordSet(Buffer.concat([good, bad]))).toHaveLength(1)
    await expect(decodeRecordSet(Buffer.concat([bad, good]))).rejects.toMatchObject({ code: 'unpacked_too_large' })
    limitBatches({})
  })

  it('refuses codecs that it does not know', async () => {
    await expect(decompress(5, bomb)).rejects.toMatchObject({
      code: 'broker_failed',
      message: expect.stringContaining('codec 5'),
    })
  })
})

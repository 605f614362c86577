import fc from 'fast-check'
import { compressFrameSync } from 'lz4-napi'
import { compressSync } from 'snappy'
import { describe, expect, it } from 'vitest'
import { decompress } from '../../../services/brokers/kafka/wire/compression.ts'
import { LZ4, SNAPPY } from '../../../services/brokers/kafka/wire/foreign-codecs.ts'
import { decodeRecordSet } from '../../../services/brokers/kafka/wire/record-set.ts'

const CODEC = { snappy: 2, lz4: 3 }

/** Three records as the producer of kafka-clients 4.3.1 wrote them, taken from the broker's log. */
const WRITTEN_BY_KAFKA = {
  snappy:
    'AAAAAAAAAAAAAACHAAAAAAIBdRS5AAIAAAACAAABog9h45QAAAGiD2Hj4wAAAAAAAGM4AAAAAAAAAAAAA4JTTkFQUFkAAAAAAQAAAAEAAABCvwFsfAAAAAprZXkgMGZ0aGUgbWlsbCBncmluZHMsIH4RABwgMAB+AJ4BAgVAADHKQAAAMQVAAAQFQAAyykAABDIA',
  lz4: 'AAAAAAAAAAAAAACDAAAAAAKGHLQ/AAMAAAACAAABog9h5L4AAAGiD2Hk1AAAAAAAAGM6AAAAAAAAAAAAAwQiTRhgQIJDAAAA/w18AAAACmtleSAwZnRoZSBtaWxsIGdyaW5kcywgEQANcSAwAHwALAI/AB8xPwAgEDE/ABEEPwAfMj8AHVBkcyAyAAAAAAA=',
}

describe.each(['snappy', 'lz4'] as const)('a record batch in %s', (name) => {
  it("is read as Kafka's own producer wrote it", async () => {
    const [batch] = await decodeRecordSet(Buffer.from(WRITTEN_BY_KAFKA[name], 'base64'))
    expect(batch?.records.map(({ key, value }) => `${key}: ${value}`)).toEqual(
      [0, 1, 2].map((i) => `key ${i}: the mill grinds, the mill grinds, the mill grinds ${i}`),
    )
  })

  it('is refused before it is unpacked where it would be more than the limit', async () => {
    const bomb = packed(name, Buffer.alloc(64 * 1024 * 1024))
    await expect(decompress(CODEC[name], bomb, 1024 * 1024)).rejects.toMatchObject({ code: 'unpacked_too_large' })
    expect((await decompress(CODEC[name], bomb)).length).toBe(64 * 1024 * 1024)
  })

  it('is refused where it is cut off or damaged, and never taken for something shorter', async () => {
    const content = Buffer.from('the mill grinds '.repeat(50))
    const whole = packed(name, content)
    for (let cut = 0; cut < whole.length; cut++) {
      const outcome = await decompress(CODEC[name], whole.subarray(0, cut)).catch((thrown: unknown) => thrown)
      if (Buffer.isBuffer(outcome)) expect(outcome).toEqual(content)
      else expect(outcome).toMatchObject({ code: 'broker_failed' })
    }
  })

  it('holds no more than its headers say, whatever it holds', async () => {
    const codec = name === 'snappy' ? SNAPPY : LZ4
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300_000 }), async (bytes) => {
        const once = packed(name, Buffer.from(bytes))
        const content = await codec.expand(once)
        expect(content).toEqual(Buffer.from(bytes))
        expect(codec.bound(once)).toBeGreaterThanOrEqual(content.length)
      }),
      { numRuns: 50 },
    )
  })
})

it('chunks of snappy are joined, and snappy without frames is read', async () => {
  const [first, second] = ['the mill ', 'grinds'].map((text) => compressSync(text))
  if (!first || !second) throw new Error('Two chunks were to be packed.')
  const header = Buffer.from('\x82SNAPPY\0\0\0\0\x01\0\0\0\x01', 'latin1')
  const framed = Buffer.concat([header, lengthOf(first), first, lengthOf(second), second])
  expect(String(await decompress(CODEC.snappy, framed))).toBe('the mill grinds')
  expect(String(await decompress(CODEC.snappy, second))).toBe('grinds')
  await expect(decompress(CODEC.snappy, framed, 14)).rejects.toMatchObject({ code: 'unpacked_too_large' })
})

it('a frame of LZ4 that names a size beyond the limit is refused', async () => {
  const frame = packed('lz4', Buffer.from('small'))
  const sized = Buffer.concat([frame.subarray(0, 6), Buffer.alloc(8, 0x7f), frame.subarray(6)])
  sized[4] = (sized[4] ?? 0) | 0x08
  await expect(decompress(CODEC.lz4, sized)).rejects.toMatchObject({ code: 'unpacked_too_large' })
})

function packed(name: 'snappy' | 'lz4', bytes: Buffer): Buffer {
  return name === 'snappy' ? compressSync(bytes) : compressFrameSync(bytes)
}

function lengthOf({ length }: Buffer): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(length)
  return bytes
}

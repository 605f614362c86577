import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pack, unpack } from '../../../services/worker/thread/wire.ts'

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array))
const record = fc.record({
  offset: fc.bigInt({ min: 0n, max: 2n ** 62n }),
  timestamp: fc.integer({ min: 0 }),
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.dictionary(fc.string({ maxLength: 12 }), bytes, { maxKeys: 4, noNullPrototype: true }),
})

test('what is packed comes back as it was, in order', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 20 }), (records) => {
      const back = unpack(pack(records))
      expect(back.map(plain)).toEqual(records.map(plain))
    }),
  )
})

test('an empty value is not a missing one', () => {
  const [empty, missing] = unpack(
    pack([
      { key: null, value: Buffer.alloc(0) },
      { key: null, value: null },
    ]),
  )
  expect(empty?.value).toEqual(Buffer.alloc(0))
  expect(missing?.value).toBeNull()
})

test('a header of any name comes back', () => {
  const headers = Object.fromEntries([
    ['__proto__', Buffer.from('x')],
    ['constructor', Buffer.from('y')],
  ])
  const [back] = unpack(pack([{ key: null, value: null, headers }]))
  expect(Object.entries(back?.headers ?? {}).map(([name, value]) => `${name}=${value}`)).toEqual([
    '__proto__=x',
    'constructor=y',
  ])
})

test('a header given as text comes back as its UTF-8', () => {
  const [back] = unpack(pack([{ key: null, value: null, headers: { where: 'Mühle:7' } }]))
  expect(back?.headers.where?.toString()).toBe('Mühle:7')
})

function plain({
  key,
  value,
  headers,
  ...rest
}: {
  key: Buffer | null
  value: Buffer | null
  headers: Record<string, Buffer>
}) {
  const hex = (part: Buffer | null) => part?.toString('hex') ?? null
  return {
    ...rest,
    key: hex(key),
    value: hex(value),
    headers: Object.entries(headers).map(([name, part]) => [name, hex(part)]),
  }
}

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Exact, Numeral, parseExact, writeExact } from '../../../schemas/json/exact.ts'

/** The value as JSON.parse gives it. */
function plain(value: Exact): unknown {
  if (value instanceof Numeral) return Number(value.spelling)
  if (Array.isArray(value)) return value.map(plain)
  return value instanceof Map ? Object.fromEntries([...value].map(([key, member]) => [key, plain(member)])) : value
}

describe('JSON without loss', () => {
  test.each(['1.0', '1e5', '-0', '12345678901234567890', '0.1', '{"10":1,"2":[2.50,"é"],"a":{}}', '["\\"",null,true]'])(
    '%s comes back as it was',
    (json) => {
      expect(writeExact(parseExact(json))).toBe(json)
    },
  )

  test('holds what JSON.parse gives, whatever the value', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(plain(parseExact(` ${json} `))).toEqual(JSON.parse(json))
      }),
    )
  })

  test('keeps integers that JavaScript spells alike as numbers', () => {
    expect(parseExact('[7, 7.0, 9007199254740991, 9007199254740993]')).toEqual([
      7,
      new Numeral('7.0'),
      9007199254740991,
      new Numeral('9007199254740993'),
    ])
  })

  test('lets the last of members with one key count, in the place of the first', () => {
    expect(writeExact(parseExact('{"a":1,"b":2,"a":3}'))).toBe('{"a":3,"b":2}')
  })

  test('writes plain values in the midst of others', () => {
    expect(writeExact(new Map<string, Exact>([['a', { b: [1] }]]))).toBe('{"a":{"b":[1]}}')
  })
})

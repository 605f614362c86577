import { describe, expect, test } from 'vitest'
import { parseExact } from '../../../../schemas/json/exact.ts'
import { firstPoints, lastPoints, pointCount } from '../../../../services/operators/python/code-points.ts'
import { float, int, numberOf, plus, spelt } from '../../../../services/operators/python/numbers.ts'
import { dumps, repr, str } from '../../../../services/operators/python/spelling.ts'
import { isTruthy } from '../../../../services/operators/python/values.ts'
import { failureOf } from '../../../support/failures.ts'

describe('a value as Python writes it', () => {
  test.each([
    ['1.0', '1.0'],
    ['1e15', '1000000000000000.0'],
    ['1e16', '1e+16'],
    ['0.0001', '0.0001'],
    ['0.00001', '1e-05'],
    ['-0.0', '-0.0'],
    ['-0', '0'],
    ['1e999', 'inf'],
    ['12345678901234567890', '12345678901234567890'],
    ['[null,true,"a"]', "[None, True, 'a']"],
    ['{"2":"it\'s","1":{}}', "{'2': \"it's\", '1': {}}"],
    ['"\'\\"\\n\\u00ad\\u0378\\ud83d\\u2028 é"', "'\\'\"\\n\\xad\\u0378\\ud83d\\u2028 é'"],
    ['"\\ud83e\\udee8"', "'\\U0001fae8'"],
  ])('%s is %s', (json, written) => {
    expect(repr(parseExact(json))).toBe(written)
  })

  test('is a string without quotes where that is asked for', () => {
    expect(str('it’s')).toBe('it’s')
    expect(str(parseExact('["a"]'))).toBe("['a']")
  })

  test.each([
    ['{"b":[1.0,"é\\u0001\\ud83d"],"a":null}', '{"b": [1.0, "é\\u0001\ud83d"], "a": null}'],
    ['1e999', 'Infinity'],
  ])('%s is JSON with blanks', (json, written) => {
    expect(dumps(parseExact(json))).toBe(written)
  })
})

describe('a value as a number of Python', () => {
  test.each<[string, bigint | null]>([
    ['" 1_000 "', 1000n],
    ['"-7"', -7n],
    ['"1.5"', null],
    ['-1.9', -1n],
    ['true', 1n],
    ['[]', null],
    ['12345678901234567890', 12345678901234567890n],
  ])('int of %s is %s', (json, number) => {
    expect(int(parseExact(json))).toBe(number)
  })

  test.each([
    ['" 1_0.5e1 "', 105],
    ['"-Infinity"', Number.NEGATIVE_INFINITY],
    ['"nan"', Number.NaN],
    ['".5"', 0.5],
    ['"x"', null],
    ['null', null],
  ])('float of %s is %s', (json, number) => {
    expect(float(parseExact(json))).toBe(number)
  })

  test('fails where Python overflows', () => {
    expect(failureOf(() => int(parseExact('1e999'))).code).toBe('operator_failed')
    expect(failureOf(() => float(parseExact(`1${'0'.repeat(400)}`))).code).toBe('operator_failed')
  })

  test('adds without loss, and is a float as soon as one of two is', () => {
    const sum = (a: string, b: string) => {
      const [first, second] = [numberOf(parseExact(a)), numberOf(parseExact(b))]
      return first === null || second === null ? null : str(spelt(plus(first, second)))
    }
    expect(sum('9007199254740993', '1')).toBe('9007199254740994')
    expect(sum('1', '1.0')).toBe('2.0')
    expect(sum('1', '"1"')).toBeNull()
  })

  test.each<[string, boolean]>([
    ['0.0', false],
    ['-0', false],
    ['"0"', true],
    ['{}', false],
    ['[0]', true],
    ['""', false],
  ])('%s is %s', (json, truth) => {
    expect(isTruthy(parseExact(json))).toBe(truth)
  })
})

describe('a text by code points', () => {
  test('counts pairs of surrogates once, and halves of them too', () => {
    expect(pointCount('a😀\ud83d')).toBe(3)
    expect(firstPoints('😀b😀', 2)).toBe('😀b')
    expect(lastPoints('😀b😀', 2)).toBe('b😀')
    expect(firstPoints('ab', 5)).toBe('ab')
  })
})

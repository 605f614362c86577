import { describe, expect, test } from 'vitest'
import { evaluate } from '../../../services/operators/conditions/evaluation.ts'
import { parseCondition } from '../../../services/operators/conditions/parser.ts'
import type { Value } from '../../../services/operators/python/comparison.ts'
import { failureOf } from '../../support/failures.ts'

const fields: { [name: string]: Value } = {
  n: 5,
  text: 'ab',
  list: [1, 'x'],
  meta: { count: 3 },
  nothing: null,
  big: 2n ** 64n,
}
const resultOf = (condition: string) => evaluate(parseCondition(condition), (name) => fields[name])

describe('a condition', () => {
  test.each([
    ['1 < n <= 5', true],
    ['n == 5 == True', false],
    ['not n == 5 or text', true],
    ['meta.count', 3],
    ['meta.missing', null],
    ['n in (5,) and "x" in list', true],
    ['[1, "x"] == list', true],
    ['(1, "x") == list', false],
    ['list < [1, "y"]', true],
    ['{1, 2} >= {2}', true],
    ['-n < +.5', true],
    ['0x10 == 1_6 == 0b10000', true],
    ['"a" \'b\' == text', true],
    ['"\\x61\\142" == text', true],
    ['r"\\x" == "\\\\x"', true],
    ["'\\uffff' < '😀'", true],
    ['(n\n == 5) # five', true],
    ['big == 18446744073709551616', true],
    ['big == 18446744073709551617', false],
  ])('%j gives %j', (condition, value) => {
    expect(resultOf(condition)).toEqual(value)
  })

  test.each(['nothing == None', 'missing != 1', 'n is not None', '1 < missing < 0', 'nothing in list'])(
    'takes a comparison with None for false: %s',
    (condition) => {
      expect(resultOf(condition)).toBe(false)
    },
  )

  test('takes only `not in` for true beside None, and asks no further', () => {
    expect(resultOf('missing not in list < 5')).toBe(true)
  })

  test('evaluates `and` and `or` no further than it must', () => {
    expect(resultOf('n == 5 or n < text')).toBe(true)
    expect(failureOf(() => resultOf('n != 5 or n < text')).code).toBe('operator_failed')
  })

  test.each(['n < text', '5 in text', '[1] in {1}', '{list}', '-text', 'n in 5', 'n is 5'])(
    'fails on %s',
    (condition) => {
      expect(failureOf(() => resultOf(condition)).code).toBe('operator_failed')
    },
  )

  test.each([
    ['len(text) > 3', 'At character 4 of the condition: calls are not supported.'],
    ['list[0]', 'At character 5 of the condition: subscripts are not supported.'],
    ['n + 1 > 2', 'At character 3 of the condition: arithmetic (+) is not supported.'],
    ['n = 5', 'At character 3 of the condition: an assignment is not supported; equality is ==.'],
    ['n if text else 1', "At character 3 of the condition: Python's if is not supported."],
    ['{}', 'At character 1 of the condition: dicts are not supported.'],
    ['f"{n}"', 'At character 1 of the condition: strings with the prefix f are not supported.'],
    ['n == "a', 'At character 6 of the condition: the string is not closed.'],
    ['n ==', 'At character 5 of the condition: something is missing at the end.'],
    ['012', 'At character 1 of the condition: a whole number may not begin with 0.'],
    [' n', 'At character 1 of the condition: Python takes a blank at the start for an indentation.'],
    ['n\n< 5', 'At character 3 of the condition: a second line begins outside of brackets.'],
    ['('.repeat(200), 'At character 192 of the condition: it nests deeper than 190 levels.'],
  ])('refuses %j', (condition, message) => {
    const failure = failureOf(() => parseCondition(condition))
    expect(failure.code).toBe('parameters_invalid')
    expect(failure.message).toBe(message)
  })
})

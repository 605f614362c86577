import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  CLASSES,
  CODE_POINTS,
  IS_ALPHANUMERIC,
  IS_LINE_END,
  IS_SEPARATOR,
  IS_SPACE,
  IS_SPECIAL,
  IS_WORD,
} from '../../../../services/operators/text/character-classes.ts'

function members(bit: number): number[] {
  return Array.from({ length: CODE_POINTS }, (_, point) => point).filter((point) => ((CLASSES[point] ?? 0) & bit) !== 0)
}

describe('the classes of characters', () => {
  test('special characters are the 1618 of Data-Juicer with emoji 2.2.0', () => {
    const special = members(IS_SPECIAL)
    expect(special).toHaveLength(1618)
    expect(createHash('sha256').update(special.join(',')).digest('hex')).toBe(
      'fa581b4134fa3274fb7ba01d14f9bec8fd24e7d835fefb46a23693247ea2f66a',
    )
  })

  test('letters and digits are those of Unicode 14, all of which JavaScript knows', () => {
    const known = /[\p{L}\p{N}]/u
    const alphanumeric = members(IS_ALPHANUMERIC)
    expect(alphanumeric.every((point) => known.test(String.fromCodePoint(point)))).toBe(true)
    expect(alphanumeric).not.toContain(0x1c89)
    expect(alphanumeric).toContain(0x1df1e)
  })

  test('blanks are those of str.isspace', () => {
    expect(members(IS_SPACE)).toEqual([
      ...[9, 10, 11, 12, 13, 28, 29, 30, 31, 32, 0x85, 0xa0, 0x1680],
      ...[0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a],
      ...[0x2028, 0x2029, 0x202f, 0x205f, 0x3000],
    ])
  })

  test('lines end where str.splitlines ends them', () => {
    expect(members(IS_LINE_END)).toEqual([10, 11, 12, 13, 28, 29, 30, 0x85, 0x2028, 0x2029])
  })

  test('words are separated at three blanks, and these are special', () => {
    const separators = members(IS_SEPARATOR)
    expect(separators).toEqual([9, 10, 32])
    expect(members(IS_SPECIAL)).toEqual(expect.arrayContaining(separators))
  })

  test('word characters hold everything that JavaScript would put in the class of the same making', () => {
    const word = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\u200c\u200d]/u
    const known = Array.from({ length: CODE_POINTS }, (_, point) => point).filter((point) =>
      word.test(String.fromCodePoint(point)),
    )
    expect(known.filter((point) => ((CLASSES[point] ?? 0) & IS_WORD) === 0)).toEqual([])
  })
})

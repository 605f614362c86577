import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  countByHash,
  countByName,
  countRepetition,
  type Repetition,
} from '../../../services/operators/repetition/repetition.ts'

/** By the book: one string for each n-gram. */
function slowCount(symbols: Int32Array, n: number) {
  const counts = new Map<string, number>()
  for (let i = 0; i + n <= symbols.length; i++) {
    const gram = symbols.slice(i, i + n).join()
    counts.set(gram, (counts.get(gram) ?? 0) + 1)
  }
  const repeated = [...counts.values()].filter((times) => times > 1).sort((a, b) => a - b)
  return { total: Math.max(symbols.length - n + 1, 0), distinct: counts.size, repeated }
}

function given(symbols: Int32Array, n: number) {
  return inOrder(countRepetition(symbols, n))
}

function inOrder({ total, distinct, repeated }: Repetition) {
  return { total, distinct, repeated: [...repeated].sort((a, b) => a - b) }
}

/** The sequence that defeats polynomial hashes modulo powers of two: many of its long n-grams collide. */
function thueMorse(length: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => (i.toString(2).split('1').length + 1) % 2)
}

describe('counting n-grams', () => {
  test('counts what a map of n-grams counts', () => {
    const sequences = fc.array(fc.nat({ max: 3 }), { maxLength: 200 }).map((symbols) => Int32Array.from(symbols))
    fc.assert(
      fc.property(sequences, fc.integer({ min: 1, max: 20 }), (symbols, n) => {
        expect(given(symbols, n)).toEqual(slowCount(symbols, n))
      }),
      { numRuns: 1000 },
    )
  })

  test('counts repeated passages', () => {
    const passages = fc.array(fc.constantFrom('abcdefghij', 'ghijklm', 'abc', 'z'), { maxLength: 60 })
    fc.assert(
      fc.property(passages, fc.integer({ min: 1, max: 12 }), (parts, n) => {
        const symbols = Int32Array.from(parts.join(''), (letter) => letter.charCodeAt(0))
        expect(given(symbols, n)).toEqual(slowCount(symbols, n))
      }),
    )
  })

  test('counts the same by name, which no sequence makes slow', () => {
    const sequences = fc.array(fc.constantFrom(0, 1, 7, 0x10ffff), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(sequences, fc.integer({ min: 1, max: 40 }), (sequence, n) => {
        const symbols = Int32Array.from(sequence)
        const total = symbols.length - n + 1
        fc.pre(total > 0)
        expect(inOrder(countByName({ symbols, n, total }))).toEqual(slowCount(symbols, n))
      }),
    )
  })

  test('gives up the hash where it is defeated, and counts on', () => {
    const symbols = thueMorse(2 ** 13)
    const n = 2 ** 11
    expect(countByHash({ symbols, n, total: symbols.length - n + 1 })).toBeNull()
    expect(given(symbols, n)).toEqual(slowCount(symbols, n))
  })

  test('gives n below 1 the meaning that slices have in Python', () => {
    const symbols = Int32Array.of(1, 2, 1, 2)
    expect(given(symbols, 0)).toEqual({ total: 5, distinct: 1, repeated: [5] })
    expect(given(symbols, -1)).toEqual({ total: 6, distinct: 2, repeated: [5] })
    expect(given(symbols, -3)).toEqual({ total: 8, distinct: 3, repeated: [2, 5] })
    expect(given(new Int32Array(0), 0)).toEqual({ total: 1, distinct: 1, repeated: [] })
  })

  test('counts a long sequence after short ones, and short ones after it', () => {
    for (const length of [5, 100_000, 7, 2 ** 18 + 100, 9]) {
      expect(given(new Int32Array(length).fill(1), 3)).toEqual({
        total: length - 2,
        distinct: 1,
        repeated: [length - 2],
      })
    }
  })
})

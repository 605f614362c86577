import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chunkBetween, chunkByLength, chunkByPattern, splitter } from '../../../services/operators/text/chunks.ts'
import { failureOf } from '../../support/failures.ts'

const texts = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', '中', '😀', '\ud83d'), maxLength: 60 })
const points = (text: string) => [...text].length

describe('chunks by length', () => {
  test('are the text again when put together, and none is longer than the limit', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 9 }), (text, length) => {
        const chunks = chunkByLength(text, { length, overlap: 0 })
        expect(chunks.join('')).toBe(text)
        for (const chunk of chunks) expect(points(chunk)).toBeLessThanOrEqual(length)
      }),
    )
  })

  test('begin with what the one before ends in', () => {
    expect(chunkByLength('a😀c😀e', { length: 3, overlap: 2 })).toEqual(['a😀c', '😀c😀', 'c😀e', '😀e', 'e'])
  })
})

describe('chunks by a pattern', () => {
  test('hold all that is neither blank nor matched', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const visible = (value: string) => value.replace(/[ \n]/g, '')
        expect(chunkBetween(text, splitter('\\s+', true)).join('')).toBe(visible(text))
        expect(visible(chunkByPattern(text, splitter('\\s', false), { length: 5, overlap: 0 }).join(''))).toBe(
          visible(text),
        )
      }),
    )
  })

  test('are cut before the last match within the length', () => {
    expect(chunkByPattern('a.b.cccccc.d', splitter('\\.', false), { length: 5, overlap: 1 })).toEqual([
      'a.b',
      'ccccc',
      'cc.d',
    ])
  })

  test('fail on a pattern that never gets on', () => {
    const endless = () => chunkByPattern('abcdef', splitter('^', false), { length: 3, overlap: 0 })
    expect(failureOf(endless).code).toBe('operator_failed')
  })

  test('take no group that Python remembers otherwise', () => {
    expect(failureOf(() => splitter('(?:(a)|b)+', true)).code).toBe('parameters_invalid')
    expect(splitter('(?:(a)|b)+', false)).toBeInstanceOf(RegExp)
  })
})

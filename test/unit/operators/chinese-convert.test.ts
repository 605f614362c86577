import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CONVERSION_MODES, converterFor } from '../../../services/operators/chinese/conversion.ts'
import { entriesOf } from '../../../services/operators/chinese/dictionaries.ts'
import { dictionaryOf, longestKey } from '../../../services/operators/chinese/dictionary-tree.ts'
import { Failure } from '../../../topologies/failure.ts'

describe('a dictionary', () => {
  test('finds the longest key at a place, and none that goes beyond the end', () => {
    const key = fc.string({ unit: fc.constantFrom('a', 'b', '中', '😀'), minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(key), fc.array(key), fc.nat(20), (keys, parts, end) => {
        const text = parts.join('')
        const stop = Math.min(end, text.length)
        const dictionary = dictionaryOf(new Map(keys.map((each) => [each, each])))
        for (let start = 0; start < stop; start++) {
          const found = keys.filter((each) => text.startsWith(each, start) && start + each.length <= stop)
          const longest = Math.max(0, ...found.map((each) => each.length))
          expect(dictionary.lengths[longestKey(dictionary, text, start, stop)]).toBe(longest)
        }
      }),
    )
  })

  test('has as many entries as the one of OpenCC 1.1.9', () => {
    const names = ['STPhrases', 'TSPhrases', 'TWPhrases', 'TWPhrasesRev', 'JPVariantsRev', 'HKVariantsRev'] as const
    expect(names.map((name) => entriesOf(name).size)).toEqual([49096, 278, 512, 522, 369, 70])
  })
})

describe('a conversion', () => {
  test.each(CONVERSION_MODES)('leaves a text without Chinese characters alone: %s', (mode) => {
    expect(converterFor(mode)('Voilà, «ça». Ωραία! 한글')).toBe('Voilà, «ça». Ωραία! 한글')
  })

  test('fails for a text with half of a surrogate pair', () => {
    expect(() => converterFor('t2s')('中\ud83d')).toThrow(Failure)
  })
})

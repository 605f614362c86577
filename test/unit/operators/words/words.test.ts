import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classesOf, IS_SPECIAL } from '../../../../services/operators/text/character-classes.ts'
import { lower, strip } from '../../../../services/operators/text/python-strings.ts'
import { refinedWords, wordStrings } from '../../../../services/operators/words/words.ts'
import { Text } from '../../../../topologies/text.ts'

const pieces = [
  ...[
    'a',
    'B',
    'the',
    'THE',
    ' ',
    '\n',
    '\t',
    '.',
    '!',
    '😀',
    '😎',
    '\ud83d',
    '\ude00',
    '一',
    'İ',
    'Σ',
    '3',
    '\xa0',
    'Ø',
  ],
  // as long as a word may be to be its own key, and longer
  ...[
    'sixteen-letters-',
    'seventeen_letters',
    '\0',
    'É',
    'ß',
    'Ⓜ',
    '\u0345',
    '\u200d',
    '👨‍👩‍👧',
    '\u{10400}',
    '\u{10d50}',
    '\x1c',
    '\u3000',
  ],
]
const texts = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((parts) => parts.join(''))

const isSpecial = (symbol: string) => (classesOf(symbol.codePointAt(0) ?? 0) & IS_SPECIAL) !== 0

/** By the book: lower-case, split, strip, leave out. */
function slowWords(text: string): string[] {
  return lower(text)
    .split(/[ \n\t]/)
    .map((word) => {
      const symbols = [...word]
      const first = symbols.findIndex((symbol) => !isSpecial(symbol))
      const last = symbols.findLastIndex((symbol) => !isSpecial(symbol))
      return first < 0 ? '' : symbols.slice(first, last + 1).join('')
    })
    .filter((word) => word !== '')
}

describe('refined words', () => {
  test('are what splitting and stripping step by step gives', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(wordStrings(new Text(text).view(refinedWords))).toEqual(slowWords(text))
      }),
      { numRuns: 2000 },
    )
  })

  test('may be of any length', () => {
    fc.assert(
      fc.property(texts, fc.nat(6000), (text, times) => {
        const long = `${'x'.repeat(times)}${text.repeat(times / 50)}`
        expect(wordStrings(new Text(long).view(refinedWords))).toEqual(slowWords(long))
      }),
      { numRuns: 50 },
    )
  })

  test('have the same number when they are equal, and only then', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const words = slowWords(text)
        const numbers = [...new Text(text).view(refinedWords).numbers]
        expect(numbers.map((number) => numbers.indexOf(number))).toEqual(words.map((word) => words.indexOf(word)))
      }),
    )
  })
})

describe("Python's strings", () => {
  test.each([
    ['AΣ', 'aς'],
    ['ΑΣΑ', 'ασα'],
    ['İ', 'i̇'],
    ['ʕΣ', 'ʕς'],
    ['A\u{1171e}Σ', 'a\u{1171e}ς'],
    ['\u{10d50}A', '\u{10d50}a'],
    ['İ\u{10d50}İ\ua7dc', 'i̇\u{10d50}i̇\ua7dc'],
    ['A\u0897Σ', 'a\u0897σ'],
  ])('%j in lower case is %j', (text, lowered) => {
    expect(lower(text)).toBe(lowered)
  })

  test('strip takes off all blanks of Python, and nothing else', () => {
    expect(strip('\x1c\x1f\x85\u3000\u2028 a \u200b\ufeff\n')).toBe('a \u200b\ufeff')
    expect(strip('\u1680\n')).toBe('')
  })
})

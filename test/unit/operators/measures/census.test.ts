import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { census, charactersOf, FOREIGN, plainWords } from '../../../../services/operators/text/census.ts'
import { classesOf, IS_ALPHANUMERIC, IS_SPECIAL } from '../../../../services/operators/text/character-classes.ts'
import { Text } from '../../../../topologies/text.ts'

const characters = fc.constantFrom(
  ...[
    'a',
    'Z',
    '7',
    ' ',
    '\t',
    '\n',
    '\r',
    '\v',
    '\x1c',
    '\x1f',
    '\x85',
    '\u2028',
    '.',
    '😀',
    'é',
    '一',
    '\ud83d',
    '\ude00',
  ],
  ...['𝟘', '\u{10d50}', 'ø', '\xa0', '\u200d'],
)
/** Short ones, and some that are long enough to be walked in strides. */
const texts = fc
  .tuple(fc.array(characters, { maxLength: 60 }), fc.constantFrom(1, 1, 1, 30), fc.nat(600))
  .map(([parts, times, lead]) => (times > 1 ? 'a'.repeat(lead) : '') + parts.join('').repeat(times))

/** Lines by the book: what `str.splitlines` gives. */
function splitLines(text: string): string[] {
  const lines = text.split(/\r\n|[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]/)
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

const points = (text: string) => Array.from(text, (symbol) => symbol.codePointAt(0) ?? 0)
const count = (text: string, bit: number) => points(text).filter((point) => classesOf(point) & bit).length

describe('the census of a text', () => {
  test('counts what a slow count of each thing counts', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const lines = splitLines(text)
        expect(new Text(text).view(census)).toEqual({
          length: points(text).length,
          alphanumeric: count(text, IS_ALPHANUMERIC),
          special: count(text, IS_SPECIAL),
          lines: lines.length,
          longestLine: Math.max(0, ...lines.map((line) => points(line).length)),
        })
      }),
      { numRuns: 2000 },
    )
  })

  test('counts the words that are more than special characters', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const words = text.split(/[ \t\n]/)
        const plain = words.filter((word) => count(word, IS_SPECIAL) < points(word).length)
        expect(new Text(text).view(plainWords)).toBe(plain.length)
      }),
    )
  })

  test('code points are those of the text, surrogates without a partner included', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const characters = charactersOf(new Text(text))
        expect([...characters.points.subarray(0, characters.length)]).toEqual(points(text))
      }),
    )
  })

  test('bytes are those of ASCII in lower case', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { bytes, length } = charactersOf(new Text(text))
        const byte = (point: number) =>
          point > 0x7f ? FOREIGN : String.fromCharCode(point).toLowerCase().charCodeAt(0)
        expect([...bytes.subarray(0, length)]).toEqual(points(text).map(byte))
      }),
    )
    expect(charactersOf(new Text('\0')).bytes[0]).toBe(FOREIGN)
  })

  test('a long text, a short one and the first one again are each counted by themselves', () => {
    const long = new Text('ab c\n'.repeat(300_000))
    for (const text of [long, new Text('x'), new Text(''), long])
      expect([charactersOf(text).length, charactersOf(text).edgeCount]).toEqual([
        text.value.length,
        text.value.split(/[ \n]/).filter((word) => word !== '').length * 2,
      ])
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { census } from '../../../../services/operators/text/census.ts'
import { lengthOf, lineLengths } from '../../../../services/operators/text/lengths.ts'
import { Text, type View } from '../../../../topologies/text.ts'

const characters = fc.constantFrom(
  ...['a', ' ', '\n', '\r', '\r\n', '\v', '\x85', '\u2028', 'é', '一', '\uff0c', '😀', '\ud83d', '\ude00', '𝟘'],
)
/** Short ones, ones of plain ASCII, and some that are longer than any room that is kept. */
const texts = fc
  .tuple(fc.array(characters, { maxLength: 40 }), fc.constantFrom(0, 0, 1, 7, 8, 9, 70_000))
  .map(([parts, lead]) => 'a'.repeat(lead) + parts.join(''))

const whole = (text: string) => new Text(text).view(census)

describe('the lengths of a text', () => {
  test('are those of its census', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { length, lines, longestLine } = whole(text)
        expect(new Text(text).view(lengthOf)).toBe(length)
        expect(new Text(text).view(lineLengths)).toEqual({ length, lines, longestLine })
      }),
    )
  })

  test('are the same whatever else is asked of the text, before or behind', () => {
    const asked = fc.array(fc.constantFrom<View<unknown>>(lengthOf, lineLengths, census), {
      minLength: 1,
      maxLength: 4,
    })
    fc.assert(
      fc.property(fc.array(fc.tuple(texts, asked), { maxLength: 6 }), (chain) => {
        for (const [value, views] of chain) {
          const text = new Text(value)
          for (const view of views) text.view(view)
          const { length, lines, longestLine } = whole(value)
          expect(text.view(lengthOf)).toBe(length)
          expect(text.view(lineLengths)).toMatchObject({ length, lines, longestLine })
        }
      }),
    )
  })
})

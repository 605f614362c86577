import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { linkGroups, replaceLinks } from '../../../services/operators/text/link-scanner.ts'
import { translatePattern } from '../../../services/operators/text/python-pattern.ts'

const parts = [
  'http://',
  'a:b',
  'www.',
  'www12.',
  'x.co/',
  'mailto:',
  '(a)',
  '(b(c))',
  '(',
  ')',
  '/',
  '.',
  ',',
  'é',
  '一',
  ' ',
  '😀',
  '<',
  '-',
  'zz',
]

/** The same links as a regular expression; it takes exponential time on long texts, so it is for short ones. */
const PARENTHESES = '\\((?:[^\\s()<>]+|\\([^\\s()<>]+\\))*\\)'
const PREFIX = '[a-z][\\w-]+:(?:/{1,3}|[a-z0-9%])|www\\d{0,3}\\.|[-a-z0-9.]+\\.[a-z]{2,4}/'
const TAIL = '[^\\s`!()\\[\\]{};:\'".,<>?«»“”‘’]'
const { regExp } = translatePattern(`(?i)\\b(?:${PREFIX})(?:[^\\s()<>]+|${PARENTHESES})+(?:${PARENTHESES}|${TAIL})`)

const remove = (text: string) => replaceLinks(text, () => '')

describe('the link scanner', () => {
  test('finds what the pattern finds', () => {
    const texts = fc.array(fc.constantFrom(...parts), { maxLength: 7 })
    fc.assert(
      fc.property(texts, (chosen) => {
        const text = chosen.join('')
        expect(replaceLinks(text, () => '|')).toBe(text.replace(regExp, '|'))
      }),
      { numRuns: 3000 },
    )
  })

  test('gives a text without a link back as it is', () => {
    expect(remove('no link: here, a/b and c.d')).toBe('no link: here, a/b and c.d')
  })

  test('folds as Python does where case is ignored', () => {
    expect(remove('İx:yyy WWW.EXAMPLE')).toBe(' ')
  })

  test('tells the groups of the pattern', () => {
    const text = 'http://a(b(c)d)(e)'
    replaceLinks(text, (link) => {
      expect(linkGroups(text, link)).toEqual([text, text, 'd', '(c)', 'e', undefined])
      return ''
    })
  })

  test.each([
    ['open parentheses', 'http://a('],
    ['colons', 'aa:!'],
    ['hosts', 'a.com/('],
    ['www', 'www.!'],
    ['nested openings', 'http://a((b)'],
  ])('takes time in proportion to the text: %s', (_, unit) => {
    const seconds = (length: number) => {
      const text = unit.repeat(length / unit.length)
      const start = performance.now()
      remove(text)
      return (performance.now() - start) / 1000
    }
    seconds(20_000)
    expect(seconds(1_000_000)).toBeLessThan(5)
  })
})

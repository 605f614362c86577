import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type SearchOptions, wordSearch } from '../../../../services/operators/sensitive/word-search.ts'

const EXACT: SearchOptions = { ignoreCase: false, normalize: false, wholeWords: false }
const USUAL: SearchOptions = { ignoreCase: true, normalize: true, wholeWords: true }

function found(words: string[], text: string, options: SearchOptions = USUAL): string[] {
  return wordSearch(words, options)(text).map((number) => words[number] ?? '')
}

/** The same search, told plainly: at each place from left to right the longest word that may stand there. */
function plainly(words: string[], text: string, wholeWords: boolean): string[] {
  const inside = (left: string | undefined, right: string | undefined) =>
    wholeWords && /[a-z0-9]/.test(left ?? '') && /[a-z0-9]/.test(right ?? '')
  const longest = [...new Set(words)].filter((word) => word !== '').sort((a, b) => b.length - a.length)
  const picked: string[] = []
  for (let at = 0; at < text.length; ) {
    const word = longest.find(
      (candidate) =>
        text.startsWith(candidate, at) &&
        !inside(text[at - 1], text[at]) &&
        !inside(text[at + candidate.length - 1], text[at + candidate.length]),
    )
    if (word) picked.push(word)
    at += word?.length ?? 1
  }
  return picked
}

describe('the search for words', () => {
  test.each([true, false])('finds what a plain search finds (whole words: %s)', (wholeWords) => {
    const piece = fc.string({ unit: fc.constantFrom('a', 'b', '中', '文'), maxLength: 5 })
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '中', '文', ' '), maxLength: 40 })
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), text, (words, given) => {
        expect(found(words, given, { ...EXACT, wholeWords })).toEqual(plainly(words, given, wholeWords))
      }),
      { numRuns: 3000 },
    )
  })

  test('takes the longest word at a place and goes on behind it', () => {
    expect(found(['赌博', '赌博网站', '网站大全', '大全'], '赌博网站大全')).toEqual(['赌博网站', '大全'])
  })

  test('finds Chinese words within anything, and others as whole words only', () => {
    const words = ['sex', 'av', '色情', 'секс', '18禁']
    expect(found(words, 'Sussex sextant java')).toEqual([])
    expect(found(words, 'sex教育，看av。色情site')).toEqual(['sex', 'av', '色情'])
    expect(found(words, 'секса нет, но секс есть')).toEqual(['секс'])
    expect(found(words, '118禁 与 18禁止')).toEqual(['18禁'])
    expect(found(words, 'sex_toy and sex-shop')).toEqual(['sex', 'sex'])
  })

  test('finds parts of words when that is wanted', () => {
    expect(found(['sex'], 'Sussex', { ...USUAL, wholeWords: false })).toEqual(['sex'])
  })

  test('ignores case only when that is wanted', () => {
    expect(found(['Σίσυφος', 'casino'], 'ΣΊΣΥΦΟΣ in the CASINO')).toEqual(['Σίσυφος', 'casino'])
    expect(found(['casino'], 'the CASINO', { ...USUAL, ignoreCase: false })).toEqual([])
  })

  test.each([
    ['ｃａｓｉｎｏ', 'fullwidth letters'],
    ['c\u200ba\u2060s\u00adino', 'invisible characters'],
    ['ⓒⓐⓢⓘⓝⓞ', 'circled letters'],
    ['𝐜𝐚𝐬𝐢𝐧𝐨', 'letters of mathematics'],
    ['c\u{e0041}asino', 'invisible tags'],
  ])('sees through %s (%s) only when that is wanted', (text) => {
    expect(found(['casino'], text)).toEqual(['casino'])
    expect(found(['casino'], text, { ...USUAL, normalize: false })).toEqual([])
  })

  test('takes any blanks for one blank', () => {
    expect(found(['hot deal'], 'a hot\u3000 \n deal')).toEqual(['hot deal'])
  })

  test('joins no words by what is invisible', () => {
    expect(found(['sex'], 'sus\u200bsex')).toEqual([])
  })

  test('takes a word that is invisible or empty for none', () => {
    expect(found(['', '\u200b', 'a'], 'a')).toEqual(['a'])
  })

  test('never throws', () => {
    const any = fc.string({ unit: fc.integer({ max: 0xffff, min: 0 }).map((unit) => String.fromCharCode(unit)) })
    fc.assert(
      fc.property(fc.array(any), any, (words, text) => {
        const joined = words.join('') + text
        for (const number of wordSearch(words, USUAL)(joined)) expect(words[number]).toBeDefined()
      }),
    )
  })

  test('stays linear where every place begins what is nearly a word', () => {
    const search = wordSearch([`${'a'.repeat(2000)}b`, 'aa', 'a'], EXACT)
    const start = performance.now()
    expect(search('a'.repeat(300_000))).toHaveLength(150_000)
    expect(performance.now() - start).toBeLessThan(2000)
  })

  test('builds a hundred thousand words in no time', () => {
    const words = Array.from({ length: 100_000 }, (_, i) => `词${i.toString(36)}语${(i * 7919) % 1000}`)
    const start = performance.now()
    const search = wordSearch(words, USUAL)
    expect(performance.now() - start).toBeLessThan(3000)
    expect(search(`见${words[99_999]}。`)).toEqual([99_999])
  })
})

import { passages } from '../../services/cli/quickstart/addresses.ts'

/** A text that is made to be dear for one filter. */
export interface Bait {
  title: string
  filter: string
  parameters?: Record<string, unknown>
  text: string
}

const MILLION = 1_000_000

/** Texts of a megabyte and more against the tables, hashes and comparisons of the filters. */
export function baits(): Bait[] {
  const characters = 'character_repetition_filter'
  const words = 'word_repetition_filter'
  const one = 'a'.repeat(5 * MILLION)
  const morse = thueMorse(2 ** 20)
  return [
    { title: 'characters, five megabytes of prose', filter: characters, text: prose(5 * MILLION) },
    { title: 'characters, one repeated', filter: characters, text: one },
    { title: 'characters, one repeated, runs of half', filter: characters, ...runs(2.5 * MILLION), text: one },
    {
      title: 'characters, two in turn, runs of a third',
      filter: characters,
      ...runs(MILLION),
      text: 'ab'.repeat(1.5 * MILLION),
    },
    { title: 'characters, all different', filter: characters, text: everyCharacter(MILLION) },
    { title: 'characters, colliding for polynomials', filter: characters, ...runs(2 ** 12), text: morse },
    { title: 'characters, colliding, runs of a quarter', filter: characters, ...runs(2 ** 18), text: morse },
    { title: 'characters, Fibonacci, long runs', filter: characters, ...runs(10_000), text: fibonacci(MILLION) },
    { title: 'characters, all but equal runs', filter: characters, ...runs(1_000), text: nearlyEqual(1_000, MILLION) },
    { title: 'characters, alike in their low bits', filter: characters, text: alikeInLowBits(MILLION) },
    { title: 'words, one of five megabytes', filter: words, text: one },
    { title: 'words, of one letter', filter: words, text: 'a '.repeat(2 * MILLION) },
    { title: 'words, all different', filter: words, text: differentWords(150_000) },
    { title: 'words, all different, on lists', filter: 'stopwords_filter', text: differentWords(150_000) },
    { title: 'words, of one length and sum', filter: words, text: anagrams(150_000) },
    { title: 'words, long and of one beginning', filter: words, text: longWords(2_000, 500) },
    { title: 'words, two in turn, runs of half', filter: words, ...runs(300_000), text: 'a b '.repeat(300_000) },
    { title: 'words, capitals with dots', filter: 'flagged_words_filter', text: 'İΣ.Σ '.repeat(100_000) },
    { title: 'blanks only', filter: words, text: ' \n\t'.repeat(MILLION) },
    { title: 'special characters only', filter: words, text: '.'.repeat(3 * MILLION) },
    { title: 'one line', filter: 'average_line_length_filter', text: 'word '.repeat(MILLION) },
    { title: 'empty lines', filter: 'average_line_length_filter', text: '\r\n'.repeat(2 * MILLION) },
    { title: 'pairs of surrogates', filter: 'special_characters_filter', text: '😀\u200d'.repeat(MILLION / 2) },
  ]
}

function runs(length: number): { parameters: { rep_len: number } } {
  return { parameters: { rep_len: length } }
}

function prose(length: number): string {
  let text = ''
  for (const passage of passages()) {
    text += `${passage.text} `
    if (text.length > length) break
  }
  return text
}

/** The sequence whose long factors collide in every polynomial hash modulo a power of two. */
function thueMorse(length: number): string {
  let text = 'a'
  while (text.length < length) text += text.replace(/[ab]/g, (letter) => (letter === 'a' ? 'b' : 'a'))
  return text
}

function fibonacci(length: number): string {
  let [before, text] = ['a', 'ab']
  while (text.length < length) [before, text] = [text, text + before]
  return text
}

/** The same passage again and again, with another character in a place that moves. */
function nearlyEqual(period: number, length: number): string {
  const passage = Array.from({ length: period }, (_, i) => String.fromCharCode(97 + ((i * i) % 23)))
  let text = ''
  for (let i = 0; text.length < length; i++) text += passage.with(i % period, String.fromCharCode(0x4e00 + i)).join('')
  return text
}

function everyCharacter(length: number): string {
  const points = Array.from({ length }, (_, i) => 0x20 + (i % 0xd000))
  return points.map((point) => String.fromCharCode(point)).join('')
}

/** Eight characters that differ in their uppermost bits only, by a generator of long period. */
function alikeInLowBits(length: number): string {
  let state = 1
  return Array.from({ length: length / 4 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return String.fromCodePoint(0x20041 + ((state >>> 29) << 16))
  }).join('')
}

function differentWords(count: number): string {
  return Array.from({ length: count }, (_, i) => `w${(i * 7919).toString(36)}x`).join(' ')
}

function anagrams(count: number): string {
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: 18 }, (_, bit) => ((i >> bit) & 1 ? 'ab' : 'ba')).join(''),
  ).join(' ')
}

function longWords(length: number, count: number): string {
  return Array.from({ length: count }, (_, i) => 'a'.repeat(length) + i.toString(36)).join(' ')
}

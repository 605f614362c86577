import { startsLower, startsUpper } from '../sentences/letters.ts'
import { CLASSES, IS_UNSTEADY } from '../text/character-classes.ts'
import { lower } from '../text/python-strings.ts'

/** Small letters that got a capital after Unicode 14, which is Python 3.11's. */
const WITHOUT_CAPITAL = /^[\u019b\u0264]/
/** Georgian letters have a capital for text in capitals only: a word does not begin with it. */
const GEORGIAN = /^[\u10d0-\u10ff]/
/** Characters whose form at the beginning of a word is not their capital, each with that form behind it. */
const TITLES = new Map(
  `ßSs Ǆǅ ǅǅ ǆǅ Ǉǈ ǈǈ ǉǈ Ǌǋ ǋǋ ǌǋ Ǳǲ ǲǲ ǳǲ ևԵւ ﬀFf ﬁFi ﬂFl ﬃFfi ﬄFfl ﬅSt ﬆSt ﬓՄն ﬔՄե ﬕՄի ﬖՎն ﬗՄխ
  \u1fb2\u1fba\u0345 \u1fb3\u1fbc \u1fb4\u0386\u0345 \u1fb7\u1fbc\u0342 \u1fbc\u1fbc
  \u1fc2\u1fca\u0345 \u1fc3\u1fcc \u1fc4\u0389\u0345 \u1fc7\u1fcc\u0342 \u1fcc\u1fcc
  \u1ff2\u1ffa\u0345 \u1ff3\u1ffc \u1ff4\u038f\u0345 \u1ff7\u1ffc\u0342 \u1ffc\u1ffc`
    .split(/\s+/)
    .map((pair): [string, string] => [pair.charAt(0), pair.slice(1)]),
)
/** Greek letters with an iota below, in both cases; those of the upper case are also the form at the beginning of a word. */
const GREEK_WITH_IOTA = /^[\u1f80-\u1faf]/

/** How a word is written. `unknown`: none of its characters has case, or only those of title case. */
export type WordCase = 'empty' | 'capitalize' | 'upper' | 'lower' | 'mixed' | 'unknown'

/** How a word is written, as the augmentations of nlpaug see it. */
export function wordCase(word: string): WordCase {
  const [first, ...rest] = word
  if (first === undefined) return 'empty'
  if (rest.length === 0 && startsUpper(first)) return 'capitalize'
  if (isUpper(word)) return 'upper'
  if (isLower(word)) return 'lower'
  if (rest.some(startsUpper)) return 'mixed'
  return startsUpper(first) ? 'capitalize' : 'unknown'
}

/** `str.isupper`: it has capitals, and no small letter or one of title case. */
export function isUpper(text: string): boolean {
  const characters = [...text]
  return characters.some(startsUpper) && !characters.some((one) => startsLower(one) || isTitle(one))
}

/** `str.islower`: it has small letters, and no capital or one of title case. */
function isLower(text: string): boolean {
  const characters = [...text]
  return characters.some(startsLower) && !characters.some((one) => startsUpper(one) || isTitle(one))
}

function isTitle(character: string): boolean {
  return /^\p{Lt}/u.test(character)
}

/** `str.upper`, with Python 3.11's Unicode 14. */
export function upper(text: string): string {
  return Array.from(text, (one) => (isSteady(one) ? one.toUpperCase() : one)).join('')
}

/** `str.capitalize`: the first character in title case, the others small. */
export function capitalize(word: string): string {
  const [first = ''] = word
  // Final sigma depends on what stands before it, so the whole word is made small.
  return title(first) + lower(word).slice(lower(first).length)
}

function title(character: string): string {
  if (GEORGIAN.test(character)) return character
  if (GREEK_WITH_IOTA.test(character)) return String.fromCharCode(character.charCodeAt(0) | 8)
  return TITLES.get(character) ?? upper(character)
}

function isSteady(character: string): boolean {
  const classes = CLASSES[character.codePointAt(0) ?? 0] as number
  return (classes & IS_UNSTEADY) === 0 && !WITHOUT_CAPITAL.test(character)
}

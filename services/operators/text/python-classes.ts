import { CODE_POINTS, PATTERN_SPACES, type Range, unpack } from './character-classes.ts'
import { WORD } from './unicode-tables.ts'

/**
 * Character classes of the PyPI module regex, as bodies of JavaScript character classes: written out range by range where
 * JavaScript has another idea of them (`\s`, `\w`, and all that is built on them) or another version of Unicode.
 */
const WORD_RANGES = unpack(WORD)
const HORIZONTAL_SPACES = PATTERN_SPACES.flatMap(([start, stop]): Range[] => {
  if (start === 0x09) return [[0x09, 0x0a]]
  return start === 0x85 || start === 0x2028 ? [] : [[start, stop]]
})

const BODIES: Record<string, string> = {
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  s: body(PATTERN_SPACES),
  S: body(complement(PATTERN_SPACES)),
  w: body(WORD_RANGES),
  W: body(complement(WORD_RANGES)),
  h: body(HORIZONTAL_SPACES),
}

/** An edge between a word character and another one, `\b`, and its opposite, as JavaScript assertions. */
export const WORD_BOUNDARY = `(?:(?<=[${BODIES.w}])(?![${BODIES.w}])|(?<![${BODIES.w}])(?=[${BODIES.w}]))`
export const NO_WORD_BOUNDARY = `(?:(?<=[${BODIES.w}])(?=[${BODIES.w}])|(?<![${BODIES.w}])(?![${BODIES.w}]))`

/** The class body of an escape such as `\w`, by its letter; undefined when the letter is no class. */
export function classBody(letter: string): string | undefined {
  return BODIES[letter]
}

/** One code point as JavaScript writes it, inside of a class or out. */
export function quote(codePoint: number): string {
  return `\\u{${codePoint.toString(16)}}`
}

function body(ranges: readonly Range[]): string {
  return ranges
    .map(([start, stop]) => (stop === start + 1 ? quote(start) : `${quote(start)}-${quote(stop - 1)}`))
    .join('')
}

function complement(ranges: readonly Range[]): Range[] {
  const starts = [0, ...ranges.map(([, stop]) => stop)]
  const stops = [...ranges.map(([start]) => start), CODE_POINTS]
  return starts.map((start, i): Range => [start, stops[i] ?? start]).filter(([start, stop]) => start < stop)
}

const LATIN_CAPITAL_I = 0x49
const LATIN_SMALL_I = 0x69
const LATIN_CAPITAL_I_WITH_DOT = 0x130
const LATIN_SMALL_DOTLESS_I = 0x131

/**
 * What a range matches beyond JavaScript's own folding when case is ignored: regex folds i with İ and I with ı. Undefined
 * for a range with only one of İ and ı, which JavaScript cannot express.
 */
export function foldedExtras(first: number, last: number): string | undefined {
  const holds = (codePoint: number) => first <= codePoint && codePoint <= last
  if (holds(LATIN_CAPITAL_I_WITH_DOT) !== holds(LATIN_SMALL_DOTLESS_I)) return undefined
  const both = holds(LATIN_CAPITAL_I_WITH_DOT) ? 'i' : ''
  return both + (holds(LATIN_SMALL_I) ? 'İ' : '') + (holds(LATIN_CAPITAL_I) ? 'ı' : '')
}

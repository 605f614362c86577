import { CODE_POINTS, PATTERN_SPACES, type Range, unpack } from './character-classes.ts'
import { ALPHANUMERIC, WORD } from './unicode-tables.ts'

/** Python's two modules for regular expressions: its own, and the one from PyPI. */
export type PythonModule = 're' | 'regex'

const HORIZONTAL_SPACES = PATTERN_SPACES.flatMap(([start, stop]): Range[] => {
  if (start === 0x09) return [[0x09, 0x0a]]
  return start === 0x85 || start === 0x2028 ? [] : [[start, stop]]
})
const INFORMATION_SEPARATORS: Range = [0x1c, 0x20]
const LOW_LINE: Range = [0x5f, 0x60]

/**
 * Character classes of the modules, as bodies of JavaScript character classes: written out range by range where JavaScript has
 * another idea of them (`\s`, `\w`, and all that is built on them) or another version of Unicode.
 */
const BODIES: Record<PythonModule, Record<string, string>> = {
  regex: { ...bodies(PATTERN_SPACES, unpack(WORD)), h: body(HORIZONTAL_SPACES) },
  re: bodies(inOrder([...PATTERN_SPACES, INFORMATION_SEPARATORS]), inOrder([...unpack(ALPHANUMERIC), LOW_LINE])),
}

function bodies(spaces: readonly Range[], word: readonly Range[]): Record<string, string> {
  return {
    d: '\\p{Nd}',
    D: '\\P{Nd}',
    s: body(spaces),
    S: body(complement(spaces)),
    w: body(word),
    W: body(complement(word)),
  }
}

function inOrder(ranges: Range[]): Range[] {
  return ranges.sort(([a], [b]) => a - b)
}

/** An edge between a word character and another one, `\b`, and its opposite, `\B`, as JavaScript assertions. */
export function wordBoundary(letter: 'b' | 'B', module: PythonModule): string {
  const word = BODIES[module].w
  if (letter === 'b') return `(?:(?<=[${word}])(?![${word}])|(?<![${word}])(?=[${word}]))`
  return `(?:(?<=[${word}])(?=[${word}])|(?<![${word}])(?![${word}]))`
}

/** The class body of an escape such as `\w`, by its letter; undefined when the letter is no class. */
export function classBody(letter: string, module: PythonModule = 'regex'): string | undefined {
  return BODIES[module][letter]
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
 * What a range matches beyond JavaScript's own folding when case is ignored: regex folds i with İ and I with ı, re all four
 * with each other. Undefined for a range with only one of İ and ı in regex, which JavaScript cannot express.
 */
export function foldedExtras(first: number, last: number, module: PythonModule): string | undefined {
  const holds = (codePoint: number) => first <= codePoint && codePoint <= last
  const [dotted, dotless] = [holds(LATIN_CAPITAL_I_WITH_DOT), holds(LATIN_SMALL_DOTLESS_I)]
  const [small, capital] = [holds(LATIN_SMALL_I), holds(LATIN_CAPITAL_I)]
  if (module === 're') return dotted || dotless || small || capital ? 'iİı' : ''
  if (dotted !== dotless) return undefined
  return (dotted ? 'i' : '') + (small ? 'İ' : '') + (capital ? 'ı' : '')
}

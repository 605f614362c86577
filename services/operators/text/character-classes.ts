import { ALPHANUMERIC, SPECIAL, UNASSIGNED, WORD } from './unicode-tables.ts'

/** `str.isalnum`. */
export const IS_ALPHANUMERIC = 1
export const SPECIAL_SHIFT = 1
/** Member of Data-Juicer's special characters. */
export const IS_SPECIAL = 1 << SPECIAL_SHIFT
export const SEPARATOR_SHIFT = 2
/** Where words are split: blank, line feed, tab. All of these are special too. */
export const IS_SEPARATOR = 1 << SEPARATOR_SHIFT
/** Where `str.splitlines` breaks. */
export const IS_LINE_END = 8
export const IS_SURROGATE = 16
/** `str.lower` of Python 3.11 cannot be left to JavaScript's here: unknown to Unicode 14, or of changed properties since. */
export const IS_UNSTEADY = 32
/** `str.isspace`, which is also what `str.strip` takes off. */
export const IS_SPACE = 64
/** `\w` of the PyPI module regex. */
export const IS_WORD = 128

/** The first code point that does not exist. */
export const CODE_POINTS = 0x110000

/** A range of code points, the second one not included. */
export type Range = readonly [start: number, stop: number]

/** The ranges of a packed table: pairs of a gap and a length in base 36. */
export function unpack(table: string): Range[] {
  const numbers = table.trim().split(/\s+/)
  const ranges: Range[] = []
  let stop = 0
  for (let i = 0; i + 1 < numbers.length; i += 2) {
    const start = stop + Number.parseInt(numbers[i] ?? '', 36)
    stop = start + Number.parseInt(numbers[i + 1] ?? '', 36)
    ranges.push([start, stop])
  }
  return ranges
}

/** U+0295 was a cased letter until Unicode 16, U+1171E a mark that final sigma looks through. */
export const LATIN_LETTER_PHARYNGEAL_VOICED_FRICATIVE = 0x295
export const AHOM_CONSONANT_SIGN_MEDIAL_RA = 0x1171e

const SEPARATORS: Range[] = [
  [0x09, 0x0b],
  [0x20, 0x21],
]
const LINE_ENDS: Range[] = [
  [0x0a, 0x0e],
  [0x1c, 0x1f],
  [0x85, 0x86],
  [0x2028, 0x202a],
]
/** What `\s` matches in the PyPI module regex; Python's own blanks are these and U+001C to U+001F. */
export const PATTERN_SPACES: readonly Range[] = [
  [0x09, 0x0e],
  [0x20, 0x21],
  [0x85, 0x86],
  [0xa0, 0xa1],
  [0x1680, 0x1681],
  [0x2000, 0x200b],
  [0x2028, 0x202a],
  [0x202f, 0x2030],
  [0x205f, 0x2060],
  [0x3000, 0x3001],
]
const UNSTEADY: Range[] = [
  ...unpack(UNASSIGNED),
  [LATIN_LETTER_PHARYNGEAL_VOICED_FRICATIVE, LATIN_LETTER_PHARYNGEAL_VOICED_FRICATIVE + 1],
  [AHOM_CONSONANT_SIGN_MEDIAL_RA, AHOM_CONSONANT_SIGN_MEDIAL_RA + 1],
]

/** The classes of every code point, as bits; one look-up in place of any number of tests. */
export const CLASSES = buildClasses()

function buildClasses(): Uint8Array {
  const classes = new Uint8Array(CODE_POINTS)
  const mark = (ranges: readonly Range[], bit: number) => {
    for (const [start, stop] of ranges) for (let c = start; c < stop; c++) classes[c] = (classes[c] ?? 0) | bit
  }
  mark(unpack(ALPHANUMERIC), IS_ALPHANUMERIC)
  mark(unpack(SPECIAL), IS_SPECIAL)
  mark(unpack(WORD), IS_WORD)
  mark(UNSTEADY, IS_UNSTEADY)
  mark(SEPARATORS, IS_SEPARATOR)
  mark(LINE_ENDS, IS_LINE_END)
  mark([...PATTERN_SPACES, [0x1c, 0x20]], IS_SPACE)
  mark([[0xd800, 0xe000]], IS_SURROGATE)
  return classes
}

/** The classes of one code point. */
export function classesOf(codePoint: number): number {
  return CLASSES[codePoint] ?? 0
}

import type { Text } from '../../../topologies/text.ts'
import { CLASSES, IS_LINE_END, IS_SURROGATE, SEPARATOR_SHIFT, SPECIAL_SHIFT } from './character-classes.ts'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** What one walk over a text counts. All lengths are code points, as in Python. */
export interface Census {
  length: number
  alphanumeric: number
  special: number
  /** Words (runs without blank, tab and line feed) that are more than special characters. */
  words: number
  /** Lines as `str.splitlines` has them. */
  lines: number
  longestLine: number
  /** The classes of all its characters, united. */
  classes: number
}

/** Lines so far; places are in code points. */
interface Lines {
  count: number
  longest: number
  start: number
  carriageReturn: number
}

/** A text's UTF-16 code units. */
export function codeUnits(text: Text): Uint16Array {
  return unitsOf(text.value)
}

/** A string's UTF-16 code units. */
export function unitsOf(value: string): Uint16Array {
  const bytes = Buffer.from(value, 'utf16le')
  return new Uint16Array(bytes.buffer, bytes.byteOffset, value.length)
}

/** A text's code points; surrogates without a partner count as themselves. */
export function codePoints(text: Text): Int32Array {
  const units = text.view(codeUnits)
  const { length } = text.view(census)
  if (length === units.length) return new Int32Array(units)
  const points = new Int32Array(length)
  for (let i = 0, place = 0; place < length; i++) {
    const point = pairAt(units, i)
    if (point > 0xffff) i++
    points[place++] = point
  }
  return points
}

/** The code point at `index`: a whole pair, or the single unit. */
export function pairAt(units: Uint16Array, index: number): number {
  const first = units[index] as number
  const second = units[index + 1] ?? 0
  if ((first & 0xfc00) !== 0xd800 || (second & 0xfc00) !== 0xdc00) return first
  return 0x10000 + ((first & 0x3ff) << 10) + (second & 0x3ff)
}

/** Counts a text in one pass. */
export function census(text: Text): Census {
  const units = text.view(codeUnits)
  const lines = { count: 0, longest: 0, start: 0, carriageReturn: -2 }
  // imported bindings cost a load at each use, so the loop has its own
  const table = CLASSES
  const rare = IS_LINE_END | IS_SURROGATE
  const surrogate = IS_SURROGATE
  const specialShift = SPECIAL_SHIFT
  const separatorShift = SEPARATOR_SHIFT
  let alphanumeric = 0
  let special = 0
  let words = 0
  let inWord = 0
  let pairs = 0
  let united = 0
  for (let i = 0; i < units.length; i++) {
    let classes = table[units[i] as number] as number
    if (classes & rare) {
      const point = classes & surrogate ? pairAt(units, i) : 0
      if (point > 0xffff) {
        classes = table[point] as number
        pairs++
        i++
      } else if (!(classes & surrogate)) endLine(lines, units[i] as number, i - pairs)
    }
    united |= classes
    // words are counted at the separator behind them; without branches, which are seldom foreseen here
    const separator = (classes >> separatorShift) & 1
    const plain = ~(classes >> specialShift) & 1
    alphanumeric += classes & 1
    special += plain ^ 1
    words += inWord & separator
    inWord = (inWord | plain) & (separator ^ 1)
  }
  const length = units.length - pairs
  if (length > lines.start) endLine(lines, LINE_FEED, length)
  return {
    length,
    alphanumeric,
    special,
    words: words + inWord,
    lines: lines.count,
    longestLine: lines.longest,
    classes: united,
  }
}

/** Ends a line at `place`, in code points; a line feed right behind a carriage return only ends the same line once more. */
function endLine(lines: Lines, unit: number, place: number): void {
  const again = unit === LINE_FEED && place === lines.carriageReturn + 1
  if (!again) {
    lines.longest = Math.max(lines.longest, place - lines.start)
    lines.count++
  }
  if (unit === CARRIAGE_RETURN) lines.carriageReturn = place
  lines.start = place + 1
}

import type { Text } from '../../../topologies/text.ts'
import { CLASSES, IS_ALPHANUMERIC, IS_LINE_END, IS_SEPARATOR, IS_SPECIAL, IS_SURROGATE } from './character-classes.ts'

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
  const points = new Int32Array(units.length)
  let length = 0
  for (let i = 0; i < units.length; i++) {
    const unit = units[i] as number
    if ((unit & 0xfc00) === 0xd800) {
      const point = pairAt(units, i)
      if (point > 0xffff) i++
      points[length++] = point
    } else points[length++] = unit
  }
  return points.subarray(0, length)
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
  const table = CLASSES
  const end = units.length
  let alphanumeric = 0
  let special = 0
  let words = 0
  let inWord = 0
  let pairs = 0
  let lines = 0
  let longestLine = 0
  let lineStart = 0
  let carriageReturn = -2
  for (let i = 0; i < end; i++) {
    const unit = units[i] as number
    let classes = table[unit] as number
    if (classes & (IS_LINE_END | IS_SURROGATE)) {
      if (classes & IS_SURROGATE) {
        const point = pairAt(units, i)
        if (point > 0xffff) {
          classes = table[point] as number
          pairs++
          i++
        }
      } else {
        const place = i - pairs
        if (unit === LINE_FEED && i === carriageReturn + 1) lineStart = place + 1
        else {
          if (place - lineStart > longestLine) longestLine = place - lineStart
          if (unit === CARRIAGE_RETURN) carriageReturn = i
          lineStart = place + 1
          lines++
        }
      }
    }
    const separator = (classes & IS_SEPARATOR) >> 2
    alphanumeric += classes & IS_ALPHANUMERIC
    special += (classes & IS_SPECIAL) >> 1
    words += inWord & separator
    inWord = (inWord | (~(classes >> 1) & 1)) & (separator ^ 1)
  }
  const length = end - pairs
  if (length > lineStart) lines++
  longestLine = Math.max(longestLine, length - lineStart)
  return { length, alphanumeric, special, words: words + inWord, lines, longestLine }
}

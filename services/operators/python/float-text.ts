import { classesOf, IS_SPACE } from '../text/character-classes.ts'

const SPECIAL = /^([-+]?)(?:(inf|infinity)|nan)$/i
const DIGITS = '\\d(?:_?\\d)*'
const FINITE = new RegExp(`^[-+]?(?:${DIGITS}\\.?(?:${DIGITS})?|\\.${DIGITS})(?:[eE][-+]?${DIGITS})?$`)
/** What no number begins without; most texts are told by it at once. */
const BEGINNING = /^[-+.in\p{Nd}]/iu
const OTHER_DIGIT = /(?![0-9])\p{Nd}/gu
const DIGIT = /\p{Nd}/u

/** `float(text)`: also `inf` and `nan`, digits of other scripts and low lines between digits; null where Python raises. */
export function floatOfText(text: string): number | null {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  const stripped = text.slice(start, end)
  if (!BEGINNING.test(stripped)) return null
  const bare = stripped.replace(OTHER_DIGIT, digitValue)
  const special = SPECIAL.exec(bare)
  if (special && !special[2]) return Number.NaN
  if (special) return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return FINITE.test(bare) ? Number(bare.replaceAll('_', '')) : null
}

/** A blank of `float`: Python's, less U+001C to U+001F. */
function isBlank(unit: number): boolean {
  return (classesOf(unit) & IS_SPACE) !== 0 && (unit < 0x1c || unit > 0x1f)
}

/** Digits stand in runs of whole tens, from zero on. */
function digitValue(digit: string): string {
  const point = digit.codePointAt(0) ?? 0
  let zero = point
  while (DIGIT.test(String.fromCodePoint(zero - 1))) zero--
  return String((point - zero) % 10)
}

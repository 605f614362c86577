import { CLASSES, IS_ALPHANUMERIC, IS_UNSTEADY } from '../text/character-classes.ts'

/*
 * What Python 3.11, whose Unicode is 14, thinks of one character. Newer letters, which JavaScript knows, are none of these.
 */

const UPPER = /^\p{Uppercase}/u
const LOWER = /^\p{Lowercase}/u
const DIGIT = /^\p{Nd}/u
/** Lower-case letters of later versions of Unicode only, and U+0295, which they do not have among them. */
const LATER_LOWER = /^[\u10fc\ua7f2-\ua7f4\uab69]/
const FORMER_LOWER = '\u0295'

/** `str.isupper` of the first character. */
export function startsUpper(text: string): boolean {
  return UPPER.test(text) && !isUnsteady(text)
}

/** `str.islower` of the first character. */
export function startsLower(text: string): boolean {
  if (text.startsWith(FORMER_LOWER)) return true
  return LOWER.test(text) && !isUnsteady(text) && !LATER_LOWER.test(text)
}

/** Whether the first character is one of `\d`. */
export function startsWithDigit(text: string): boolean {
  return DIGIT.test(text) && !isUnsteady(text)
}

/** Whether the first character is one of `[^\W\d]`: a letter, a number that is no digit, or a low line. */
export function startsWithLetter(text: string): boolean {
  if (text.startsWith('_')) return true
  return ((CLASSES[text.codePointAt(0) ?? 0] as number) & IS_ALPHANUMERIC) !== 0 && !DIGIT.test(text)
}

function isUnsteady(text: string): boolean {
  return ((CLASSES[text.codePointAt(0) ?? 0] as number) & IS_UNSTEADY) !== 0
}

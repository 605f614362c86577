import { CLASSES, classesOf, IS_ALPHANUMERIC, IS_SPACE } from '../text/character-classes.ts'

const LOW_LINE = 0x5f
const DECIMAL_DIGIT = /\p{Nd}/u

/** Whether Python's module re takes the character at `at` for a part of a word (`\w`): a letter, a number or a low line. */
export function isWordAt(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  if ((unit & 0xfc00) === 0xd800) return isWord(text.codePointAt(at) ?? 0)
  return isWord(unit)
}

/** The same of the character before `at`. */
export function isWordBefore(text: string, at: number): boolean {
  return at > 0 && isWordAt(text, before(text, at))
}

function isWord(point: number): boolean {
  return ((CLASSES[point] as number) & IS_ALPHANUMERIC) !== 0 || point === LOW_LINE
}

/** `\b`: an edge between a word and what is none. */
export function isEdge(text: string, at: number): boolean {
  return isWordBefore(text, at) !== isWordAt(text, at)
}

/** Where the character before `at` begins. */
export function before(text: string, at: number): number {
  const isPair = (text.charCodeAt(at - 1) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 2) & 0xfc00) === 0xd800
  return isPair ? at - 2 : at - 1
}

/** Where the character behind the one at `at` begins. */
export function after(text: string, at: number): number {
  const isPair = (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00
  return isPair ? at + 2 : at + 1
}

/** Whether `\s` matches the code unit. */
export function isSpace(unit: number): boolean {
  return (classesOf(unit) & IS_SPACE) !== 0
}

/** Where the blanks end that begin at `at`. */
export function skipSpaces(text: string, at: number): number {
  let end = at
  while (end < text.length && isSpace(text.charCodeAt(end))) end++
  return end
}

/** How many decimal digits of any script (`\d`) stand from `at` on, at most `most`, and where they end. */
export function countDigits(text: string, at: number, most: number): { count: number; end: number } {
  let end = at
  let count = 0
  while (count < most && isDigitAt(text, end)) {
    end = after(text, end)
    count++
  }
  return { count, end }
}

function isDigitAt(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  if (unit < 0x80) return unit >= 0x30 && unit <= 0x39
  return isWordAt(text, at) && DECIMAL_DIGIT.test(String.fromCodePoint(text.codePointAt(at) ?? 0))
}

/** Whether a unit may belong to a decimal digit; all but ASCII is told apart later. */
export function mayBeDigit(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || unit >= 0x660
}

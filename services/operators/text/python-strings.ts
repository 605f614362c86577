import { classesOf, IS_SPACE } from './character-classes.ts'

/** `str.strip()`: without the blanks at both ends, as Python knows blanks. The same string when there are none. */
export function strip(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isSpace(text.charCodeAt(start))) start++
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

/** All of Python's blanks are single code units. */
function isSpace(unit: number): boolean {
  return (classesOf(unit) & IS_SPACE) !== 0
}

/** The code point that ends before `index`; -1 at the start. A surrogate without its partner is itself. */
export function codePointBefore(text: string, index: number): number {
  if (index <= 0) return -1
  const last = text.charCodeAt(index - 1)
  if ((last & 0xfc00) !== 0xdc00 || index < 2) return last
  const first = text.charCodeAt(index - 2)
  return (first & 0xfc00) === 0xd800 ? 0x10000 + ((first & 0x3ff) << 10) + (last & 0x3ff) : last
}

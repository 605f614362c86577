import { ALPHABET } from '../text/alphabets.ts'

/** The code of letters beyond ASCII, in alphabets that part words by blanks. */
export const LETTER = 0x80
/** The code of what has been claimed: a bracket, as there will be one in its place. */
export const CLAIMED = 0x5d

export const SPACE = 0x20
export const DOLLAR = 0x24
export const PERCENT = 0x25
export const OPEN = 0x28
export const CLOSE = 0x29
export const PLUS = 0x2b
export const HYPHEN = 0x2d
export const DOT = 0x2e
export const SLASH = 0x2f
export const COLON = 0x3a
export const AT = 0x40
export const LOW_LINE = 0x5f

/** Characters that stand for others, by the ASCII character. */
const STAND_INS: Record<string, string> = {
  '-': '\u2010\u2011\u2012\u2013\u2212',
  ' ': '\u00a0\u2007\u202f',
  $: '£¥€￥',
}

/** Codes by unit: ASCII characters are themselves, foreign letters LETTER, all others 0. */
export function codeTable(fullWidth: boolean): Uint8Array {
  const table = Uint8Array.from({ length: 0x10000 }, (_, unit) => (unit < 0x80 ? unit : LETTER * (ALPHABET[unit] ?? 0)))
  for (const [plain, others] of Object.entries(STAND_INS)) {
    for (const other of others) table[other.charCodeAt(0)] = plain.charCodeAt(0)
  }
  for (let unit = 0xff01; unit < 0xff5f; unit++)
    table[unit] = fullWidth ? unit - 0xfee0 : (ALPHABET[unit] ?? 0) * LETTER
  if (fullWidth) table[0x3000] = SPACE
  return table
}

/** The code at a place; 0 beyond the ends. */
export function codeAt(codes: Uint8Array, at: number): number {
  return codes[at] ?? 0
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

export function isAsciiLetter(code: number): boolean {
  const small = code | 0x20
  return small >= 0x61 && small <= 0x7a
}

/** Letters, digits and low lines: what a number is a part of when it stands right beside one. */
export function isWord(code: number): boolean {
  return isDigit(code) || isAsciiLetter(code) || code === LETTER || code === LOW_LINE
}

/** Where the digits end that begin at `at`. */
export function digitsEnd(codes: Uint8Array, at: number): number {
  let end = at
  while (isDigit(codeAt(codes, end))) end++
  return end
}

/** The number that digits from `start` to `end` make; few enough of them to be exact. */
export function numberAt(codes: Uint8Array, start: number, end: number): number {
  let value = 0
  for (let at = start; at < end; at++) value = value * 10 + codeAt(codes, at) - 0x30
  return value
}

/** Signs that join digits to those on their other side. */
const JOINTS = [DOT, HYPHEN]

/** Whether a number may begin here: not within a word, a longer number, a decimal fraction or an amount of money. */
export function mayStart(codes: Uint8Array, at: number, joints: readonly number[] = JOINTS): boolean {
  const code = codeAt(codes, at - 1)
  if (isWord(code) || code === DOLLAR) return false
  return !(joints.includes(code) && isDigit(codeAt(codes, at)) && isDigit(codeAt(codes, at - 2)))
}

/** Whether a number may end here; the mirror image of `mayStart`, so that of two neighbours none or both may. */
export function mayEnd(codes: Uint8Array, end: number, joints: readonly number[] = JOINTS): boolean {
  const code = codeAt(codes, end)
  if (isWord(code)) return false
  return !(joints.includes(code) && isDigit(codeAt(codes, end + 1)) && isDigit(codeAt(codes, end - 1)))
}

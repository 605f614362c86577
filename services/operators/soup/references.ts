import { Failure } from '../../../topologies/failure.ts'
import { c1AsWindows1252 } from '../unicode/byte-charsets.ts'
import { LEGACY_NAMES, namedReference } from '../unicode/named-references.ts'

const IN_ATTRIBUTE = /&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)/gu
const LONGEST_LEGACY = 6
/** Python 3.11 reads no decimal number with more digits. */
const MOST_DIGITS = 4300

/** What a reference by number stands for in text (bs4 4.14.3). Throws `operator_failed` for a number that Python cannot read. */
export function numberedCharacter(digits: string): string {
  const hexadecimal = /^[xX]/.test(digits)
  const code = hexadecimal ? Number.parseInt(digits.slice(1), 16) : readDecimal(digits)
  if (code >= 0x80 && code <= 0x9f) return c1AsWindows1252(String.fromCharCode(code))
  return code === 0 ? '\ufffd' : characterOf(code)
}

/** An attribute's value with its references resolved: Python's `html.unescape`. Throws as `numberedCharacter` does. */
export function unescapeAttribute(value: string): string {
  if (!value.includes('&')) return value
  return value.replace(IN_ATTRIBUTE, (_, reference: string) => {
    if (reference[0] === '#') return unescapeNumber(reference.slice(1).replace(/;$/, ''))
    return unescapeName(reference)
  })
}

function unescapeNumber(digits: string): string {
  const hexadecimal = /^[xX]/.test(digits)
  const code = hexadecimal ? Number.parseInt(digits.slice(1), 16) : readDecimal(digits)
  if (code >= 0x80 && code <= 0x9f) return c1AsWindows1252(String.fromCharCode(code))
  if (code === 0) return '\ufffd'
  return isForbidden(code) ? '' : characterOf(code)
}

/** The name as a whole, else the longest name at its beginning that needs no semicolon, else as it stands. */
function unescapeName(reference: string): string {
  const whole = reference.endsWith(';') ? namedReference(reference.slice(0, -1)) : undefined
  if (whole !== undefined) return whole
  for (let length = Math.min(reference.length, LONGEST_LEGACY); length >= 2; length--) {
    const name = reference.slice(0, length)
    if (LEGACY_NAMES.has(name)) return namedReference(name) + reference.slice(length)
  }
  return `&${reference}`
}

function readDecimal(digits: string): number {
  if (digits.length <= MOST_DIGITS) return Number(digits)
  throw new Failure('operator_failed', 'The HTML refers to a character by a number of more than 4300 digits.')
}

function characterOf(code: number): string {
  const exists = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
  return exists ? String.fromCodePoint(code) : '\ufffd'
}

/** Controls and noncharacters, which vanish from attributes. */
function isForbidden(code: number): boolean {
  if (code < 0x20) return code < 0x09 || code === 0x0b || code > 0x0d
  return code === 0x7f || (code >= 0xfdd0 && code <= 0xfdef) || (code <= 0x10ffff && (code & 0xfffe) === 0xfffe)
}

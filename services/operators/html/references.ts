import { c1AsWindows1252 } from '../unicode/byte-charsets.ts'
import { LEGACY_NAMES, namedReference } from '../unicode/named-references.ts'

/** Letters of the longest name that needs no semicolon. */
const LONGEST_LEGACY = 6
const REFERENCE = /&(?:#(?:[xX][0-9a-fA-F]+|[0-9]+);?|[0-9A-Za-z]+;?)/g
/** In the value of an attribute, what `=` follows is no reference. */
const REFERENCE_IN_ATTRIBUTE = /&(?:#(?:[xX][0-9a-fA-F]+|[0-9]+);?|[0-9A-Za-z]+(?:;|(?![=0-9A-Za-z])))/g

/** Text of an HTML document with its character references resolved (https://html.spec.whatwg.org/#character-reference-state). */
export function resolveReferences(text: string): string {
  return text.replace(REFERENCE, (reference) => {
    if (reference[1] === '#') return characterOf(reference)
    return resolveWhole(reference) ?? resolveStart(reference) ?? reference
  })
}

/** Value of an attribute with its character references resolved: letters and digits that follow are of the name here. */
export function resolveInAttribute(value: string): string {
  return value.replace(REFERENCE_IN_ATTRIBUTE, (reference) => {
    if (reference[1] === '#') return characterOf(reference)
    return resolveWhole(reference) ?? reference
  })
}

/** The characters of a reference by name, with a semicolon or one that needs none. */
function resolveWhole(reference: string): string | undefined {
  if (reference.endsWith(';')) return namedReference(reference.slice(1, -1))
  const name = reference.slice(1)
  return LEGACY_NAMES.has(name) ? namedReference(name) : undefined
}

/** The characters of the longest reference without a semicolon with which this one begins, and the rest. */
function resolveStart(reference: string): string | undefined {
  for (let end = Math.min(reference.length, LONGEST_LEGACY + 1); end > 2; end--) {
    const name = reference.slice(1, end)
    if (LEGACY_NAMES.has(name)) return namedReference(name) + reference.slice(end)
  }
  return undefined
}

/** The character of a reference by number, decimal or, behind an x, hexadecimal. */
function characterOf(reference: string): string {
  const hexadecimal = reference[2] === 'x' || reference[2] === 'X'
  const code = hexadecimal ? Number.parseInt(reference.slice(3), 16) : Number.parseInt(reference.slice(2), 10)
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return '\ufffd'
  if (code >= 0x80 && code <= 0x9f) return c1AsWindows1252(String.fromCharCode(code))
  return String.fromCodePoint(code)
}

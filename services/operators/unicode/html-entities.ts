import { c1AsWindows1252 } from './byte-charsets.ts'
import { NAMED_CHARACTERS } from './named-characters.ts'

const REFERENCE = /&#?[0-9A-Za-z]{1,24};/g
const REFERENCE_HERE = /&#?[0-9A-Za-z]{1,24};/y
const NUMBER = /^&#(?:([0-9]+)|[xX]([0-9a-fA-F]+));$/

/** Names that HTML also knows without a semicolon in capitals: what begins with one is not read as a capitalized name. */
const LEGACY_CAPITALS = ['AMP', 'COPY', 'ETH', 'GT', 'LT', 'QUOT', 'REG', 'THORN']

/** Code points that a reference must not have, and that Python's `html.unescape` deletes. U+0080 to U+009F come before. */
const isForbidden = (code: number): boolean =>
  (code >= 0x01 && code <= 0x08) ||
  code === 0x0b ||
  (code >= 0x0e && code <= 0x1f) ||
  code === 0x7f ||
  (code >= 0xfdd0 && code <= 0xfdef) ||
  (code & 0xfffe) === 0xfffe

let named: Map<string, string> | null = null

/** References by name, and for names in small letters those in capitals too ("P&EACUTE;REZ" means "PÉREZ"). */
function namedReferences(): Map<string, string> {
  if (named !== null) return named
  named = new Map()
  for (const entry of NAMED_CHARACTERS) {
    const split = entry.indexOf('=')
    named.set(`&${entry.slice(0, split)};`, entry.slice(split + 1))
  }
  for (const [reference, characters] of [...named]) {
    const capitals = reference.toUpperCase()
    const isLegacy = LEGACY_CAPITALS.some((name) => capitals.startsWith(name, 1))
    if (reference === reference.toLowerCase() && !named.has(capitals) && !isLegacy) {
      named.set(capitals, characters.toUpperCase())
    }
  }
  return named
}

/** The character of a numeric reference; the reference itself when it is none, or one for the semicolon. */
function resolveNumber(reference: string): string {
  const [, decimal, hexadecimal] = NUMBER.exec(reference) ?? []
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number.parseInt(decimal, 10)
  if (Number.isNaN(code) || code === 0x3b) return reference
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return '\ufffd'
  if (code >= 0x80 && code <= 0x9f) return c1AsWindows1252(String.fromCharCode(code))
  return isForbidden(code) ? '' : String.fromCodePoint(code)
}

/** Whether something that has the form of a character reference begins at `index`. */
export function isReferenceAt(text: string, index: number): boolean {
  REFERENCE_HERE.lastIndex = index
  return REFERENCE_HERE.test(text)
}

/** Resolves character references that end in a semicolon and have at most 24 characters between (ftfy 6.3.1, `unescape_html`). */
export function unescapeHtml(text: string): string {
  return text.replace(REFERENCE, (reference) =>
    reference[1] === '#' ? resolveNumber(reference) : (namedReferences().get(reference) ?? reference),
  )
}

import { c1AsWindows1252 } from './byte-charsets.ts'
import { NAMED_CHARACTERS } from './named-characters.ts'

/** Characters of the longest reference, less the ampersand. */
const LONGEST_REFERENCE = 26
const REFERENCE = /&#?[0-9A-Za-z]{1,24};/g
const REFERENCE_HERE = /&#?[0-9A-Za-z]{1,24};/y
/** A reference to the ampersand, and one that follows an ampersand, which is made into a reference by it. */
const AMPERSANDS = /&(?:amp|AMP|#0{0,22}38|#[xX]0{0,21}26);/g
const FURTHER_AMPERSAND = /(?:amp|AMP|#0{0,22}38|#[xX]0{0,21}26);/y
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

/**
 * `after` with those passes of `unescapeHtml` done at once that still only take one `amp;` off each `&amp;amp;amp;…`. That is
 * known of a text on which the pass before, which made `after` of `before`, did nothing else. One at a time they would take
 * time by the square of the length.
 */
export function skipAmpersandPasses(before: string, after: string): string {
  if (before.replace(AMPERSANDS, '&') !== after) return after
  const chains: Chain[] = []
  let passes = Number.POSITIVE_INFINITY
  for (let at = after.indexOf('&'); at >= 0; at = after.indexOf('&', at + 1)) {
    const chain = chainAt(after, at)
    if (chain.ends.length > 0) chains.push(chain)
    if (!resolvesAt(after, chain)) continue
    passes = Math.min(passes, chain.ends.length)
    if (passes === 0) return after
  }
  return withoutPasses(after, chains, passes)
}

/** An ampersand, and where the references to further ones end that follow it at once. */
interface Chain {
  at: number
  ends: number[]
}

function chainAt(text: string, at: number): Chain {
  const ends: number[] = []
  FURTHER_AMPERSAND.lastIndex = at + 1
  while (FURTHER_AMPERSAND.test(text)) ends.push(FURTHER_AMPERSAND.lastIndex)
  return { at, ends }
}

/** Whether something other than an ampersand comes of the chain in the end. */
function resolvesAt(text: string, { at, ends }: Chain): boolean {
  const end = ends.at(-1) ?? at + 1
  const tail = `&${text.slice(end, end + LONGEST_REFERENCE)}`
  return isReferenceAt(tail, 0) && unescapeHtml(tail) !== tail
}

/** Takes so many references off the front of each chain, but leaves the last one to the next pass. */
function withoutPasses(text: string, chains: Chain[], passes: number): string {
  let made = ''
  let from = 0
  for (const { at, ends } of chains) {
    const end = ends[Math.min(passes, ends.length) - 2]
    if (end === undefined) continue
    made += text.slice(from, at + 1)
    from = end
  }
  return from === 0 ? text : made + text.slice(from)
}

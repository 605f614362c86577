import { ALPHABET } from '../text/alphabets.ts'

/** Schemes of what is fetched from the web; longer ones first, as one may end with another. */
const SCHEMES = ['https', 'http', 'ftps', 'ftp']
const WWW = 'www.'
/** What an address may hold besides letters and digits (RFC 3986), but for the apostrophe, which is a quote far more often. */
const SIGNS = '-._~:/?#@!$&()*+,;=%[]'
/** What belongs to the sentence when it stands at the end. */
const TRAILING = '.,:;!?*'

const BODY = 1
const LAST = 2
const KINDS = Uint8Array.from({ length: 0x10000 }, (_, unit) => (ALPHABET[unit] ?? 0) * (BODY | LAST))
for (const sign of SIGNS) KINDS[sign.charCodeAt(0)] = TRAILING.includes(sign) ? BODY : BODY | LAST

/** Closing brackets, with the opening ones that keep them in an address. */
const PAIRS = new Map([
  [0x29, 0x28],
  [0x5d, 0x5b],
])

/**
 * Removes addresses that begin with http, https, ftp or ftps and `://`, or with `www.`, wherever they begin. An address goes on as
 * far as its characters do, Chinese ones not, less punctuation and unpaired brackets at its end. The same string without any.
 */
export function removeAddresses(text: string): string {
  let made = ''
  let from = 0
  let scheme = nextScheme(text, 0)
  for (;;) {
    const found = nextWww(text, from, scheme?.start ?? text.length) ?? scheme
    if (!found) return from === 0 ? text : made + text.slice(from)
    made += text.slice(from, found.start)
    from = found.end
    // one that is still ahead is not looked for again
    if (scheme && scheme.start < from) scheme = nextScheme(text, from)
  }
}

interface Address {
  start: number
  end: number
}

function nextScheme(text: string, from: number): Address | null {
  for (let colon = text.indexOf('://', from); colon >= 0; colon = text.indexOf('://', colon + 3)) {
    const name = text.slice(Math.max(from, colon - 5), colon).toLowerCase()
    const scheme = SCHEMES.find((candidate) => name.endsWith(candidate))
    const end = scheme ? addressEnd(text, colon + 3) : -1
    if (scheme && end >= 0) return { start: colon - scheme.length, end }
  }
  return null
}

/** The first one before `stop` that no letter or digit stands before. */
function nextWww(text: string, from: number, stop: number): Address | null {
  for (let dot = text.indexOf('.', from); dot >= 0 && dot < stop; dot = text.indexOf('.', dot + 1)) {
    const start = dot - WWW.length + 1
    if (start < from || text.slice(start, dot + 1).toLowerCase() !== WWW) continue
    if (start > 0 && ALPHABET[text.charCodeAt(start - 1)] === 1) continue
    const end = addressEnd(text, dot + 1)
    if (end >= 0) return { start, end }
  }
  return null
}

/** Where the address ends whose host begins at `host`; -1 when no letter or digit is there. */
function addressEnd(text: string, host: number): number {
  if (ALPHABET[text.charCodeAt(host)] !== 1 && text.charCodeAt(host) !== 0x5b) return -1
  const open: number[] = []
  let end = -1
  for (let at = host; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    const kind = KINDS[unit] as number
    if (kind === 0) break
    if (unit === 0x28 || unit === 0x5b) {
      open.push(unit)
      continue
    }
    const opening = PAIRS.get(unit)
    if (opening !== undefined && open.pop() !== opening) break
    if (kind & LAST) end = at + 1
  }
  return end
}

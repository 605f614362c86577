import { after, before, countDigits, isWordAt, mayBeDigit } from './characters.ts'
import { type Find, findCandidates } from './matches.ts'

const AT = 0x40
const DOT = 0x2e
const PLUS = 0x2b
const HYPHEN = 0x2d
const OCTET = '(?:25[0-5]|2[0-4]\\p{Nd}|[01]?\\p{Nd}\\p{Nd}?)'
const IPV4 = new RegExp(`(?<![0-9.])(?:${OCTET}\\.){3}${OCTET}(?![0-9])`, 'gu')
/** Three digits of two code units each, and the dot. */
const OCTET_UNITS = 7
const IN_BRACKETS = /[0-9a-fA-F:.]/
const MAC_MIDDLE = /[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-]/

/** `https?://` and all up to a blank, a quote or an angle bracket. */
export const findUrl: Find = findCandidates(
  /https?:\/\/[^\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"'<>]+/g,
  (_, match) => match.index + match[0].length,
)

/** Four numbers up to 255 with dots between them; digits of other scripts count. */
export const findIpv4: Find = (text, from) => {
  const near = threeDots(text, from)
  if (near < 0) return null
  IPV4.lastIndex = near
  const match = IPV4.exec(text)
  return match && { start: match.index, end: match.index + match[0].length, groups: [] }
}

/** A place not behind the first three dots that may stand in an address; -1 for none. */
function threeDots(text: string, from: number): number {
  for (let first = text.indexOf('.', from); first >= 0; first = text.indexOf('.', first + 1)) {
    const second = nextDot(text, first)
    if (second > 0 && mayBeDigit(text.charCodeAt(first - 1)) && nextDot(text, second) > 0) {
      const start = Math.max(from, first - OCTET_UNITS)
      return (text.charCodeAt(start) & 0xfc00) === 0xdc00 ? start + 1 : start
    }
  }
  return -1
}

/** The next dot, when up to three digits stand before it. */
function nextDot(text: string, dot: number): number {
  let at = dot + 1
  while (at < dot + OCTET_UNITS && mayBeDigit(text.charCodeAt(at))) at++
  return at > dot + 1 && text.charCodeAt(at) === DOT ? at : -1
}

/** `\[[0-9a-fA-F:.]{3,}\](?::\d{1,5})?\b`: so without a port only where a word follows. */
export const findIpv6: Find = (text, from) => {
  for (let start = text.indexOf('[', from); start >= 0; start = text.indexOf('[', start + 1)) {
    let close = start + 1
    while (IN_BRACKETS.test(text[close] ?? '')) close++
    if (close < start + 4 || text[close] !== ']') continue
    const end = portEnd(text, close + 1)
    if (end >= 0) return { start, end, groups: [] }
  }
  return null
}

function portEnd(text: string, at: number): number {
  if (isWordAt(text, at)) return at
  if (text[at] !== ':') return -1
  const { count, end } = countDigits(text, at + 1, 6)
  return count >= 1 && count <= 5 && !isWordAt(text, end) ? end : -1
}

const macs = findCandidates(/(?<![0-9A-Fa-f:])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}/g, (text, match) => {
  const end = match.index + match[0].length
  return isWordAt(text, end) ? -1 : end
})

/** Six pairs of hexadecimal digits with colons or hyphens between them. */
export const findMac: Find = (text, from) => (from > 0 || MAC_MIDDLE.test(text) ? macs(text, from) : null)

/**
 * `[a-zA-Z0-9][\w.+-]*@[\w.-]+\.(?:[a-zA-Z]{2,}|\w{2,})`: looks at each at sign, and from there in both directions no further
 * than to the next.
 */
export const findEmail: Find = (text, from) => {
  for (let at = text.indexOf('@', from); at >= 0; at = text.indexOf('@', at + 1)) {
    const start = localStart(text, at, from)
    const end = start < at ? hostEnd(text, at + 1) : -1
    if (end >= 0) return { start, end, groups: [] }
  }
  return null
}

/** Where the part before the at sign begins: at its leftmost ASCII letter or digit; the at sign's place for none. */
function localStart(text: string, at: number, from: number): number {
  let start = at
  for (let i = at; i > from; ) {
    i = before(text, i)
    const unit = text.charCodeAt(i)
    if (isAsciiLetter(unit) || (unit >= 0x30 && unit <= 0x39)) start = i
    else if (unit !== DOT && unit !== PLUS && unit !== HYPHEN && !isWordAt(text, i)) break
  }
  return start
}

function isAsciiLetter(unit: number): boolean {
  const small = unit | 0x20
  return small >= 0x61 && small <= 0x7a
}

/** Where the host ends: behind the last dot that has something before it and two letters or more behind it. */
function hostEnd(text: string, start: number): number {
  let end = start
  while (isHostAt(text, end)) end = after(text, end)
  for (let dot = end - 1; dot > start; dot--) {
    const stop = text.charCodeAt(dot) === DOT ? topLevelEnd(text, dot + 1) : -1
    if (stop >= 0) return stop
  }
  return -1
}

function isHostAt(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  if (unit === AT) return false
  return unit === DOT || unit === HYPHEN || isWordAt(text, at)
}

/** Two ASCII letters or more, or else two word characters or more. */
function topLevelEnd(text: string, start: number): number {
  let end = start
  while (isAsciiLetter(text.charCodeAt(end))) end++
  if (end >= start + 2) return end
  let count = 0
  for (end = start; isWordAt(text, end); end = after(text, end)) count++
  return count >= 2 ? end : -1
}

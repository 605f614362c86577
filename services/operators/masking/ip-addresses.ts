import {
  CLAIMED,
  COLON,
  codeAt,
  DOT,
  digitsEnd,
  HYPHEN,
  isAsciiLetter,
  isDigit,
  isWord,
  mayEnd,
  mayStart,
  numberAt,
  PERCENT,
  SLASH,
  SPACE,
} from './codes.ts'

/** Longest zone of a scoped address that is taken for a part of it. */
const LONGEST_ZONE = 16
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const OPEN_BRACKET = 0x5b

/** What stands before numbers with three dots that are no addresses. */
const VERSION_BEFORE =
  /(?:(?<![a-z])(?:version|ver|v|release|revision|rev|build|section|chapter|clause|oid)\.?|§|版本|版本号|版)[\s:：=]*$/i
const LOOK_BACK = 16

/** Where an IPv4 address ends that begins at `start`; -1 for none. Four numbers to 255 without leading zeros (RFC 6943). */
export function ipv4End(codes: Uint8Array, start: number, text: string): number {
  const end = octetsEnd(codes, start)
  if (end < 0 || !mayStart(codes, start) || isPartOfName(codes, start) || isSection(codes, start, end)) return -1
  const next = codeAt(codes, end)
  const after = codeAt(codes, end + 1)
  if (next === HYPHEN ? isAsciiLetter(after) : !mayEnd(codes, end)) return -1
  return followsVersion(codes, start, text) ? -1 : end
}

/** Whether a word that makes a version of the number stands before it, outside of what has been claimed. */
function followsVersion(codes: Uint8Array, start: number, text: string): boolean {
  const from = Math.max(0, start - LOOK_BACK)
  const word = VERSION_BEFORE.exec(text.slice(from, start))
  return word !== null && codeAt(codes, from + word.index) !== CLAIMED
}

/** A number at the start of a line with a dot and a blank behind it is that of a section. */
function isSection(codes: Uint8Array, start: number, end: number): boolean {
  const isFirst = start === 0 || codeAt(codes, start - 1) === LINE_FEED
  return isFirst && codeAt(codes, end) === DOT && codeAt(codes, end + 1) === SPACE
}

/** As in libfoo-1.2.3.4 and Browser/1.2.3.4. */
function isPartOfName(codes: Uint8Array, start: number): boolean {
  const before = codeAt(codes, start - 1)
  return (before === HYPHEN || before === SLASH) && isAsciiLetter(codeAt(codes, start - 2))
}

function octetsEnd(codes: Uint8Array, start: number): number {
  let at = start
  for (let octet = 0; octet < 4; octet++) {
    if (octet > 0 && codeAt(codes, at++) !== DOT) return -1
    const end = digitsEnd(codes, at)
    const length = end - at
    if (length < 1 || length > 3 || (length > 1 && codes[at] === 0x30) || numberAt(codes, at, end) > 255) return -1
    at = end
  }
  return at
}

/** Reports every IPv6 address (RFC 4291) of a prefix that is in use: where it begins and ends. */
export function findIpv6(codes: Uint8Array, found: (start: number, end: number) => void): void {
  for (let colon = codes.indexOf(COLON); colon >= 0; colon = codes.indexOf(COLON, colon + 1)) {
    const start = groupStart(codes, colon)
    const end = start < 0 ? -1 : ipv6End(codes, start)
    if (end < 0) continue
    found(start, end)
    colon = end - 1
  }
}

/** Where the address would begin whose first colon this is; -1 for none. */
function groupStart(codes: Uint8Array, colon: number): number {
  let start = colon
  while (colon - start < 5 && isHexadecimal(codeAt(codes, start - 1))) start--
  const before = codeAt(codes, start - 1)
  if (colon - start > 4 || before === COLON || !mayStart(codes, start, [DOT])) return -1
  if (start === colon && (codeAt(codes, colon + 1) !== COLON || before === CLAIMED)) return -1
  return start
}

/** An address as far as it has been read. */
interface Reading {
  at: number
  /** 16-bit groups so far. */
  groups: number
  first: number
  second: number
  /** How many groups stand before the double colon; -1 without one. */
  gap: number
  /** Whether it ends with an IPv4 address. */
  isMixed: boolean
}

function ipv6End(codes: Uint8Array, start: number): number {
  const reading: Reading = { at: start, groups: 0, first: -1, second: -1, gap: -1, isMixed: false }
  if (codeAt(codes, start) === COLON) Object.assign(reading, { at: start + 2, gap: 0 })
  while (readGroup(codes, reading)) if (!readColon(codes, reading)) break
  const { at, groups, gap } = reading
  const isWhole = gap < 0 ? groups === 8 : groups < 8
  if (!isWhole || !isInUse(reading) || !endsAddress(codes, at)) return -1
  return zoneEnd(codes, at)
}

/** Reads a group, or an IPv4 address in the place of two; false when there is none. */
function readGroup(codes: Uint8Array, reading: Reading): boolean {
  let end = reading.at
  let value = 0
  while (end - reading.at < 5 && isHexadecimal(codeAt(codes, end)))
    value = value * 16 + hexadecimalValue(codeAt(codes, end++))
  const length = end - reading.at
  if (length < 1 || length > 4) return false
  const mixed = codeAt(codes, end) === DOT ? octetsEnd(codes, reading.at) : -1
  if (reading.groups === 0) reading.first = value
  if (reading.groups === 1) reading.second = value
  reading.groups += mixed < 0 ? 1 : 2
  reading.isMixed = mixed >= 0
  reading.at = mixed < 0 ? end : mixed
  return true
}

/** Reads a colon or a double one, where a group may follow; false at the end. */
function readColon(codes: Uint8Array, reading: Reading): boolean {
  if (reading.groups >= 8 || reading.isMixed || codeAt(codes, reading.at) !== COLON) return false
  const next = codeAt(codes, reading.at + 1)
  if (next === COLON && reading.gap < 0) {
    reading.gap = reading.groups
    reading.at += 2
    return true
  }
  if (!isHexadecimal(next)) return false
  reading.at++
  return true
}

/** The address space that has been given out, so that names in programs (a::b) and hardware addresses stay. */
function isInUse({ first, second, gap, groups, isMixed }: Reading): boolean {
  if (gap === 0) return isMixed || (groups === 1 && first === 1)
  if (first === 0x64) return second === 0xff9b
  const isGlobal = first >= 0x2000 && first <= 0x3fff
  const isLocal = (first >= 0xfc00 && first <= 0xfdff) || (first >= 0xfe80 && first <= 0xfebf)
  return isGlobal || isLocal || (first >= 0xff00 && first <= 0xffff)
}

function endsAddress(codes: Uint8Array, end: number): boolean {
  const next = codeAt(codes, end)
  if (next === OPEN_BRACKET || !mayEnd(codes, end, [DOT])) return false
  return next !== COLON || isBlank(codes, end + 1)
}

function isBlank(codes: Uint8Array, at: number): boolean {
  const code = codeAt(codes, at)
  return at >= codes.length || code === SPACE || code === LINE_FEED || code === CARRIAGE_RETURN
}

/** Where the zone ends that may follow a percent sign, as in fe80::1%eth0. */
function zoneEnd(codes: Uint8Array, at: number): number {
  if (codeAt(codes, at) !== PERCENT) return at
  let end = at + 1
  while (end - at <= LONGEST_ZONE && isWord(codeAt(codes, end))) end++
  return end > at + 1 && !isWord(codeAt(codes, end)) ? end : at
}

function isHexadecimal(code: number): boolean {
  const small = code | 0x20
  return isDigit(code) || (small >= 0x61 && small <= 0x66)
}

function hexadecimalValue(code: number): number {
  return isDigit(code) ? code - 0x30 : (code | 0x20) - 0x57
}

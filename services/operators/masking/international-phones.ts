import { startsPhone } from './chinese-phones.ts'
import { CLOSE, codeAt, DOT, digitsEnd, HYPHEN, isDigit, mayEnd, numberAt, OPEN, PLUS, SPACE } from './codes.ts'

/** Country codes of one and two digits (ITU-T E.164); all others have three. */
const SHORT_CODES = new Set([
  7, 20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58, 60, 61, 62,
  63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98,
])
/** First and last of each run of country codes of three digits. */
const LONG_CODES: readonly [first: number, last: number][] = [
  [211, 213],
  [216, 216],
  [218, 218],
  [220, 258],
  [260, 269],
  [290, 291],
  [297, 299],
  [350, 359],
  [370, 383],
  [385, 387],
  [389, 389],
  [420, 421],
  [423, 423],
  [500, 509],
  [590, 599],
  [670, 692],
  [800, 800],
  [808, 808],
  [850, 856],
  [870, 883],
  [886, 888],
  [960, 979],
  [992, 998],
]
/** Digits of a number with its country code (E.164), and without it. */
const MOST = 15
const FEWEST_IN_ONE = 7
const FEWEST_IN_GROUPS = 6

/** Where a number of another country ends that begins at `start`: with a plus sign, or North American; -1 for none. */
export function internationalPhoneEnd(codes: Uint8Array, start: number): number {
  if (!startsPhone(codes, start)) return -1
  const northAmerican = northAmericanEnd(codes, start)
  if (northAmerican >= 0) return northAmerican
  const isBracketed = codeAt(codes, start) === OPEN
  const plus = isBracketed ? start + 1 : start
  if (codeAt(codes, plus) !== PLUS) return -1
  return plusEnd(codes, plus + 1, isBracketed)
}

/** A number as far as it has been read. */
interface Reading {
  at: number
  digits: number
  groups: number
  dots: number
  /** The country code is in brackets that are still open. */
  isOpen: boolean
}

/** The longest number with this country code that the signs allow. */
function plusEnd(codes: Uint8Array, start: number, isOpen: boolean): number {
  const country = countryLength(codes, start)
  if (country === 0 || (isOpen && codeAt(codes, start + country) !== CLOSE)) return -1
  if (isChineseMobile(codes, start)) return -1
  const reading: Reading = { at: start, digits: 0, groups: 0, dots: 0, isOpen }
  let best = -1
  while (readGroup(codes, reading)) {
    const { at, digits, groups, dots } = reading
    const fewest = groups === 1 ? FEWEST_IN_ONE : FEWEST_IN_GROUPS
    // with a single dot it is a decimal fraction
    if (digits - country >= fewest && dots !== 1 && mayEnd(codes, at)) best = at
    if (!skipSign(codes, reading)) break
  }
  return best
}

function readGroup(codes: Uint8Array, reading: Reading): boolean {
  const end = digitsEnd(codes, reading.at)
  const length = end - reading.at
  if (length === 0 || reading.digits + length > MOST) return false
  reading.digits += length
  reading.groups++
  reading.at = end
  return true
}

/** Goes over a blank, hyphen or dot, and over a bracket that closes the country code or holds an area code or (0). */
function skipSign(codes: Uint8Array, reading: Reading): boolean {
  let { at } = reading
  if (reading.isOpen && codeAt(codes, at) === CLOSE) {
    at++
    reading.isOpen = false
  }
  if (codeAt(codes, at) === DOT) reading.dots++
  if (isSign(codeAt(codes, at))) at++
  if (codeAt(codes, at) === OPEN) {
    const close = digitsEnd(codes, at + 1)
    const length = close - at - 1
    if (length < 1 || length > 5 || codeAt(codes, close) !== CLOSE || reading.digits + length > MOST) return false
    if (length > 1 || codeAt(codes, at + 1) !== 0x30) reading.digits += length
    at = isSign(codeAt(codes, close + 1)) ? close + 2 : close + 1
  }
  if (at === reading.at || !isDigit(codeAt(codes, at))) return false
  reading.at = at
  return true
}

function isSign(code: number): boolean {
  return code === SPACE || code === HYPHEN || code === DOT
}

/** Digits of the country code; 0 when there is none. North America has rules of its own. */
function countryLength(codes: Uint8Array, start: number): number {
  if (SHORT_CODES.has(numberAt(codes, start, start + 1))) return 1
  if (!isDigit(codeAt(codes, start + 1))) return 0
  if (SHORT_CODES.has(numberAt(codes, start, start + 2))) return 2
  const three = numberAt(codes, start, start + 3)
  return isDigit(codeAt(codes, start + 2)) && LONG_CODES.some(([first, last]) => three >= first && three <= last)
    ? 3
    : 0
}

/** Those are another kind, which may be switched off. */
function isChineseMobile(codes: Uint8Array, start: number): boolean {
  if (numberAt(codes, start, start + 2) !== 86) return false
  let at = start + 2
  while (codeAt(codes, at) === CLOSE || isSign(codeAt(codes, at))) at++
  return codeAt(codes, at) === 0x31 && codeAt(codes, at + 1) >= 0x33
}

/** Area code, exchange and four digits; both of the first with three digits, the first from 2 and not 11 behind it. */
function northAmericanEnd(codes: Uint8Array, start: number): number {
  const area = skipCountry(codes, start)
  const hasCountry = area > start
  const isBracketed = codeAt(codes, area) === OPEN
  let at = isBracketed ? area + 1 : area
  const isOneRun = codeAt(codes, start) === PLUS && digitsEnd(codes, at) === at + 10
  if (isOneRun) return isExchange(codes, at) && isExchange(codes, at + 3) && mayEnd(codes, at + 10) ? at + 10 : -1
  if (digitsEnd(codes, at) !== at + 3 || !isExchange(codes, at)) return -1
  at += 3
  if (isBracketed && codeAt(codes, at++) !== CLOSE) return -1
  if (isSign(codeAt(codes, at))) at++
  else if (!isBracketed) return -1
  if (digitsEnd(codes, at) !== at + 3 || !isExchange(codes, at)) return -1
  at += 3
  const sign = codeAt(codes, at++)
  const isTelling = isBracketed || hasCountry || sign === HYPHEN || sign === DOT
  if (!isSign(sign) || !isTelling || digitsEnd(codes, at) !== at + 4) return -1
  return mayEnd(codes, at + 4) ? at + 4 : -1
}

/** Where the area code begins behind +1 or 1 and a sign. */
function skipCountry(codes: Uint8Array, start: number): number {
  const hasPlus = codeAt(codes, start) === PLUS
  const one = hasPlus ? start + 1 : start
  if (codeAt(codes, one) !== 0x31) return start
  if (isSign(codeAt(codes, one + 1))) return one + 2
  return hasPlus ? one + 1 : start
}

function isExchange(codes: Uint8Array, at: number): boolean {
  const isEleven = codeAt(codes, at + 1) === 0x31 && codeAt(codes, at + 2) === 0x31
  return codeAt(codes, at) >= 0x32 && codeAt(codes, at) <= 0x39 && !isEleven
}

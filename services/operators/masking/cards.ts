import { codeAt, digitsEnd, HYPHEN, isDigit, mayEnd, mayStart, numberAt, SPACE } from './codes.ts'

/** The first two digits of identity cards: provinces and regions of China (GB/T 2260), Taiwan, Hong Kong and Macau. */
const PROVINCES = new Set([
  11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63,
  64, 65, 71, 81, 82, 83, 91,
])
/** Weights of the first 17 digits, and the check character by the rest of their sum divided by 11 (GB 11643, ISO 7064 MOD 11-2). */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CHECKS = '10X98765432'

/** Where the number of a Chinese identity card ends that begins at `start`; -1 for none. */
export function identityCardEnd(codes: Uint8Array, start: number, old: boolean): number {
  if (!mayStart(codes, start)) return -1
  const digits = cardDigits(codes, start)
  if (digits && isIdentity(digits.places, codes) && mayEnd(codes, digits.end)) return digits.end
  const end = digitsEnd(codes, start)
  return old && end - start === 15 && isOldIdentity(codes, start) && mayEnd(codes, end) ? end : -1
}

/** The places of 17 digits and a check character, in one run or in groups of 6, 8 and 4 with one sign between them. */
function cardDigits(codes: Uint8Array, start: number): { places: number[]; end: number } | null {
  const first = digitsEnd(codes, start) - start
  const parts = first === 6 ? [6, 8, 4] : [18]
  const sign = codeAt(codes, start + 6)
  if (first !== 6 && first !== 17 && first !== 18) return null
  if (first === 6 && sign !== SPACE && sign !== HYPHEN) return null
  const places: number[] = []
  let at = start
  for (const [i, part] of parts.entries()) {
    if (i > 0 && codeAt(codes, at++) !== sign) return null
    for (let taken = 0; taken < part; taken++) places.push(at++)
  }
  return { places, end: at }
}

function isIdentity(places: number[], codes: Uint8Array): boolean {
  const check = places.pop() ?? 0
  let sum = 0
  let digits = ''
  for (const [i, place] of places.entries()) {
    const code = codeAt(codes, place)
    if (!isDigit(code)) return false
    sum += (code - 0x30) * (WEIGHTS[i] ?? 0)
    digits += code - 0x30
  }
  const year = Number(digits.slice(6, 10))
  if (year < 1800 || year > 2099 || !isDate(year, Number(digits.slice(10, 12)), Number(digits.slice(12, 14))))
    return false
  const sign = String.fromCharCode(codeAt(codes, check)).toUpperCase()
  return PROVINCES.has(Number(digits.slice(0, 2))) && sign === CHECKS[sum % 11]
}

/** 15 digits: without century and check character. */
function isOldIdentity(codes: Uint8Array, start: number): boolean {
  const part = (from: number, length: number) => numberAt(codes, start + from, start + from + length)
  return PROVINCES.has(part(0, 2)) && isDate(1900 + part(6, 2), part(8, 2), part(10, 2))
}

function isDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = month === 2 ? (isLeap ? 29 : 28) : 30 + ((month + (month >> 3)) & 1)
  return day <= days
}

const FEWEST = 13
const MOST = 19
/** How card numbers are grouped; the last group may be any of its lengths. */
const LAYOUTS: readonly number[][] = [
  [4, 4, 4, 4, 3],
  [4, 4, 4, 4, 2],
  [4, 4, 4, 4, 1],
  [4, 4, 4, 4],
  [4, 6, 5],
  [4, 6, 4],
  [6, 13],
  [6, 12],
  [6, 11],
  [6, 10],
]

/** Where the number of a bank card ends that begins at `start`; -1 for none. 13 to 19 digits of a known issuer, with Luhn's check. */
export function bankCardEnd(codes: Uint8Array, start: number): number {
  const first = codeAt(codes, start)
  if (first < 0x32 || !mayStart(codes, start)) return -1
  const run = digitsEnd(codes, start) - start
  if (run >= FEWEST && run <= MOST) return isCard(codes, start, start + run) ? start + run : -1
  if ((run !== 4 && run !== 6) || followsGroup(codes, start)) return -1
  for (const layout of LAYOUTS) {
    const end = layout[0] === run ? groupsEnd(codes, start, layout) : -1
    if (end >= 0 && isCard(codes, start, end)) return end
  }
  return -1
}

/** Whether four digits and a blank stand before: the groups are of a longer row. */
function followsGroup(codes: Uint8Array, start: number): boolean {
  if (codeAt(codes, start - 1) !== SPACE) return false
  for (let at = start - 5; at < start - 1; at++) if (!isDigit(codeAt(codes, at))) return false
  return !isDigit(codeAt(codes, start - 6))
}

/** Where groups of these lengths end, with one sign between them; -1 when they are not there. */
function groupsEnd(codes: Uint8Array, start: number, layout: number[]): number {
  const sign = codeAt(codes, start + (layout[0] ?? 0))
  if (sign !== SPACE && sign !== HYPHEN) return -1
  let at = start
  for (const [i, length] of layout.entries()) {
    if (i > 0 && codeAt(codes, at++) !== sign) return -1
    if (digitsEnd(codes, at) !== at + length) return -1
    at += length
  }
  return at
}

function isCard(codes: Uint8Array, start: number, end: number): boolean {
  let digits = ''
  for (let at = start; at < end; at++) if (isDigit(codeAt(codes, at))) digits += codeAt(codes, at) - 0x30
  return isIssued(digits) && passesLuhn(digits) && mayEnd(codes, end)
}

/** Whether a network gives out numbers that begin so (ISO/IEC 7812), of this length. */
function isIssued(digits: string): boolean {
  const four = Number(digits.slice(0, 4))
  if (digits.startsWith('2'))
    return digits.length === 16 && ((four >= 2200 && four <= 2204) || (four >= 2221 && four <= 2720))
  if (digits.startsWith('8')) return digits.length >= 16 && four >= 8100 && four <= 8299
  if (digits.startsWith('9')) return digits.length === MOST && four === 9558
  return true
}

/** Every second digit from the right counts twice, by the sum of its digits; the sum of all ends with 0. */
function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i])
    sum += i % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0)
  }
  return sum % 10 === 0
}

import { CLOSE, codeAt, digitsEnd, HYPHEN, isDigit, isWord, mayEnd, mayStart, OPEN, PLUS, SPACE } from './codes.ts'

/** How China's country code is written before a number. */
const PREFIXES = ['(+86)', '(0086)', '(86)', '+86', '0086', '86']
/** Longest extension behind a hyphen. */
const LONGEST_EXTENSION = 5

/** Where a Chinese mobile number ends that begins at `start`, with or without the country code; -1 for none. */
export function mobilePhoneEnd(codes: Uint8Array, start: number): number {
  if (!startsPhone(codes, start)) return -1
  const end = mobileEnd(codes, skipPrefix(codes, start))
  if (end < 0 || mayEnd(codes, end)) return end
  // two numbers with a hyphen between them
  return codeAt(codes, end) === HYPHEN && mobileEnd(codes, end + 1) >= 0 ? end : -1
}

/** A bracket may stand behind anything, a plus sign behind no word and no other one, digits where a number may begin. */
export function startsPhone(codes: Uint8Array, start: number): boolean {
  const code = codeAt(codes, start)
  if (code === OPEN) return true
  const before = codeAt(codes, start - 1)
  return code === PLUS ? !isWord(before) && before !== PLUS && before !== CLOSE : mayStart(codes, start)
}

/** Where the number begins behind a country code and a sign; `start` when there is none. */
function skipPrefix(codes: Uint8Array, start: number): number {
  for (const prefix of PREFIXES) {
    let at = start
    while (at - start < prefix.length && codeAt(codes, at) === prefix.charCodeAt(at - start)) at++
    if (at - start === prefix.length) return isSign(codeAt(codes, at)) ? at + 1 : at
  }
  return start
}

function isSign(code: number): boolean {
  return code === SPACE || code === HYPHEN
}

/** 1, a digit from 3 and nine more: in one run, or in groups of 3, 4 and 4 with one sign between them. */
function mobileEnd(codes: Uint8Array, start: number): number {
  const second = codeAt(codes, start + 1)
  if (codeAt(codes, start) !== 0x31 || second < 0x33 || second > 0x39) return -1
  const end = digitsEnd(codes, start)
  if (end - start === 11) return end
  const sign = codeAt(codes, end)
  if (end - start !== 3 || !isSign(sign)) return -1
  const middle = digitsEnd(codes, end + 1)
  if (middle - end !== 5 || codeAt(codes, middle) !== sign) return -1
  const last = digitsEnd(codes, middle + 1)
  return last - middle === 5 ? last : -1
}

/** Where a Chinese landline number ends that begins at `start`: area code, seven or eight digits, extension; -1 for none. */
export function landlineEnd(codes: Uint8Array, start: number): number {
  if (!startsPhone(codes, start)) return -1
  const isBracketed = codeAt(codes, start) === OPEN
  const area = isBracketed ? start + 1 : start
  const length = areaLength(codes, area)
  if (length === 0) return -1
  let at = area + length
  if (isBracketed && codeAt(codes, at++) !== CLOSE) return -1
  if (isSign(codeAt(codes, at))) at++
  const end = subscriberEnd(codes, at, length === 3)
  if (end < 0) return -1
  const extended = extensionEnd(codes, end)
  return mayEnd(codes, extended) ? extended : -1
}

/** 3 for 010 and 02x, 4 for 03xx to 09xx; 0 for none. */
function areaLength(codes: Uint8Array, at: number): number {
  if (codeAt(codes, at) !== 0x30) return 0
  const second = codeAt(codes, at + 1)
  const third = codeAt(codes, at + 2)
  if (!isDigit(third)) return 0
  if (second === 0x31) return third === 0x30 ? 3 : 0
  if (second === 0x32) return 3
  return second >= 0x33 && second <= 0x39 && isDigit(codeAt(codes, at + 3)) ? 4 : 0
}

/** Eight digits, or seven too behind a long area code; the last four may stand apart. */
function subscriberEnd(codes: Uint8Array, start: number, isEight: boolean): number {
  const first = codeAt(codes, start)
  if (first < 0x32 || first > 0x38) return -1
  const end = digitsEnd(codes, start)
  const length = end - start
  if (length === 8 || (length === 7 && !isEight)) return end
  if (!(length === 4 || (length === 3 && !isEight)) || !isSign(codeAt(codes, end))) return -1
  const last = digitsEnd(codes, end + 1)
  return last - end === 5 ? last : -1
}

function extensionEnd(codes: Uint8Array, at: number): number {
  if (codeAt(codes, at) !== HYPHEN) return at
  const end = digitsEnd(codes, at + 1)
  return end > at + 1 && end - at - 1 <= LONGEST_EXTENSION ? end : at
}

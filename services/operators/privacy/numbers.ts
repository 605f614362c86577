import { countDigits, isEdge, isSpace, isWordAt, isWordBefore, mayBeDigit } from './characters.ts'
import { type Find, findCandidates } from './matches.ts'

const HYPHEN = 0x2d
const DOT = 0x2e

/** The end of a match that stands alone as a word; -1 for another. */
function asWord(text: string, { index, 0: whole }: RegExpExecArray): number {
  const end = index + whole.length
  return isWordBefore(text, index) || isWordAt(text, end) ? -1 : end
}

/** `ou_` and 32 hexadecimal digits, in capitals or not. */
export const findFeishuId: Find = findCandidates(/ou_[0-9a-f]{32}/gi, asWord)

/** `ou_`, `u_` or `uid_` and 16 to 64 letters, digits, low lines and hyphens, up to the last edge of a word among them. */
export const findPlatformId: Find = findCandidates(/(ou_|u_|uid_)[0-9a-zA-Z_-]{16,64}/g, (text, match) => {
  if (isWordBefore(text, match.index)) return -1
  const least = match.index + (match[1] ?? '').length + 16
  let end = match.index + match[0].length
  while (end >= least && !isEdge(text, end)) end--
  return end >= least ? end : -1
})

/** A mobile number of China: `\b1[3-9]\d{9}\b`. */
export const findChinesePhone: Find = findCandidates(/1[3-9]/g, (text, { index }) => {
  if (!mayBeDigit(text.charCodeAt(index + 2)) || isWordBefore(text, index)) return -1
  const { count, end } = countDigits(text, index + 2, 9)
  return count === 9 && !isWordAt(text, end) ? end : -1
})

/** `\+\d{1,4}[-.\s]?\d{6,14}\b`: the digits in one run, or in two with one sign between them. */
export const findInternationalPhone: Find = (text, from) => {
  for (let start = text.indexOf('+', from); start >= 0; start = text.indexOf('+', start + 1)) {
    const end = internationalEnd(text, start + 1)
    if (end >= 0) return { start, end, groups: [] }
  }
  return null
}

function internationalEnd(text: string, start: number): number {
  const first = countDigits(text, start, 19)
  if (first.count === 0) return -1
  if (first.count >= 7 && first.count <= 18) return isWordAt(text, first.end) ? -1 : first.end
  if (first.count > 4 || !isSign(text.charCodeAt(first.end))) return -1
  const second = countDigits(text, first.end + 1, 15)
  return second.count >= 6 && second.count <= 14 && !isWordAt(text, second.end) ? second.end : -1
}

function isSign(unit: number): boolean {
  return unit === HYPHEN || unit === DOT || isSpace(unit)
}

/** What an identity card's number begins with: six digits, and the century. Any character may be half of a digit. */
const CARD_START = /[1-9][0-9\u0660-\uffff]{5,10}?(?:19|20)/
const cards = findCandidates(
  /[1-9]\p{Nd}{5}(?:19|20)\p{Nd}{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\p{Nd}|3[01])\p{Nd}{3}[\p{Nd}Xx]/gu,
  asWord,
)

/** The number of an identity card of China, 18 digits with a date of birth. */
export const findChineseCard: Find = (text, from) => (from > 0 || CARD_START.test(text) ? cards(text, from) : null)

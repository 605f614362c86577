import { AT, codeAt, DOT, HYPHEN, isAsciiLetter, isWord, LETTER, LOW_LINE, PERCENT, PLUS } from './codes.ts'

/** Longest part before the at sign, part of a host name, and host name (RFC 5321 and RFC 1035). */
const LONGEST_LOCAL = 64
const LONGEST_LABEL = 63
const LONGEST_HOST = 253

/** Ends of file names that come behind an at sign, as in icon@2x.png, and are no top-level domains. */
const FILE_ENDS = ['png', 'jpg', 'jpeg', 'gif', 'svg', 'webp']

/** Reports every e-mail address: where it begins and ends. Each character is looked at a few times at most. */
export function findEmails(codes: Uint8Array, found: (start: number, end: number) => void): void {
  let from = 0
  for (let at = codes.indexOf(AT); at >= 0; at = codes.indexOf(AT, at + 1)) {
    const start = localStart(codes, at, from)
    const end = start < at ? hostEnd(codes, at + 1) : -1
    if (end < 0) continue
    found(start, end)
    from = end
  }
}

/** Where the part before the at sign begins; the at sign's place for none. No two dots side by side, and none at the ends. */
function localStart(codes: Uint8Array, at: number, from: number): number {
  let start = at
  const least = Math.max(from, at - LONGEST_LOCAL)
  while (start > least && isLocal(codeAt(codes, start - 1))) {
    if (codeAt(codes, start - 1) === DOT && (start === at || codeAt(codes, start) === DOT)) break
    start--
  }
  while (start < at && !isWord(codeAt(codes, start))) start++
  return start
}

function isLocal(code: number): boolean {
  return isWord(code) || code === DOT || code === PLUS || code === HYPHEN || code === PERCENT
}

/** Where the host name ends: behind the last of its parts that may be a top-level domain; -1 for none. */
function hostEnd(codes: Uint8Array, host: number): number {
  let best = -1
  let start = host
  for (let labels = 1; ; labels++) {
    const end = labelEnd(codes, start)
    if (end < 0 || end - host > LONGEST_HOST) return best
    if (labels > 1) best = Math.max(best, topLevelEnd(codes, start, end))
    if (codeAt(codes, end) !== DOT) return best
    start = end + 1
  }
}

/** Where a part of a host name ends, which neither begins nor ends with a hyphen; -1 for none. */
function labelEnd(codes: Uint8Array, start: number): number {
  if (!isHost(codeAt(codes, start)) || codeAt(codes, start) === HYPHEN) return -1
  let end = start
  while (end - start <= LONGEST_LABEL && isHost(codeAt(codes, end))) end++
  if (end - start > LONGEST_LABEL) return -1
  while (codeAt(codes, end - 1) === HYPHEN) end--
  return end
}

function isHost(code: number): boolean {
  return code === HYPHEN || (isWord(code) && code !== LOW_LINE)
}

/** Where a top-level domain ends: behind two letters or more, up to a hyphen, or an internationalized one; -1 for none. */
function topLevelEnd(codes: Uint8Array, start: number, end: number): number {
  let letters = start
  while (isLetter(codeAt(codes, letters))) letters++
  const name = String.fromCharCode(...codes.subarray(start, end)).toLowerCase()
  if (name.startsWith('xn--')) return end
  if (letters < start + 2 || FILE_ENDS.includes(name)) return -1
  return letters === end || codeAt(codes, letters) === HYPHEN ? letters : -1
}

function isLetter(code: number): boolean {
  return isAsciiLetter(code) || code === LETTER
}

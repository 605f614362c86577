import { classesOf, IS_WORD, PATTERN_SPACES } from './character-classes.ts'

/**
 * A link as Data-Juicer's default pattern finds it: a prefix (a scheme, `www.` or a host name with a slash) at a word boundary,
 * a body of anything but blanks and angle brackets in which parentheses are balanced, and a tail that is no punctuation.
 */
export interface Link {
  start: number
  /** Where the prefix ends and the body begins. */
  body: number
  /** Where the tail begins: one character or a pair of parentheses. */
  tail: number
  end: number
}

/** The kinds of a code unit that the pattern tells apart, as bits. */
const LETTER = 1
const DIGIT = 2
/** `[a-z0-9.\-]`. */
const HOST = 4
/** Blanks, parentheses and angle brackets: what a run of the body ends at. */
const BREAK = 8
/** What is no tail. */
const NO_TAIL = 16

const HYPHEN = 0x2d
const SLASH = 0x2f
const PERCENT = 0x25
const OPEN = 0x28
const CLOSE = 0x29
const DECIMAL_DIGIT = /\p{Nd}/u

const KINDS = buildKinds()

function buildKinds(): Uint8Array {
  const kinds = new Uint8Array(0x10000)
  const mark = (characters: string, bits: number) => {
    for (const character of characters) kinds[character.charCodeAt(0)] = bits
  }
  // where case is ignored, Python's regex also folds İ, ſ and the Kelvin sign to i, s and k
  mark('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ\u0130\u017f\u212a', LETTER | HOST)
  mark('0123456789', DIGIT | HOST)
  mark('-', HOST)
  mark('.', HOST | NO_TAIL)
  mark('`![]{};:\'",?«»“”‘’', NO_TAIL)
  mark('()<>', BREAK | NO_TAIL)
  for (const [start, stop] of PATTERN_SPACES) kinds.fill(BREAK | NO_TAIL, start, stop)
  return kinds
}

/** The kinds of the unit at `index`; beyond the ends there are only breaks. */
function kindAt(text: string, index: number): number {
  return index >= 0 && index < text.length ? (KINDS[text.charCodeAt(index)] as number) : BREAK | NO_TAIL
}

/** Replaces every link of a text, from left to right. Gives the same string when there is none. Linear in the length of the text. */
export function replaceLinks(text: string, replacement: (link: Link) => string): string {
  const finders = [findScheme, findWww, findHost]
  const found = finders.map((find) => find(text, 0))
  let made = ''
  let from = 0
  for (let link = leftmost(found); link; link = leftmost(found)) {
    made += text.slice(from, link.start) + replacement(link)
    from = link.end
    for (const [i, find] of finders.entries()) {
      const next = found[i]
      if (next && next.start < from) found[i] = find(text, from)
    }
  }
  return from === 0 ? text : made + text.slice(from)
}

/** The link that begins first; the alternatives are in the order of the pattern, so that the first of equals wins. */
function leftmost(links: (Link | null)[]): Link | null {
  return links.reduce((first, link) => (link && (!first || link.start < first.start) ? link : first), null)
}

/** The first link from `from` on that begins with a scheme: a letter, word characters or hyphens, a colon, then slashes or a letter, digit or %. */
function findScheme(text: string, from: number): Link | null {
  for (let colon = text.indexOf(':', from); colon >= 0; colon = text.indexOf(':', colon + 1)) {
    let slashes = 0
    while (slashes < 3 && text.charCodeAt(colon + 1 + slashes) === SLASH) slashes++
    const named = (kindAt(text, colon + 1) & (LETTER | DIGIT)) !== 0 || text.charCodeAt(colon + 1) === PERCENT
    if (slashes === 0 && !named) continue
    const start = schemeStart(text, from, colon)
    if (start < 0) continue
    for (let taken = Math.max(slashes, 1); taken > 0; taken--) {
      const link = withBody(text, start, colon + 1 + taken)
      if (link) return link
    }
  }
  return null
}

function schemeStart(text: string, from: number, colon: number): number {
  let run = colon
  while (run > from) {
    const point = codePointBefore(text, run)
    if (point !== HYPHEN && !isWord(point)) break
    run -= point > 0xffff ? 2 : 1
  }
  for (let start = run; start + 1 < colon; start++) {
    if (kindAt(text, start) & LETTER && !isWord(codePointBefore(text, start))) return start
  }
  return -1
}

/** The first link from `from` on that begins with www, up to three digits, and a dot. */
function findWww(text: string, from: number): Link | null {
  for (let dot = text.indexOf('.', from); dot >= 0; dot = text.indexOf('.', dot + 1)) {
    let at = dot
    for (let digits = 0; digits < 3; digits++) {
      const point = codePointBefore(text, at)
      if (!isDecimalDigit(point)) break
      at -= point > 0xffff ? 2 : 1
    }
    const start = at - 3
    if (start < from || (text.charCodeAt(at - 1) | 0x20) !== 0x77) continue
    if (text.slice(start, at).toLowerCase() !== 'www' || isWord(codePointBefore(text, start))) continue
    const link = withBody(text, start, dot + 1)
    if (link) return link
  }
  return null
}

/** The first link from `from` on that begins with a host name whose last part has two to four letters, and a slash. */
function findHost(text: string, from: number): Link | null {
  for (let slash = text.indexOf('/', from); slash >= 0; slash = text.indexOf('/', slash + 1)) {
    let at = slash
    while (slash - at < 5 && kindAt(text, at - 1) & LETTER) at--
    if (slash - at < 2 || slash - at > 4 || text[at - 1] !== '.') continue
    const start = hostStart(text, from, at - 1)
    const link = start < 0 ? null : withBody(text, start, slash + 1)
    if (link) return link
  }
  return null
}

function hostStart(text: string, from: number, dot: number): number {
  let run = dot
  while (run > from && kindAt(text, run - 1) & HOST) run--
  for (let start = run; start < dot; start++) {
    const word = (kindAt(text, start) & (LETTER | DIGIT)) !== 0
    if (word !== isWord(codePointBefore(text, start))) return start
  }
  return -1
}

/** The link whose prefix ends at `body`, or null. The tail is the last place where one can be with something of a body before it. */
function withBody(text: string, start: number, body: number): Link | null {
  let tail = -1
  let end = -1
  let at = body
  while (at < text.length) {
    const kind = kindAt(text, at)
    const next = kind & BREAK ? parenthesesEnd(text, at) : at + widthAt(text, at)
    if (next < 0) break
    if (at > body && (kind & BREAK || !(kind & NO_TAIL))) {
      tail = at
      end = next
    }
    at = next
  }
  return end < 0 ? null : { start, body, tail, end }
}

/** Where a pair of parentheses at `open` ends, which may hold runs and pairs that hold one run; -1 when there is none. */
function parenthesesEnd(text: string, open: number): number {
  if (text.charCodeAt(open) !== OPEN) return -1
  let at = open + 1
  while (at < text.length) {
    const unit = text.charCodeAt(at)
    if (!(kindAt(text, at) & BREAK)) at++
    else if (unit === CLOSE) return at + 1
    else {
      const end = unit === OPEN ? runEnd(text, at + 1) : 0
      if (end <= at + 1 || text.charCodeAt(end) !== CLOSE) return -1
      at = end + 1
    }
  }
  return -1
}

function runEnd(text: string, from: number): number {
  let at = from
  while (!(kindAt(text, at) & BREAK)) at++
  return at
}

/** The groups of the pattern for a link: the whole twice, then the last run and the last inner pair of the parentheses in its body and of those at its tail. */
export function linkGroups(text: string, link: Link): (string | undefined)[] {
  const whole = text.slice(link.start, link.end)
  let inBody: (string | undefined)[] = [undefined, undefined]
  for (let at = link.body; at < link.tail; ) {
    const end = parenthesesEnd(text, at)
    if (end >= 0) inBody = lastInside(text, at, inBody)
    at = end >= 0 ? end : at + 1
  }
  const atTail = text.charCodeAt(link.tail) === OPEN ? lastInside(text, link.tail, []) : []
  return [whole, whole, ...inBody, atTail[0], atTail[1]]
}

/** The last part and the last inner pair within a pair of parentheses; those of before where there is none. */
function lastInside(text: string, open: number, before: (string | undefined)[]): (string | undefined)[] {
  let [part, pair] = before
  for (let at = open + 1; text.charCodeAt(at) !== CLOSE; ) {
    const inner = text.charCodeAt(at) === OPEN
    const end = inner ? runEnd(text, at + 1) + 1 : runEnd(text, at)
    part = text.slice(at, end)
    if (inner) pair = part
    at = end
  }
  return [part, pair]
}

function isWord(point: number): boolean {
  return point >= 0 && (classesOf(point) & IS_WORD) !== 0
}

function isDecimalDigit(point: number): boolean {
  if (point < 0x80) return point >= 0x30 && point <= 0x39
  return DECIMAL_DIGIT.test(String.fromCodePoint(point))
}

function widthAt(text: string, index: number): number {
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1
}

/** The code point that ends before `index`; -1 at the start. A surrogate without its partner is itself. */
function codePointBefore(text: string, index: number): number {
  if (index <= 0) return -1
  const last = text.charCodeAt(index - 1)
  if ((last & 0xfc00) !== 0xdc00 || index < 2) return last
  const first = text.charCodeAt(index - 2)
  return (first & 0xfc00) === 0xd800 ? 0x10000 + ((first & 0x3ff) << 10) + (last & 0x3ff) : last
}

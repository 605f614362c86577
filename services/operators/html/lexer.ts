/** Places in HTML source where things end, as its tokenizer (https://html.spec.whatwg.org/#tokenization) sees them. */

const TAB = 0x09
const LINE_FEED = 0x0a
const FORM_FEED = 0x0c
const SPACE = 0x20
const SLASH = 0x2f
const EQUALS = 0x3d
const GREATER = 0x3e

const COMMENT_END = /--!?>/g
const SCRIPT_MARK = /<!--|<\/script(?=[\t\n\f />])/gi
const ESCAPED_MARK = /-->|<(\/?)script(?=[\t\n\f />])/gi

/** A unit is one of HTML's blanks. */
export function isBlank(unit: number): boolean {
  return unit === SPACE || unit === LINE_FEED || unit === TAB || unit === FORM_FEED
}

/** A unit is an ASCII letter. */
export function isLetter(unit: number): boolean {
  const small = unit | 0x20
  return small >= 0x61 && small <= 0x7a
}

/** Where the name of a tag that starts at `from` ends. */
export function endOfName(source: string, from: number): number {
  let at = from
  for (; at < source.length; at++) {
    const unit = source.charCodeAt(at)
    if (unit === GREATER || unit === SLASH || isBlank(unit)) break
  }
  return at
}

/** An attribute as it stands in the source; the value without its quotes. */
export interface Attribute {
  name: string
  value: string
}

/** Reads a tag from the end of its name on to behind its `>`, -1 when the source ends before; its attributes are pushed to `attributes`, if given. */
export function readTag(source: string, nameEnd: number, attributes: Attribute[] | null): number {
  let at = nameEnd
  while (at >= 0 && at < source.length) {
    const unit = source.charCodeAt(at)
    if (unit === GREATER) return at + 1
    at = unit === SLASH || isBlank(unit) ? at + 1 : readAttribute(source, at, attributes)
  }
  return -1
}

/** Whether a tag whose name ends at `nameEnd` has a `/` before its `>` that is of no value. */
export function isSelfClosing(source: string, nameEnd: number): boolean {
  let slash = false
  for (let at = nameEnd; at >= 0 && at < source.length; ) {
    const unit = source.charCodeAt(at)
    if (unit === GREATER) return slash
    slash = unit === SLASH
    at = slash || isBlank(unit) ? at + 1 : readAttribute(source, at, null)
  }
  return false
}

/** Reads an attribute; the place behind it, -1 when the source ends within. A `/` behind an unquoted value is part of it. */
function readAttribute(source: string, from: number, attributes: Attribute[] | null): number {
  let at = from + 1
  for (; at < source.length; at++) {
    const unit = source.charCodeAt(at)
    if (unit === EQUALS || unit === GREATER || unit === SLASH || isBlank(unit)) break
  }
  const name = attributes ? source.slice(from, at) : ''
  while (isBlank(source.charCodeAt(at))) at++
  if (source.charCodeAt(at) !== EQUALS) {
    attributes?.push({ name, value: '' })
    return at
  }
  at++
  while (isBlank(source.charCodeAt(at))) at++
  const quote = source[at]
  const quoted = quote === '"' || quote === "'"
  const start = quoted ? at + 1 : at
  const end = quoted ? source.indexOf(quote, start) : endOfUnquoted(source, start)
  if (end < 0) return -1
  attributes?.push({ name, value: source.slice(start, end) })
  return quoted ? end + 1 : end
}

function endOfUnquoted(source: string, from: number): number {
  let at = from
  while (at < source.length && source.charCodeAt(at) !== GREATER && !isBlank(source.charCodeAt(at))) at++
  return at
}

/** Where a comment ends that begins with `<!--` at `from`; the end of the source when it does not. */
export function endOfComment(source: string, from: number): number {
  const start = from + 4
  if (source.startsWith('>', start)) return start + 1
  if (source.startsWith('->', start)) return start + 2
  COMMENT_END.lastIndex = start
  return COMMENT_END.test(source) ? COMMENT_END.lastIndex : source.length
}

/** Where a comment ends that is none: behind the next `>`. */
export function endOfBogusComment(source: string, from: number): number {
  const end = source.indexOf('>', from)
  return end < 0 ? source.length : end + 1
}

/** Where the raw text of an element ends: at its end tag, or the end of the source. */
export function endOfRawText(source: string, from: number, name: string): number {
  if (name === 'script') return endOfScript(source, from)
  for (let at = source.indexOf('</', from); at >= 0; at = source.indexOf('</', at + 2)) {
    const end = at + 2 + name.length
    const unit = source.charCodeAt(end)
    const closes = unit === GREATER || unit === SLASH || isBlank(unit)
    if (closes && source.slice(at + 2, end).toLowerCase() === name) return at
  }
  return source.length
}

/** A script may hold `<!--`, behind which `<script` hides one end tag, until `-->`. */
function endOfScript(source: string, from: number): number {
  let at = from
  for (;;) {
    const mark = firstMatch(SCRIPT_MARK, source, at)
    if (!mark) return source.length
    if (mark[0] !== '<!--') return mark.index
    const escapedEnd = endOfEscaped(source, mark.index + 2)
    if (escapedEnd.closed || escapedEnd.at === source.length) return escapedEnd.at
    at = escapedEnd.at
  }
}

/** Where the part behind `<!--` ends, which may close the script. The dashes of the mark may be those of `-->`. */
function endOfEscaped(source: string, from: number): { at: number; closed: boolean } {
  let hidden = false
  let at = from
  for (;;) {
    const mark = firstMatch(ESCAPED_MARK, source, at)
    if (!mark) return { at: source.length, closed: false }
    at = mark.index + mark[0].length
    if (mark[0] === '-->') return { at, closed: false }
    const end = mark[1] === '/'
    if (end && !hidden) return { at: mark.index, closed: true }
    hidden = !end
  }
}

function firstMatch(pattern: RegExp, source: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from
  return pattern.exec(source)
}

import { classesOf, IS_SPACE } from '../text/character-classes.ts'
import { lower, strip } from '../text/python-strings.ts'
import { unescapeAttribute } from './references.ts'

/** A start tag as Python's html.parser reads it. */
export interface StartTag {
  name: string
  /** Values by name, in order; of two attributes with one name the last counts. */
  attributes: ReadonlyMap<string, string>
  /** It is written `<name …/>`. */
  closed: boolean
}

/** Where an attribute's name and value lie and where the text goes on behind it; -1 for no value. */
interface Attribute {
  nameEnd: number
  valueStart: number
  valueEnd: number
  end: number
}

const APOSTROPHE = 0x27
const QUOTATION_MARK = 0x22
const SLASH = 0x2f
const EQUALS = 0x3d
const GREATER = 0x3e
const BEHIND_NAME = /[\t\n\r\f />\0]/g

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map()

/** The tag that begins here if it is nothing but a name, and where it ends; null for any other. */
export function bareTag(text: string, start: number): { tag: StartTag; end: number } | null {
  const behind = nameEnd(text, start + 1)
  if (text.charCodeAt(behind) !== GREATER) return null
  const name = lower(text.slice(start + 1, behind))
  return { tag: { name, attributes: NO_ATTRIBUTES, closed: false }, end: behind + 1 }
}

/** Where the tag ends that begins here; -1 when it is not complete. What is no tag after all ends where it goes wrong. */
export function tagEnd(text: string, start: number): number {
  let at = nameEnd(text, start + 1)
  while (isSpaceOrSlash(text.charCodeAt(at))) at++
  for (let found = attributeAt(text, at); found; found = attributeAt(text, at)) at = skipSpace(text, found.end)
  at = skipSpace(text, at)
  const next = text[at]
  if (next === '>') return at + 1
  if (next === '/' && text[at + 1] === '>') return at + 2
  return next === undefined || /[a-zA-Z=/]/.test(next) ? -1 : at
}

/** The tag between these places; null when it is none, and so only text. */
export function startTag(text: string, start: number, end: number): StartTag | null {
  const behind = nameEnd(text, start + 1)
  const attributes = new Map<string, string>()
  let at = skipSpaceAndSlashes(text, behind)
  while (at < end) {
    const found = attributeAt(text, at)
    if (!found) break
    attributes.set(lower(text.slice(at, found.nameEnd)), plainValue(text, found))
    at = found.end
  }
  const rest = strip(text.slice(at, end))
  if (rest !== '>' && rest !== '/>') return null
  return { name: lower(text.slice(start + 1, behind)), attributes, closed: rest === '/>' }
}

/** Where the name ends that begins here, of a start tag or an end tag. */
export function nameEnd(text: string, start: number): number {
  BEHIND_NAME.lastIndex = start
  return BEHIND_NAME.exec(text)?.index ?? text.length
}

/** Behind white space and slashes, but not the slash that closes a tag. */
export function skipSpaceAndSlashes(text: string, from: number): number {
  let at = from
  for (;;) {
    const unit = text.charCodeAt(at)
    if (!isSpace(unit) && (unit !== SLASH || text.charCodeAt(at + 1) === GREATER)) return at
    at++
  }
}

/** The attribute that begins here, behind a quotation mark, white space or a slash; null for none. */
function attributeAt(text: string, start: number): Attribute | null {
  const before = text.charCodeAt(start - 1)
  if (before !== APOSTROPHE && before !== QUOTATION_MARK && !isSpaceOrSlash(before)) return null
  const first = text.charCodeAt(start)
  if (Number.isNaN(first) || first === GREATER || isSpaceOrSlash(first)) return null
  let nameEnd = start + 1
  while (isNameUnit(text.charCodeAt(nameEnd))) nameEnd++
  const value = valueAt(text, skipSpace(text, nameEnd))
  const end = skipSpaceAndSlashes(text, value ? value.end : nameEnd)
  return { nameEnd, valueStart: value?.start ?? -1, valueEnd: value?.end ?? -1, end }
}

function isNameUnit(unit: number): boolean {
  return !Number.isNaN(unit) && unit !== EQUALS && unit !== GREATER && !isSpaceOrSlash(unit)
}

/**
 * The value behind equals signs, quotes included; null for none. A quote that nothing closes is no value: then the value is
 * the last of several equals signs with what follows it, or nothing where white space follows them.
 */
function valueAt(text: string, equals: number): { start: number; end: number } | null {
  let behind = equals
  while (text.charCodeAt(behind) === EQUALS) behind++
  if (behind === equals) return null
  const start = skipSpace(text, behind)
  const quote = text.charCodeAt(start)
  if (quote !== APOSTROPHE && quote !== QUOTATION_MARK) return { start, end: bareEnd(text, start) }
  const close = text.indexOf(text[start] ?? '', start + 1)
  if (close >= 0) return { start, end: close + 1 }
  if (start > behind) return { start: start - 1, end: start - 1 }
  return behind - equals > 1 ? { start: behind - 1, end: bareEnd(text, behind - 1) } : null
}

function bareEnd(text: string, start: number): number {
  let end = start
  for (let unit = text.charCodeAt(end); !Number.isNaN(unit) && unit !== GREATER && !isSpace(unit); ) {
    end++
    unit = text.charCodeAt(end)
  }
  return end
}

function plainValue(text: string, { valueStart, valueEnd }: Attribute): string {
  if (valueStart < 0) return ''
  const value = text.slice(valueStart, valueEnd)
  const [first] = value
  const quoted = (first === '"' || first === "'") && value.endsWith(first)
  return unescapeAttribute(quoted ? value.slice(1, -1) : value)
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (isSpace(text.charCodeAt(at))) at++
  return at
}

function isSpaceOrSlash(unit: number): boolean {
  return unit === SLASH || isSpace(unit)
}

/** `\s` of Python's module re. */
export function isSpace(unit: number): boolean {
  return (classesOf(unit) & IS_SPACE) !== 0
}

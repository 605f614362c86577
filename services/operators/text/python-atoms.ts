import { Failure } from '../../../topologies/failure.ts'
import { classBody, foldedExtras, type PythonModule, quote, wordBoundary } from './python-classes.ts'

/** A capture group of a pattern, for those who refer to it. */
export interface Group {
  name: string | null
  /** A match may leave it unset; a back-reference to it then fails in Python and matches nothing in JavaScript. */
  optional: boolean
  /** The two languages may remember different matches of it. */
  unsteady: boolean
  closed: boolean
}

export interface Flags {
  ignoreCase: boolean
  multiline: boolean
  dotAll: boolean
}

/** The place in a pattern, and what is known there. */
export interface Reader {
  module: PythonModule
  pattern: string[]
  at: number
  flags: Flags
  groups: Group[]
}

/** A translated part of a pattern. */
export interface Part {
  source: string
  /** It can match nothing. */
  nullable: boolean
  /** It has a lazy quantifier or an alternation, so that it may prefer to match less. */
  choosy: boolean
  /** The groups within it, by index. */
  groups: number[]
  /** Said before the part, it spares V8 a dear look at most characters that the part does not begin with. Changes no match. */
  guard?: string
}

const CONTROLS: Record<string, number> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 }
const ANCHORS: Record<string, string> = {
  A: '(?<![^])',
  Z: '(?![^])',
  z: '(?![^])',
}
/** Widths of the escapes that name a code point in hexadecimal digits. */
const HEXADECIMAL: Record<string, number> = { x: 2, u: 4, U: 8 }

/** No ASCII character but a digit: V8 takes ten times longer to see that by the digits of all scripts. */
const DIGIT_GUARD = '(?![\\0-\\x2f:-\\x7f])'

const UNSUPPORTED = 'is not supported'
/** The cause of a failure for a pattern that is wrong in Python too, and not only beyond what is translated. */
const WRONG = Symbol('wrong pattern')

/** Refuses a pattern, naming the construct and its place. Any other reason than the usual one says that it is wrong in Python too. */
export function refuse(reader: Reader, construct: string, why = UNSUPPORTED): never {
  const place = `At character ${reader.at + 1} of the pattern ${reader.pattern.join('')}`
  const cause = why === UNSUPPORTED ? undefined : WRONG
  throw new Failure('parameters_invalid', `${place}: ${construct} ${why}.`, { cause })
}

/** Whether a refused pattern is wrong in Python too. */
export function isWrong(failure: Failure): boolean {
  return failure.cause === WRONG
}

/** The rest of the pattern matches `expression` here: takes it and gives its groups, or null. */
export function take(reader: Reader, expression: RegExp): RegExpExecArray | null {
  const found = expression.exec(reader.pattern.slice(reader.at, reader.at + 256).join(''))
  if (found) reader.at += [...found[0]].length
  return found
}

/** A part that matches one character or an edge. */
export function plain(source: string, nullable = false): Part {
  return { source, nullable, choosy: false, groups: [] }
}

/** A character that stands for itself. */
export function literal(reader: Reader, codePoint: number): Part {
  if (!reader.flags.ignoreCase) return plain(quote(codePoint))
  return plain(`[${quote(codePoint)}${extras(reader, codePoint, codePoint)}]`)
}

function extras(reader: Reader, first: number, last: number): string {
  if (!reader.flags.ignoreCase) return ''
  return foldedExtras(first, last, reader.module) ?? refuse(reader, 'İ or ı where case is ignored')
}

/** An escape outside of a class; the backslash has been read. */
export function readEscape(reader: Reader): Part {
  const letter = reader.pattern[reader.at]
  if (letter === undefined) refuse(reader, 'the backslash at the end', 'escapes nothing')
  const edge = letter === 'b' || letter === 'B' ? wordBoundary(letter, reader.module) : undefined
  const anchor = edge && isFolded(reader, 'w') ? `(?-i:${edge})` : (edge ?? ANCHORS[letter])
  if (anchor) return takeOne(reader, plain(anchor, true))
  const property = readProperty(reader)
  if (property) return plain(`[${property}]`)
  const body = classBody(letter, reader.module)
  if (body) return takeOne(reader, classPart(letter, isFolded(reader, letter) ? `(?-i:[${body}])` : `[${body}]`))
  const named = reader.module === 'regex' && take(reader, /^g<(\w+)>/)
  if (named) return backReference(reader, named[1] ?? '')
  const number =
    /^[1-9]/.test(letter) && !/^[1-7][0-7][0-7]/.test(reader.pattern.slice(reader.at, reader.at + 3).join(''))
  if (number) return backReference(reader, take(reader, /^\d\d?/)?.[0] ?? '')
  return literal(reader, readCharacterEscape(reader))
}

function classPart(letter: string, source: string): Part {
  return letter === 'd' ? { ...plain(source), guard: DIGIT_GUARD } : plain(source)
}

function takeOne(reader: Reader, part: Part): Part {
  reader.at++
  return part
}

/** A back-reference by number or name. */
export function backReference(reader: Reader, reference: string): Part {
  const index = /^\d+$/.test(reference)
    ? Number(reference) - 1
    : reader.groups.findIndex((group) => group.name === reference)
  const group = reader.groups[index]
  if (!group?.closed) refuse(reader, `the group ${reference}`, 'is not known here')
  if (group.optional || group.unsteady) refuse(reader, `a back-reference to a group that may be unset, ${reference},`)
  return plain(`(?:\\${index + 1})`, true)
}

/** `\p{…}` as a class body; null when there is none here. */
function readProperty(reader: Reader): string | null {
  const found = take(reader, /^(p|P)(?:\{(\^?)([\w=]+)\}|([A-Z]))/)
  if (!found) return null
  if (reader.module === 're') refuse(reader, found[0], 'is unknown to the module re')
  const name = found[3] ?? found[4] ?? ''
  const negated = (found[1] === 'P') !== (found[2] === '^')
  if (reader.flags.ignoreCase && !/^[LNPSZCM]$|^[NPSZCM][a-z]$/.test(name))
    refuse(reader, `\\p{${name}} where case is ignored`)
  const source = [`{${name}}`, `{Script=${name}}`].find(isProperty) ?? refuse(reader, `the property ${name}`)
  return `\\${negated ? 'P' : 'p'}${source}`
}

function isProperty(braced: string): boolean {
  try {
    return new RegExp(`\\p${braced}`, 'u').global === false
  } catch {
    return false
  }
}

/** An escape that names one character, in a class or out; the backslash has been read. */
function readCharacterEscape(reader: Reader): number {
  const letter = reader.pattern[reader.at] ?? ''
  const width = HEXADECIMAL[letter]
  if (width) {
    const digits = take(reader, new RegExp(`^${letter}([0-9a-fA-F]{${width}})`))
    return digits ? Number.parseInt(digits[1] ?? '', 16) : refuse(reader, `\\${letter}`, 'is incomplete')
  }
  const octal = take(reader, /^[0-7]{1,3}/)
  if (octal) return Number.parseInt(octal[0], 8)
  const control = CONTROLS[letter]
  if (control === undefined && /[0-9A-Za-z]/.test(letter))
    refuse(reader, `\\${letter}`, reader.module === 're' && letter !== 'N' ? 'is unknown' : undefined)
  reader.at++
  return control ?? letter.codePointAt(0) ?? 0
}

/** Where case is ignored, JavaScript's `\w` takes in U+0345, a mark that folds to a letter, which is no word character to re. */
function isFolded({ module, flags }: Reader, letter: string): boolean {
  return module === 're' && flags.ignoreCase && /[wW]/.test(letter)
}

/** A character class; its opening bracket has been read. */
export function readClass(reader: Reader): Part {
  const negated = take(reader, /^\^/) !== null
  let source = ''
  let cased = ''
  for (let first = true; first || reader.pattern[reader.at] !== ']'; first = false) {
    if (reader.at >= reader.pattern.length) refuse(reader, 'the character class', 'is not closed')
    const word = isFolded(reader, 'w') ? take(reader, /^\\([wW])/)?.[1] : undefined
    if (word) cased += classBody(word, 're')
    else source += readClassItem(reader)
  }
  reader.at++
  if (cased === '') return plain(`[${negated ? '^' : ''}${source}]`)
  return plain(negated ? `(?:(?![${source}])(?-i:[^${cased}]))` : `(?:[${source}]|(?-i:[${cased}]))`)
}

/** A member of a class: a class of its own, a character, or a range of characters. */
function readClassItem(reader: Reader): string {
  if (take(reader, /^\[:\w+:\]/)) refuse(reader, 'a POSIX class')
  const first = readClassMember(reader)
  if (typeof first === 'string') return first
  const dashed = reader.pattern[reader.at] === '-' && reader.pattern[reader.at + 1] !== ']'
  if (!dashed) return quote(first) + extras(reader, first, first)
  reader.at++
  const last = readClassMember(reader)
  if (typeof last === 'string') return `${quote(first)}${extras(reader, first, first)}${quote(0x2d)}${last}`
  if (last < first) refuse(reader, 'the range', 'is upside down')
  return `${quote(first)}-${quote(last)}${extras(reader, first, last)}`
}

/** A character of a class as its code point, or the body of a class named by an escape. */
function readClassMember(reader: Reader): number | string {
  const symbol = reader.pattern[reader.at] ?? refuse(reader, 'the character class', 'is not closed')
  reader.at++
  if (symbol !== '\\') return symbol.codePointAt(0) ?? 0
  if (take(reader, /^b/)) return 0x08
  const property = readProperty(reader)
  if (property) return property
  const body = classBody(reader.pattern[reader.at] ?? '', reader.module)
  if (body === undefined) return readCharacterEscape(reader)
  reader.at++
  return body
}

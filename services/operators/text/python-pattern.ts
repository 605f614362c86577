import type { z } from 'zod'
import { classify, Failure } from '../../../topologies/failure.ts'
import {
  backReference,
  type Flags,
  type Group,
  literal,
  type Part,
  plain,
  type Reader,
  readClass,
  readEscape,
  refuse,
  take,
} from './python-atoms.ts'
import type { PythonModule } from './python-classes.ts'

/** A pattern of Python's, ready for JavaScript. */
export interface PythonPattern {
  /** Global and Unicode-aware. */
  regExp: RegExp
  /** In the order of their numbers; the first is group 1. */
  groups: Group[]
}

const FLAG_NAMES: Record<string, keyof Flags | null> = { i: 'ignoreCase', m: 'multiline', s: 'dotAll', u: null }
/** What may come behind `(?` and is told by name when it is refused. */
const REFUSED: [RegExp, string][] = [
  [/^>/, 'an atomic group'],
  [/^\|/, 'a branch reset'],
  [/^\(/, 'a conditional'],
  [/^(?:R|\d|&|P>)/, 'recursion'],
  [/^[a-zA-Z0-9-]+\)/, 'a flag that does not stand at the start'],
  [/^[a-zA-Z0-9-]+:/, 'a flag other than i, m, s and u'],
]

/** How a pattern is given to Python. */
export interface Compilation {
  /** Without what mappers add: DOTALL, and a raw string's dress that is taken off. */
  bare?: boolean
}

/**
 * Translates a pattern of Python to JavaScript: of the PyPI module regex (version 0 behaviour, DOTALL), or of Python's own
 * module re. What is translated gives the same matches; what cannot be is refused with Failure `parameters_invalid` that
 * names the construct and its place.
 */
export function translatePattern(
  pattern: string,
  module: PythonModule = 'regex',
  { bare = module === 're' }: Compilation = {},
): PythonPattern {
  const flags = { ignoreCase: false, multiline: false, dotAll: !bare }
  const plain = bare ? pattern : unwrapRaw(pattern)
  const reader: Reader = { module, pattern: [...plain], at: 0, flags, groups: [] }
  for (let found = take(reader, /^\(\?([imsu]+)\)/); found; found = take(reader, /^\(\?([imsu]+)\)/)) {
    setFlags(reader, found[1] ?? '', true)
  }
  const ignoreCase = reader.flags.ignoreCase ? 'i' : ''
  const part = readAlternation(reader)
  if (reader.at < reader.pattern.length) refuse(reader, 'a closing parenthesis', 'has no opening one')
  if (part.nullable && part.choosy) refuse(reader, 'a lazy or alternative part in a pattern that can match nothing')
  try {
    const source = part.nullable ? atCharacter(part.source) : part.source
    return { regExp: new RegExp(source, `gu${ignoreCase}`), groups: reader.groups }
  } catch (cause) {
    throw new Failure('parameters_invalid', `The pattern ${pattern} is not a regular expression that works here.`, {
      cause,
    })
  }
}

/** Keeps V8 from finding a match of nothing in the middle of a surrogate pair, where it looks although it should not. */
function atCharacter(source: string): string {
  return `(?:(?=[^])|$)(?:${source})`
}

/** A pattern without the dress of a Python raw string, r'…' or r"…". */
function unwrapRaw(pattern: string): string {
  return /^r(['"]).*\1$/s.test(pattern) ? pattern.slice(2, -1) : pattern
}

function setFlags(reader: Reader, letters: string, value: boolean): void {
  const flags = { ...reader.flags }
  for (const letter of letters) {
    const name = FLAG_NAMES[letter]
    if (name) flags[name] = value
  }
  reader.flags = flags
}

function readAlternation(reader: Reader): Part {
  const branches = [readBranch(reader)]
  while (take(reader, /^\|/)) {
    markOptional(reader, branches.at(-1))
    branches.push(readBranch(reader))
  }
  if (branches.length > 1) markOptional(reader, branches.at(-1))
  return {
    source: branches.map((branch) => branch.source).join('|'),
    nullable: branches.some((branch) => branch.nullable),
    choosy: branches.length > 1 || branches.some((branch) => branch.choosy),
    groups: branches.flatMap((branch) => branch.groups),
  }
}

function markOptional(reader: Reader, part: Part | undefined): void {
  for (const group of groupsOf(reader, part)) group.optional = true
}

function groupsOf(reader: Reader, part: Part | undefined): Group[] {
  return (part?.groups ?? []).flatMap((index) => reader.groups[index] ?? [])
}

function readBranch(reader: Reader): Part {
  const parts: Part[] = []
  while (reader.at < reader.pattern.length && !/[|)]/.test(reader.pattern[reader.at] ?? '')) {
    if (take(reader, /^\(\?#[^)]*\)(?![*+?{])/)) continue
    const from = reader.at
    const atom = readAtom(reader)
    const isEdge = /^(?:[$^]|\\[AZbB])$/.test(reader.pattern.slice(from, reader.at).join(''))
    const repeated = readQuantifier(reader, atom)
    if (isEdge && repeated !== atom && reader.module === 're') refuse(reader, 'an edge', 'cannot be repeated')
    parts.push(repeated)
  }
  return {
    source: (parts[0]?.guard ?? '') + parts.map((part) => part.source).join('') || '(?:)',
    nullable: parts.every((part) => part.nullable),
    choosy: parts.some((part) => part.choosy),
    groups: parts.flatMap((part) => part.groups),
  }
}

function readAtom(reader: Reader): Part {
  const symbol = reader.pattern[reader.at] ?? ''
  if (/[*+?]/.test(symbol)) refuse(reader, symbol, 'has nothing to repeat')
  reader.at++
  const { multiline, dotAll } = reader.flags
  if (symbol === '(') return readGroup(reader)
  if (symbol === '[') return readClass(reader)
  if (symbol === '\\') return readEscape(reader)
  if (symbol === '.') return plain(dotAll ? '[^]' : '[^\\n]')
  if (symbol === '^') return plain(multiline ? '(?<![^\\n])' : '(?<![^])', true)
  if (symbol === '$') return plain(multiline ? '(?![^\\n])' : '(?=\\n?(?![^]))', true)
  return literal(reader, symbol.codePointAt(0) ?? 0)
}

/** The quantifier behind a part, if there is one, put to it. */
function readQuantifier(reader: Reader, part: Part): Part {
  if (take(reader, /^\{[\d\s<=,+]*[idse]/)) refuse(reader, 'fuzzy matching')
  const found = take(reader, /^(?:([*+?])|\{(\d*)(,?)(\d*)\})([?+]?)/)
  const counts = found && countsOf(found)
  if (!found || !counts) {
    if (found) reader.at -= found[0].length
    return part
  }
  if (found[5] === '+') refuse(reader, 'a possessive quantifier')
  if (/^[*+?]/.test(reader.pattern[reader.at] ?? '')) refuse(reader, 'a repeat of a repeat', unlessRegex(reader))
  if (part.nullable && part.choosy) refuse(reader, 'repeating a lazy or alternative part that can match nothing')
  for (const group of groupsOf(reader, part)) {
    if (counts.most > 1 && (group.optional || part.nullable)) group.unsteady = true
    if (counts.least === 0) group.optional = true
  }
  const most = counts.most === Number.POSITIVE_INFINITY ? '' : counts.most
  const source = `${part.source}{${counts.least},${most}}${found[5]}`
  const choosy = part.choosy || found[5] === '?'
  const repeated = { source, nullable: part.nullable || counts.least === 0, choosy, groups: part.groups }
  return part.guard === undefined || repeated.nullable ? repeated : { ...repeated, guard: part.guard }
}

/** Why re refuses what regex takes. */
function unlessRegex({ module }: Reader): string | undefined {
  return module === 're' ? 'is not possible' : undefined
}

/** How often a quantifier repeats; null for braces that are only braces. */
function countsOf(found: RegExpExecArray): { least: number; most: number } | null {
  const [, symbol, least, comma, most] = found
  const endless = Number.POSITIVE_INFINITY
  if (symbol) return { least: symbol === '+' ? 1 : 0, most: symbol === '?' ? 1 : endless }
  if (!least && !comma) return null
  return { least: Number(least || 0), most: comma ? Number(most || endless) : Number(least) }
}

/** A group of any kind; its opening parenthesis has been read. */
function readGroup(reader: Reader): Part {
  if (take(reader, /^\*/)) refuse(reader, 'a verb')
  const reference = take(reader, /^\?P=(\w+)\)/)
  if (reference) return backReference(reader, reference[1] ?? '')
  const look = take(reader, /^\?(?:=|!|<=|<!)/)
  if (look) return readLook(reader, look[0])
  const named = take(reader, /^\?P?<([\p{L}_]\w*)>/u)
  if (named || reader.pattern[reader.at] !== '?') return readCapture(reader, named?.[1] ?? null)
  const scoped = take(reader, /^\?([imsu]*)(?:-([ims]+))?:/)
  if (!scoped) refuseGroup(reader)
  return readScoped(reader, scoped[1] ?? '', scoped[2] ?? '')
}

function refuseGroup(reader: Reader): never {
  reader.at++
  const rest = reader.pattern.slice(reader.at).join('')
  refuse(reader, REFUSED.find(([sign]) => sign.test(rest))?.[1] ?? `the group (?${rest[0] ?? ''}`)
}

function readInside(reader: Reader): Part {
  const inside = readAlternation(reader)
  if (!take(reader, /^\)/)) refuse(reader, 'a closing parenthesis', 'is missing')
  return inside
}

function readCapture(reader: Reader, name: string | null): Part {
  if (name !== null && reader.groups.some((group) => group.name === name))
    refuse(reader, `a second group named ${name}`, unlessRegex(reader))
  const group: Group = { name, optional: false, unsteady: false, closed: false }
  const index = reader.groups.push(group) - 1
  const inside = readInside(reader)
  group.closed = true
  return { ...inside, source: `(${inside.source})`, groups: [index, ...inside.groups] }
}

/** A look ahead or behind: groups within it are not told alike by the two languages. */
function readLook(reader: Reader, opening: string): Part {
  const inside = readInside(reader)
  if (opening !== '?=') for (const group of groupsOf(reader, inside)) group.unsteady = true
  return { ...inside, source: `(${opening}${inside.source})`, nullable: true }
}

/** A group with flags of its own, `(?:…)` being the one without any. */
function readScoped(reader: Reader, on: string, off: string): Part {
  const outside = reader.flags
  setFlags(reader, on, true)
  setFlags(reader, off, false)
  const changed = reader.flags.ignoreCase !== outside.ignoreCase
  const prefix = changed ? (reader.flags.ignoreCase ? 'i' : '-i') : ''
  const inside = readInside(reader)
  reader.flags = outside
  return { ...inside, source: `(?${prefix}:${inside.source})` }
}

/** `search`: whether a pattern matches anywhere in a text. Throws as `translatePattern` does. */
export function searching(pattern: string, module: PythonModule): (text: string) => boolean {
  const { regExp } = translatePattern(pattern, module)
  const search = new RegExp(regExp.source, regExp.flags.replace('g', ''))
  return (text) => search.test(text)
}

/** Checks patterns of module re, for zod: each that is wrong is an issue of the parameter that lists them. */
export function checkPatterns(parameter: string, patterns: string[], context: z.RefinementCtx): void {
  for (const [i, pattern] of patterns.entries()) {
    try {
      translatePattern(pattern, 're')
    } catch (thrown) {
      context.addIssue({ code: 'custom', path: [parameter, i], message: classify(thrown).message })
    }
  }
}

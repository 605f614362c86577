import { classBody } from '../text/python-classes.ts'
import { lower } from '../text/python-strings.ts'
import { namedReference } from '../unicode/named-references.ts'
import { type Declaration, readDeclaration } from './declarations.ts'
import { numberedCharacter } from './references.ts'
import { type Source, sourceOf } from './source.ts'
import { bareTag, nameEnd, type StartTag, skipSpaceAndSlashes, startTag, tagEnd } from './start-tag.ts'

/** What a parser tells of an HTML text, in order. */
export interface Listener {
  start(tag: StartTag): void
  end(name: string): void
  text(text: string): void
  declaration(declaration: Declaration): void
}

const BLANKS = `[${classBody('s', 're')}]*`
const MARKUP = /[&<]/g
const NUMBERED = /&#([0-9]+|[xX][0-9a-fA-F]+)[^0-9a-fA-F]/uy
const NAMED = /&([a-zA-Z][-.a-zA-Z0-9]*)[^a-zA-Z0-9]/uy
const BEGINS_REFERENCE = /&[a-zA-Z#]/y
const END_TAG = new RegExp(`</${BLANKS}([a-zA-Z][-.a-zA-Z0-9:_]*)${BLANKS}>`, 'uy')
/** Elements whose content is text up to their end tag, and that tag, in Python's idea of ignoring case. */
const RAW: Record<string, RegExp> = {
  script: new RegExp(`</${BLANKS}scr[iİı]pt${BLANKS}>`, 'giu'),
  style: new RegExp(`</${BLANKS}style${BLANKS}>`, 'giu'),
}

interface Parser {
  source: Source
  listener: Listener
  /** The element whose raw content is read. */
  raw: string | null
}

/**
 * Reads HTML as html.parser of Python 3.11.7 does with `convert_charrefs=False`: in two runs, of which the second takes what
 * is incomplete for text. A reference that is none ends a run, so after two of them the rest is text, tags included.
 * Throws `operator_failed` for what makes it give up.
 */
export function parseHtml(text: string, listener: Listener): void {
  const parser: Parser = { source: sourceOf(text), listener, raw: null }
  const at = run(parser, 0, false)
  const rest = run(parser, at, true)
  if (rest < text.length && parser.raw === null) listener.text(text.slice(rest))
}

/** Where a run stops: at the end, or before what it cannot take. */
function run(parser: Parser, from: number, last: boolean): number {
  const { source, listener } = parser
  const { text } = source
  let at = from
  while (at < text.length) {
    const next = nextMarkup(parser, at)
    if (next < 0) return at
    if (next > at) listener.text(text.slice(at, next))
    if (next === text.length) return next
    const step = text[next] === '<' ? markup(parser, next, last) : reference(parser, next, last)
    at = step.at
    if (step.stops) return at
  }
  return at
}

/** The next `<` or `&`, or the end tag of raw content; the end of the text for none, -1 where raw content does not end. */
function nextMarkup({ source, raw }: Parser, from: number): number {
  const found = source.search(raw === null ? MARKUP : (RAW[raw] ?? MARKUP), from)
  if (found) return found.start
  return raw === null ? source.text.length : -1
}

/** Where the text goes on, and whether the run ends. */
interface Step {
  at: number
  stops: boolean
}

function markup(parser: Parser, at: number, last: boolean): Step {
  const { source, listener } = parser
  const { text } = source
  if (at + 1 === text.length) return { at, stops: true }
  const behind = complete(parser, at)
  if (behind >= 0) return { at: behind, stops: false }
  if (!last) return { at, stops: true }
  const close = source.find('>', at + 1)
  const open = close < 0 ? source.find('<', at + 1) : -1
  const end = close >= 0 ? close + 1 : open >= 0 ? open : at + 1
  listener.text(text.slice(at, end))
  return { at: end, stops: false }
}

/** Tells of the markup that begins here, and gives the place behind it; -1 when it is not complete. */
function complete(parser: Parser, at: number): number {
  const { source, listener } = parser
  const { text } = source
  const second = text[at + 1] ?? ''
  if (/[a-zA-Z]/.test(second)) return start(parser, at)
  if (second === '/') return end(parser, at)
  if (second === '!' || second === '?') {
    const declaration = readDeclaration(source, at)
    if (declaration) listener.declaration(declaration)
    return declaration ? declaration.end : -1
  }
  listener.text('<')
  return at + 1
}

function start(parser: Parser, at: number): number {
  const { source, listener } = parser
  const { text } = source
  // Without a closing bracket only a NUL can end it, so nothing need be looked through.
  if (source.find('>', at) < 0 && source.find('\0', at) < 0) return -1
  const bare = bareTag(text, at)
  const behind = bare ? bare.end : tagEnd(text, at)
  if (behind < 0) return -1
  const tag = bare ? bare.tag : startTag(text, at, behind)
  if (!tag) listener.text(text.slice(at, behind))
  else {
    listener.start(tag)
    if (!tag.closed && Object.hasOwn(RAW, tag.name)) parser.raw = tag.name
  }
  return behind
}

function end(parser: Parser, at: number): number {
  const { source, listener } = parser
  const { text } = source
  const close = source.find('>', at + 1)
  if (close < 0) return -1
  END_TAG.lastIndex = at
  const name = END_TAG.exec(text)?.[1]?.toLowerCase()
  const isText = parser.raw !== null && name !== parser.raw
  if (isText) {
    listener.text(text.slice(at, close + 1))
    return close + 1
  }
  if (name !== undefined) {
    listener.end(name)
    parser.raw = null
    return close + 1
  }
  return looseEnd(parser, at, close)
}

/** An end tag with more in it than a name, or without one. */
function looseEnd({ source, listener }: Parser, at: number, close: number): number {
  const { text } = source
  if (!/[a-zA-Z]/.test(text[at + 2] ?? '')) {
    if (close === at + 2) return close + 1
    listener.declaration({ kind: 'comment', content: text.slice(at + 2, close), end: close + 1 })
    return close + 1
  }
  const behind = nameEnd(text, at + 2)
  const name = lower(text.slice(at + 2, behind))
  const gap = source.find('>', skipSpaceAndSlashes(text, behind))
  listener.end(name)
  return gap + 1
}

function reference({ source, listener }: Parser, at: number, last: boolean): Step {
  const { text } = source
  const pattern = text[at + 1] === '#' ? NUMBERED : NAMED
  pattern.lastIndex = at
  const match = pattern.exec(text)
  if (match) {
    const [, name = ''] = match
    listener.text(pattern === NUMBERED ? numberedCharacter(name) : (namedReference(name) ?? `&${name}`))
    const behind = at + 1 + (pattern === NUMBERED ? 1 : 0) + name.length
    return { at: text[behind] === ';' ? behind + 1 : behind, stops: false }
  }
  if (pattern === NUMBERED) {
    if (source.find(';', at) < 0) return { at, stops: true }
    listener.text('&#')
    return { at: at + 2, stops: true }
  }
  BEGINS_REFERENCE.lastIndex = at
  if (BEGINS_REFERENCE.test(text)) return { at: last && at + 2 === text.length ? at + 1 : at, stops: true }
  if (at + 1 === text.length) return { at, stops: true }
  listener.text('&')
  return { at: at + 1, stops: false }
}

import type { Declaration } from './declarations.ts'
import { parseHtml } from './parser.ts'
import type { StartTag } from './start-tag.ts'

/** What a string in the tree is; `hidden` is text of scripts, styles, templates and ruby annotations. */
export type StringKind = 'text' | 'hidden' | 'cdata' | 'comment' | 'declaration' | 'doctype' | 'instruction'

export interface ElementNode {
  kind: 'element'
  name: string
  attributes: ReadonlyMap<string, string>
  parent: number
  /** Behind the last node within it. */
  end: number
}

export interface StringNode {
  kind: StringKind
  value: string
  parent: number
}

/** The nodes of a document in order, each before what it holds; the parent of those at the top is -1. */
export type SoupTree = (ElementNode | StringNode)[]

/** Elements that hold nothing, as Beautiful Soup knows them, those of old HTML included. */
export const VOID = new Set(
  `area base br col embed hr img input keygen link menuitem meta param source track wbr basefont bgsound command frame image
   isindex nextid spacer`.split(/\s+/),
)
const HIDING = new Set(['rt', 'rp', 'style', 'script', 'template'])
const PRESERVING = new Set(['pre', 'textarea'])

interface Builder {
  tree: SoupTree
  /** Numbers of the open elements. */
  open: number[]
  /** How many of each name are open. */
  counts: Map<string, number>
  hiding: number
  preserving: number
  /** Pieces of the string that is being read; null for none. */
  string: string[] | null
  /** End tags to come of void elements that are closed already. */
  closed: Map<string, number>
}

/** The tree that Beautiful Soup 4.14.3 makes of HTML with Python's html.parser. Throws as `parseHtml` does. */
export function soupOf(html: string): SoupTree {
  const builder: Builder = {
    tree: [],
    open: [],
    counts: new Map(),
    hiding: 0,
    preserving: 0,
    string: null,
    closed: new Map(),
  }
  parseHtml(html, {
    start: (tag) => openElement(builder, tag),
    end: (name) => endElement(builder, name),
    text: (text) => addText(builder, text),
    declaration: (declaration) => addDeclaration(builder, declaration),
  })
  endString(builder, 'text')
  while (builder.open.length > 0) closeInnermost(builder)
  return builder.tree
}

function openElement(builder: Builder, { name, attributes, closed }: StartTag): void {
  endString(builder, 'text')
  const { tree, open, counts } = builder
  open.push(tree.push({ kind: 'element', name, attributes, parent: open.at(-1) ?? -1, end: -1 }) - 1)
  counts.set(name, (counts.get(name) ?? 0) + 1)
  if (HIDING.has(name)) builder.hiding++
  if (PRESERVING.has(name)) builder.preserving++
  if (closed) endElement(builder, name)
  else if (VOID.has(name)) {
    closeElement(builder, name)
    builder.closed.set(name, (builder.closed.get(name) ?? 0) + 1)
  }
}

/** An end tag that belongs to a void element that stands closed already does nothing. */
function endElement(builder: Builder, name: string): void {
  const expected = builder.closed.get(name) ?? 0
  if (expected > 0) builder.closed.set(name, expected - 1)
  else closeElement(builder, name)
}

/** Closes the innermost element of this name and all within it. */
function closeElement(builder: Builder, name: string): void {
  endString(builder, 'text')
  if (!builder.counts.get(name)) return
  for (let closed = closeInnermost(builder); closed !== name; ) closed = closeInnermost(builder)
}

/** Closes the innermost element and gives its name. */
function closeInnermost(builder: Builder): string {
  const { tree, open, counts } = builder
  const element = tree[open.pop() ?? -1]
  if (element?.kind !== 'element') throw new Error('An element is closed that is not open.')
  const { name } = element
  element.end = tree.length
  counts.set(name, (counts.get(name) ?? 0) - 1)
  if (HIDING.has(name)) builder.hiding--
  if (PRESERVING.has(name)) builder.preserving--
  return name
}

function addText(builder: Builder, text: string): void {
  builder.string ??= []
  builder.string.push(text)
}

const KINDS: Record<Declaration['kind'], StringKind> = {
  comment: 'comment',
  doctype: 'doctype',
  section: 'declaration',
  instruction: 'instruction',
}
const CDATA = /^CDATA\[/i

function addDeclaration(builder: Builder, { kind, content }: Declaration): void {
  endString(builder, 'text')
  const isCdata = kind === 'section' && CDATA.test(content)
  addText(builder, isCdata ? content.slice('CDATA['.length) : content)
  endString(builder, isCdata ? 'cdata' : KINDS[kind])
}

/** Puts the string that was read into the tree. One of nothing but blanks, or of nothing, shrinks to one of them. */
function endString(builder: Builder, kind: StringKind): void {
  if (builder.string === null) return
  let value = builder.string.join('')
  builder.string = null
  if (builder.preserving === 0 && /^[ \n\t\f\r]*$/.test(value)) value = value.includes('\n') ? '\n' : ' '
  const { tree, open, hiding } = builder
  tree.push({ kind: kind === 'text' && hiding > 0 ? 'hidden' : kind, value, parent: open.at(-1) ?? -1 })
}

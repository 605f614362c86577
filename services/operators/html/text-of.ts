import { takeDoctype, takeEnd, takeOther, takeStart, takeText } from './construction.ts'
import { joinContent } from './elements.ts'
import { endOfBogusComment, endOfComment, endOfName, endOfRawText, isLetter, readTag } from './lexer.ts'
import { resolveReferences } from './references.ts'
import { nameOf, type Tag } from './tag.ts'
import { Tree } from './tree.ts'

const GREATER = 0x3e
const NULS = /\0/g
const LEADING_BLANKS = /^[\t\n\f ]+/
const DOCTYPE = /^<!doctype/i
const CDATA = '<![CDATA['

/**
 * All text of an HTML document in document order, as the Lexbor parser gives it: that of scripts and styles and of the title
 * included, templates and comments not. The same string when it has no markup.
 */
export function textOf(html: string): string {
  const source = html.includes('\r') ? html.replace(/\r\n?/g, '\n') : html
  if (!source.includes('<') && !source.includes('&') && !source.includes('\0'))
    return source.replace(LEADING_BLANKS, '')
  const tree = new Tree(source)
  for (let at = 0; at < source.length; ) at = readToken(tree, source, at)
  takeOther(tree)
  return joinContent(tree.root)
}

/** Reads text up to the next markup, and the markup; the place behind. */
function readToken(tree: Tree, source: string, from: number): number {
  const start = nextMarkup(source, from)
  if (start > from) takeText(tree, resolved(tree, source, { from, to: start }))
  if (start === source.length) return start
  const unit = source.charCodeAt(start + 1)
  if (unit === 0x2f) return readEndTag(tree, source, start)
  if (unit === 0x21) return readDeclaration(tree, source, start)
  if (unit === 0x3f) return readBogusComment(tree, source, start)
  return readStartTag(tree, source, start)
}

function resolved(tree: Tree, source: string, { from, to }: { from: number; to: number }): string {
  if (tree.ampersand < from) {
    const next = source.indexOf('&', from)
    tree.ampersand = next < 0 ? source.length : next
  }
  const text = source.slice(from, to)
  return tree.ampersand < to ? resolveReferences(text) : text
}

/** Where the next tag or comment begins: at a `<` before a letter, `!`, `?`, or `/` and any character. */
function nextMarkup(source: string, from: number): number {
  for (let at = source.indexOf('<', from); at >= 0; at = source.indexOf('<', at + 1)) {
    const unit = source.charCodeAt(at + 1)
    if (isLetter(unit) || unit === 0x21 || unit === 0x3f || (unit === 0x2f && at + 2 < source.length)) return at
  }
  return source.length
}

function readDeclaration(tree: Tree, source: string, start: number): number {
  if (source.startsWith('<!--', start)) {
    takeOther(tree)
    return endOfComment(source, start)
  }
  if (tree.current.namespace !== 'html' && source.startsWith(CDATA, start))
    return readCharacterData(tree, source, start)
  if (DOCTYPE.test(source.slice(start, start + 9))) return readDoctype(tree, source, start + 9)
  return readBogusComment(tree, source, start)
}

function readDoctype(tree: Tree, source: string, from: number): number {
  const end = source.indexOf('>', from)
  takeDoctype(tree, end < 0 ? '' : source.slice(from, end))
  return end < 0 ? source.length : end + 1
}

function readBogusComment(tree: Tree, source: string, start: number): number {
  takeOther(tree)
  return endOfBogusComment(source, start)
}

function readCharacterData(tree: Tree, source: string, start: number): number {
  const from = start + CDATA.length
  const end = source.indexOf(']]>', from)
  const text = source.slice(from, end < 0 ? source.length : end)
  if (text) takeText(tree, text)
  return end < 0 ? source.length : end + 3
}

function readEndTag(tree: Tree, source: string, start: number): number {
  if (source[start + 2] === '>') return start + 3
  if (!isLetter(source.charCodeAt(start + 2))) return readBogusComment(tree, source, start)
  const nameEnd = endOfName(source, start + 2)
  const end = source.charCodeAt(nameEnd) === GREATER ? nameEnd + 1 : readTag(source, nameEnd, null)
  if (end < 0) return source.length
  takeEnd(tree, nameOf(source, start + 2, nameEnd))
  return end
}

function readStartTag(tree: Tree, source: string, start: number): number {
  const nameEnd = endOfName(source, start + 1)
  const end = source.charCodeAt(nameEnd) === GREATER ? nameEnd + 1 : readTag(source, nameEnd, null)
  if (end < 0) return source.length
  const name = nameOf(source, start + 1, nameEnd)
  takeStart(tree, { name, source, nameEnd })
  return tree.following === 'markup' ? end : readFollowing(tree, source, { name, from: end })
}

/** Reads the text of an element in which there is no markup, up to its end tag. */
function readFollowing(tree: Tree, source: string, element: Pick<Tag, 'name'> & { from: number }): number {
  const { following } = tree
  const { name, from } = element
  tree.following = 'markup'
  if (following === 'plain text') {
    takeText(tree, source.slice(from).replace(NULS, '\ufffd'))
    return source.length
  }
  const end = endOfRawText(source, from, name)
  const raw = source.slice(from, end).replace(NULS, '\ufffd')
  const text = following === 'raw text' ? raw : resolveReferences(raw)
  tree.rawPlace?.push(name === 'textarea' && text.startsWith('\n') ? text.slice(1) : text)
  if (end === source.length) return end
  const closed = readTag(source, end + 2 + name.length, null)
  return closed < 0 ? source.length : closed
}

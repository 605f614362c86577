import { classBody } from '../text/python-classes.ts'
import { lower } from '../text/python-strings.ts'
import { isSpace } from './start-tag.ts'
import { type ElementNode, type SoupTree, type StringNode, VOID } from './tree.ts'

/** Attributes whose value is a list of words, by element; those of all elements under `*`. */
const LISTS: Record<string, string[]> = {
  '*': ['class', 'accesskey', 'dropzone'],
  a: ['rel', 'rev'],
  link: ['rel', 'rev'],
  td: ['headers'],
  th: ['headers'],
  form: ['accept-charset'],
  object: ['archive'],
  area: ['rel'],
  icon: ['sizes'],
  iframe: ['sandbox'],
  output: ['for'],
}
const DRESS = {
  cdata: ['<![CDATA[', ']]>'],
  comment: ['<!--', '-->'],
  declaration: ['<?', '?>'],
  doctype: ['<!DOCTYPE ', '>\n'],
  instruction: ['<?', '>'],
} as const
/** Where a content type names its encoding. */
const CHARSET = new RegExp(`((?:(?<![^\\n])|;)[${classBody('s', 're')}]*charset=)[^;]*`, 'gu')
const RAW = new Set(['script', 'style'])

/** An element as Beautiful Soup 4.14.3 writes it: attributes by name, void elements closed, encodings said to be UTF-8. */
export function markupOf(tree: SoupTree, at: number): string {
  const pieces: string[] = []
  const open: ElementNode[] = []
  const root = tree[at]
  const end = root?.kind === 'element' ? root.end : at + 1
  for (let i = at; i < end; i++) {
    close(open, i, pieces)
    const node = tree[i]
    if (node?.kind === 'element') {
      const isEmpty = VOID.has(node.name) && node.end === i + 1
      pieces.push(`<${node.name}${attributesOf(node)}${isEmpty ? '/>' : '>'}`)
      if (!isEmpty) open.push(node)
    } else if (node) pieces.push(stringMarkup(node, tree))
  }
  close(open, end, pieces)
  return pieces.join('')
}

/** Writes the end tags of the elements that end here. */
function close(open: ElementNode[], at: number, pieces: string[]): void {
  for (let last = open.at(-1); last && last.end <= at; last = open.at(-1)) {
    pieces.push(`</${last.name}>`)
    open.pop()
  }
}

function stringMarkup({ kind, value, parent }: StringNode, tree: SoupTree): string {
  if (kind !== 'text' && kind !== 'hidden') return DRESS[kind][0] + value + DRESS[kind][1]
  const holder = tree[parent]
  return holder?.kind === 'element' && RAW.has(holder.name) ? value : escaped(value)
}

function attributesOf(element: ElementNode): string {
  const attributes = [...element.attributes].sort(([a], [b]) => comparePoints(a, b))
  return attributes.map(([name, value]) => ` ${name}=${quoted(escaped(writtenValue(element, name, value)))}`).join('')
}

function writtenValue(element: ElementNode, name: string, value: string): string {
  if (LISTS['*']?.includes(name) || (Object.hasOwn(LISTS, element.name) && LISTS[element.name]?.includes(name)))
    return words(value).join(' ')
  if (element.name !== 'meta') return value
  if (name === 'charset') return 'utf-8'
  const isContentType = lower(element.attributes.get('http-equiv') ?? '') === 'content-type'
  return name === 'content' && isContentType && !element.attributes.has('charset')
    ? value.replace(CHARSET, '$1utf-8')
    : value
}

/** `str.split()`. */
function words(value: string): string[] {
  const found: string[] = []
  let start = -1
  for (let i = 0; i <= value.length; i++) {
    const inside = i < value.length && !isSpace(value.charCodeAt(i))
    if (inside && start < 0) start = i
    else if (!inside && start >= 0) {
      found.push(value.slice(start, i))
      start = -1
    }
  }
  return found
}

function escaped(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function quoted(value: string): string {
  if (!value.includes('"')) return `"${value}"`
  return value.includes("'") ? `"${value.replaceAll('"', '&quot;')}"` : `'${value}'`
}

/** The order of code points, in which pairs of surrogates come last. */
function comparePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const difference = rank(a.charCodeAt(i)) - rank(b.charCodeAt(i))
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}

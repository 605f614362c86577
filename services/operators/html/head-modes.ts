import type { Content } from './elements.ts'
import type { Tag } from './tag.ts'
import { MARKER, resetMode, type Tree } from './tree.ts'

/** Elements that belong to the head, wherever they are met. */
export const HEAD_CONTENT = new Set('base basefont bgsound link meta noframes script style template title'.split(' '))
const NOSCRIPT_CONTENT = new Set('basefont bgsound link meta noframes style'.split(' '))
/** End tags that make the element they should end. */
const IMPLYING_ENDS = new Set(['body', 'html', 'br'])
const LEADING_BLANKS = /^[\t\n\f\r ]+/

/** Opens what belongs to the head; false when the tag is of something else. */
export function openHeadContent(tree: Tree, name: string): boolean {
  if (!HEAD_CONTENT.has(name)) return false
  if (name === 'title') tree.follow('text with references')
  else if (name === 'noframes' || name === 'script' || name === 'style') tree.follow('raw text')
  else if (name === 'template') openTemplate(tree)
  return true
}

function openTemplate(tree: Tree): void {
  tree.insert('template').content = null
  tree.formatting.push(MARKER)
  tree.framesetAllowed = false
  tree.mode = 'in template'
  tree.templateModes.push('in template')
}

export function closeTemplate(tree: Tree): void {
  if (!tree.isOpen('template')) return
  tree.closeImpliedThoroughly()
  tree.popUntil('template')
  tree.clearFormatting()
  tree.templateModes.pop()
  resetMode(tree)
}

/** Start tags before the head has ended. True: look at the tag again, in another mode. */
export function startInHead(tree: Tree, { name }: Tag): boolean {
  if (name === 'html') return false
  if (tree.mode === 'before head') {
    openHead(tree)
    return name !== 'head'
  }
  if (tree.mode === 'in head noscript') return startInNoscript(tree, name)
  if (openHeadContent(tree, name) || name === 'head') return false
  if (name !== 'noscript') return leave(tree, 'after head')
  tree.insert(name)
  tree.mode = 'in head noscript'
  return false
}

function startInNoscript(tree: Tree, name: string): boolean {
  if (name === 'head' || name === 'noscript') return false
  if (NOSCRIPT_CONTENT.has(name)) return !openHeadContent(tree, name)
  return leave(tree, 'in head')
}

function openHead(tree: Tree): void {
  const content: Content = []
  tree.root.push(content)
  tree.head = tree.push('head', 'html', content)
  tree.mode = 'in head'
}

/** Closes the current element, the head or its noscript. */
function leave(tree: Tree, mode: 'in head' | 'after head'): true {
  tree.pop()
  tree.mode = mode
  return true
}

/** End tags before the head has ended. True: look at the tag again, in another mode. */
export function endInHead(tree: Tree, name: string): boolean {
  if (tree.mode === 'before head') {
    if (name !== 'head' && !IMPLYING_ENDS.has(name)) return false
    openHead(tree)
    return true
  }
  if (tree.mode === 'in head noscript') {
    if (name === 'noscript') leave(tree, 'in head')
    return name === 'br' && leave(tree, 'in head')
  }
  if (name === 'head') leave(tree, 'after head')
  if (name === 'template') closeTemplate(tree)
  return IMPLYING_ENDS.has(name) && leave(tree, 'after head')
}

/** Text before the body: blanks are text from the head on; the rest, which is returned, opens the body. */
export function textBeforeBody(tree: Tree, text: string): string {
  const blanks = LEADING_BLANKS.exec(text)?.[0] ?? ''
  if (blanks && tree.mode !== 'before head') tree.insertText(blanks)
  const rest = text.slice(blanks.length)
  if (rest === '') return ''
  if (tree.mode === 'before head') openHead(tree)
  if (tree.mode === 'in head noscript') tree.pop()
  if (tree.mode !== 'after head') tree.pop()
  openBody(tree)
  return rest
}

function openBody(tree: Tree): void {
  const content: Content = []
  tree.root.push(content)
  tree.body = tree.push('body', 'html', content)
  tree.mode = 'in body'
  // Lexbor forgets what was in the head; the standard does not.
  tree.framesetAllowed = true
}

/** Start tags between head and body. True: look at the tag again, in another mode. */
export function startAfterHead(tree: Tree, { name }: Tag): boolean {
  if (name === 'html' || name === 'head') return false
  if (name === 'frameset') {
    tree.insert(name)
    tree.mode = 'in frameset'
    return false
  }
  if (HEAD_CONTENT.has(name)) return putIntoHead(tree, name)
  openBody(tree)
  if (name === 'body') tree.framesetAllowed = false
  return name !== 'body'
}

/** What belongs to the head is put there although it has ended. */
function putIntoHead(tree: Tree, name: string): false {
  const head = tree.push('head', 'html', tree.head?.content ?? null)
  openHeadContent(tree, name)
  tree.remove(head)
  return false
}

/** End tags between head and body. True: look at the tag again, in another mode. */
export function endAfterHead(tree: Tree, name: string): boolean {
  if (name === 'template') closeTemplate(tree)
  if (!IMPLYING_ENDS.has(name)) return false
  openBody(tree)
  return true
}

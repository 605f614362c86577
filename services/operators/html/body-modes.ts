import { LIST_SCOPE, OWN_END, SCOPE, SPECIAL } from './elements.ts'
import { closeFormatting, dropFormatting, lastFormatting, openFormatting, reopenFormatting } from './formatting.ts'
import { closeTemplate, HEAD_CONTENT, openHeadContent } from './head-modes.ts'
import { attributesOf, closesItself, type Tag } from './tag.ts'
import { MARKER, type Tree } from './tree.ts'

type Start = (tree: Tree, tag: Tag) => void

const HEADINGS = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6']
const BLOCKS =
  'address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer header hgroup main menu ' +
  'nav ol search section summary ul'
const BLANKS_ONLY = /^[\t\n\f\r ]*$/
const IGNORED = 'html caption col colgroup frame head tbody td tfoot th thead tr'

const STARTS = new Map<string, Start>()
const rule = (names: string, start: Start) => {
  for (const name of names.split(' ')) STARTS.set(name, start)
}

rule(`${BLOCKS} p`, openBlock)
rule(HEADINGS.join(' '), (tree, tag) => {
  tree.closeParagraph()
  if (HEADINGS.some((name) => tree.isCurrent(name))) tree.pop()
  tree.insert(tag.name)
})
rule('pre listing', (tree, tag) => {
  openBlock(tree, tag)
  tree.dropsLineFeed = true
  tree.framesetAllowed = false
})
rule('form', (tree, tag) => {
  const inTemplate = tree.isOpen('template')
  if (tree.form && !inTemplate) return
  tree.closeParagraph()
  const form = tree.insert(tag.name)
  if (!inTemplate) tree.form = form
})
rule('li', (tree) => openItem(tree, 'li', ['li']))
rule('dd dt', (tree, tag) => openItem(tree, tag.name, ['dd', 'dt']))
rule('plaintext', (tree, tag) => {
  openBlock(tree, tag)
  tree.following = 'plain text'
})
rule('button', (tree, tag) => {
  if (tree.inScope('button')) closeElement(tree, 'button')
  reopenFormatting(tree)
  tree.insert(tag.name)
  tree.framesetAllowed = false
})
rule('a', (tree, tag) => {
  const earlier = lastFormatting(tree, 'a')
  if (earlier) {
    if (!closeFormatting(tree, 'a')) closeOther(tree, 'a')
    dropFormatting(tree, earlier)
  }
  reopenFormatting(tree)
  openFormatting(tree, tag)
})
rule('b big code em font i s small strike strong tt u', (tree, tag) => {
  reopenFormatting(tree)
  openFormatting(tree, tag)
})
rule('nobr', (tree, tag) => {
  reopenFormatting(tree)
  if (tree.inScope('nobr')) {
    if (!closeFormatting(tree, 'nobr')) closeOther(tree, 'nobr')
    reopenFormatting(tree)
  }
  openFormatting(tree, tag)
})
rule('applet marquee object', (tree, tag) => {
  reopenFormatting(tree)
  tree.insert(tag.name)
  tree.formatting.push(MARKER)
  tree.framesetAllowed = false
})
rule('table', (tree) => {
  if (!tree.quirks) tree.closeParagraph()
  openTable(tree)
})
rule('area br embed image img keygen wbr', openNothing)
rule('input', (tree, tag) => {
  if (tree.inScope('select')) tree.popUntil('select')
  reopenFormatting(tree)
  // Lexbor sees capitals as a difference here.
  if (attributesOf(tag).get('type') !== 'hidden') tree.framesetAllowed = false
})
rule('param source track', ignore)
rule('hr', (tree) => {
  tree.closeParagraph()
  if (tree.inScope('select')) tree.closeImplied()
  tree.framesetAllowed = false
})
rule('textarea', (tree) => {
  tree.follow('text with references')
  tree.framesetAllowed = false
})
rule('xmp', (tree) => {
  tree.closeParagraph()
  reopenFormatting(tree)
  tree.framesetAllowed = false
  tree.follow('raw text')
})
rule('iframe', (tree) => {
  tree.framesetAllowed = false
  tree.follow('raw text')
})
rule('noembed', (tree) => tree.follow('raw text'))
rule('select', (tree, tag) => {
  if (tree.inScope('select')) {
    tree.popUntil('select')
    return
  }
  reopenFormatting(tree)
  tree.insert(tag.name)
  tree.framesetAllowed = false
})
rule('option', (tree, tag) => {
  if (tree.inScope('select')) tree.closeImplied('optgroup')
  else if (tree.isCurrent('option')) tree.pop()
  reopenFormatting(tree)
  tree.insert(tag.name)
})
rule('optgroup', (tree, tag) => {
  if (tree.inScope('select')) tree.closeImplied()
  else if (tree.isCurrent('option')) tree.pop()
  reopenFormatting(tree)
  tree.insert(tag.name)
})
rule('rb rtc', (tree, tag) => {
  if (tree.inScope('ruby')) tree.closeImplied()
  tree.insert(tag.name)
})
rule('rp rt', (tree, tag) => {
  if (tree.inScope('ruby')) tree.closeImplied('rtc')
  tree.insert(tag.name)
})
rule('math svg', (tree, tag) => {
  reopenFormatting(tree)
  if (!closesItself(tag)) tree.insert(tag.name, tag.name === 'svg' ? 'svg' : 'math')
})
rule('body', (tree) => {
  if (isBodyAlone(tree)) tree.framesetAllowed = false
})
rule('frameset', (tree, tag) => {
  if (!tree.body || tree.open[1] !== tree.body || !tree.framesetAllowed) return
  if (tree.body.content) tree.body.content.length = 0
  tree.popTo(1)
  tree.insert(tag.name)
  tree.mode = 'in frameset'
})
rule(IGNORED, ignore)
rule([...HEAD_CONTENT].join(' '), (tree, { name }) => openHeadContent(tree, name))

/** Start tags in the body. False: no other mode has to look at the tag. */
export function startInBody(tree: Tree, tag: Tag): false {
  const start = STARTS.get(tag.name) ?? openOther
  start(tree, tag)
  return false
}

function openOther(tree: Tree, { name }: Tag): void {
  reopenFormatting(tree)
  tree.insert(name)
}

/** Void elements without an effect on text, and tags that are out of place. */
function ignore(): void {
  return
}

function isBodyAlone(tree: Tree): boolean {
  return tree.open[1] === tree.body && tree.body !== null && !tree.isOpen('template')
}

function openBlock(tree: Tree, tag: Tag): void {
  tree.closeParagraph()
  tree.insert(tag.name)
}

/** A void element, which may stand where formatting elements are opened again. */
function openNothing(tree: Tree): void {
  reopenFormatting(tree)
  tree.framesetAllowed = false
}

export function openTable(tree: Tree): void {
  const place = tree.place()
  const table = tree.insert('table')
  if (place) {
    table.before = []
    table.content = []
    place.push(table.before, table.content)
  }
  tree.framesetAllowed = false
  tree.mode = 'in table'
}

/** A list item closes the one before it, unless another block is in between. */
function openItem(tree: Tree, name: string, siblings: string[]): void {
  tree.framesetAllowed = false
  for (let i = tree.open.length - 1; i >= 0; i--) {
    const element = tree.elementAt(i)
    const html = element.namespace === 'html'
    if (html && siblings.includes(element.name)) {
      closeElement(tree, element.name)
      break
    }
    if (element.bits & SPECIAL && !(html && isTransparent(element.name))) break
  }
  tree.closeParagraph()
  tree.insert(name)
}

function isTransparent(name: string): boolean {
  return name === 'address' || name === 'div' || name === 'p'
}

/** Closes an element that is known to be open, with what it holds. */
function closeElement(tree: Tree, name: string): void {
  tree.closeImplied(name)
  tree.popUntil(name)
}

type End = (tree: Tree, name: string) => void

const ENDS = new Map<string, End>()
const endRule = (names: string, end: End) => {
  for (const name of names.split(' ')) ENDS.set(name, end)
}

endRule(`${BLOCKS} button listing pre select`, (tree, name) => {
  if (tree.inScope(name)) closeElement(tree, name)
})
endRule('template', closeTemplate)
endRule('form', closeForm)
endRule('p', (tree) => tree.closeParagraph())
endRule('li', (tree, name) => {
  if (tree.inScope(name, SCOPE | LIST_SCOPE)) closeElement(tree, name)
})
endRule('dd dt', (tree, name) => {
  if (tree.inScope(name)) closeElement(tree, name)
})
endRule(HEADINGS.join(' '), (tree) => {
  if (tree.anyInScope(HEADINGS)) tree.popUntilAny(HEADINGS)
})
endRule('a b big code em font i nobr s small strike strong tt u', (tree, name) => {
  if (!closeFormatting(tree, name)) closeOther(tree, name)
})
endRule('applet marquee object', (tree, name) => {
  if (!tree.inScope(name)) return
  closeElement(tree, name)
  tree.clearFormatting()
})
endRule('br', openNothing)

/** End tags in the body. True: look at the tag again, in another mode. */
export function endInBody(tree: Tree, name: string): boolean {
  if (tree.isCurrent(name) && !(tree.current.bits & OWN_END)) {
    tree.pop()
    return false
  }
  if (name === 'body' || name === 'html') {
    if (!tree.inScope('body')) return false
    tree.mode = 'after body'
    return name === 'html'
  }
  const end = ENDS.get(name) ?? closeOther
  end(tree, name)
  return false
}

/** The end tag of an element without rules of its own. */
function closeOther(tree: Tree, name: string): void {
  if (!tree.isOpen(name)) return
  for (let i = tree.open.length - 1; i > 0; i--) {
    const element = tree.elementAt(i)
    const found = element.name === name && element.namespace === 'html'
    if (!found && !(element.bits & SPECIAL)) continue
    tree.look(tree.open.length - i)
    if (found) tree.popTo(i)
    return
  }
}

function closeForm(tree: Tree): void {
  if (tree.isOpen('template')) {
    if (tree.inScope('form')) closeElement(tree, 'form')
    return
  }
  const { form } = tree
  tree.form = null
  if (!form?.opened || !tree.inScope('form')) return
  tree.closeImplied()
  tree.remove(form)
}

/** Text in the body. NUL characters vanish. */
export function textInBody(tree: Tree, text: string): void {
  const rest = tree.hasNul ? text.replaceAll('\0', '') : text
  if (rest === '') return
  reopenFormatting(tree)
  tree.insertText(rest)
  if (tree.framesetAllowed && !BLANKS_ONLY.test(rest)) tree.framesetAllowed = false
}

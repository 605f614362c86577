import { HTML_INTEGRATION, MATH_TEXT, type OpenElement } from './elements.ts'
import { attributesOf, closesItself, type Tag } from './tag.ts'
import type { Tree } from './tree.ts'

/** Start tags that end SVG and MathML. */
const LEAVING = new Set(
  (
    'b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta nobr ol p ' +
    'pre ruby s small span strong strike sub sup table tt u ul var'
  ).split(' '),
)
const FONT_ATTRIBUTES = ['color', 'face', 'size']
const NO_TEXT = /^[\t\n\f\r \0]*$/
const HTML_ENCODINGS = new Set(['text/html', 'application/xhtml+xml'])

/** Text where the current element is follows the rules of SVG and MathML. */
export function isTextForeign({ current }: Tree): boolean {
  return current.namespace !== 'html' && !(current.bits & (MATH_TEXT | HTML_INTEGRATION))
}

/** So does a start tag of that name. */
export function isStartForeign({ current }: Tree, name: string): boolean {
  if (current.namespace === 'html' || current.bits & HTML_INTEGRATION) return false
  if (current.bits & MATH_TEXT) return name === 'mglyph' || name === 'malignmark'
  return !(current.namespace === 'math' && current.name === 'annotation-xml' && name === 'svg')
}

/** Text in SVG and MathML. */
export function textInForeign(tree: Tree, text: string): void {
  tree.insertText(text.replaceAll('\0', '\ufffd'))
  if (tree.framesetAllowed && !NO_TEXT.test(text)) tree.framesetAllowed = false
}

/** Start tags in SVG and MathML. True: look at the tag again, by the rules of HTML. */
export function startInForeign(tree: Tree, tag: Tag): boolean {
  const leaves = LEAVING.has(tag.name) || (tag.name === 'font' && hasFontAttribute(tag))
  if (leaves) {
    leaveForeign(tree)
    return true
  }
  if (closesItself(tag)) return false
  const element = tree.insert(tag.name, tree.current.namespace)
  if (element.name === 'annotation-xml' && element.namespace === 'math') markIntegration(element, tag)
  return false
}

function hasFontAttribute(tag: Tag): boolean {
  return FONT_ATTRIBUTES.some((name) => attributesOf(tag).has(name))
}

function markIntegration(element: OpenElement, tag: Tag): void {
  const encoding = attributesOf(tag).get('encoding')?.toLowerCase() ?? ''
  if (HTML_ENCODINGS.has(encoding)) element.bits |= HTML_INTEGRATION
}

function leaveForeign(tree: Tree): void {
  while (tree.current.namespace !== 'html' && !(tree.current.bits & (MATH_TEXT | HTML_INTEGRATION))) tree.pop()
}

/** End tags where the current element is of SVG or MathML. True: look at the tag by the rules of HTML. */
export function endInForeign(tree: Tree, name: string): boolean {
  if (name === 'br' || name === 'p') {
    leaveForeign(tree)
    return true
  }
  if (!tree.isOpen(`svg:${name}`) && !tree.isOpen(`math:${name}`)) return tree.open[1]?.namespace === 'html'
  for (let i = tree.open.length - 1; i > 0; i--) {
    const element = tree.elementAt(i)
    if (element.namespace === 'html') return true
    if (element.name !== name) continue
    tree.popTo(i)
    return false
  }
  return false
}

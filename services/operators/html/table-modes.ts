import { endInBody, startInBody, textInBody } from './body-modes.ts'
import { TABLE_PART, TABLE_SCOPE } from './elements.ts'
import { closeTemplate, openHeadContent } from './head-modes.ts'
import { attributesOf, type Tag } from './tag.ts'
import { MARKER, resetMode, type Tree } from './tree.ts'

const LEADING_BLANKS = /^[\t\n\f\r ]+/
const BLANKS_ONLY = /^[\t\n\f\r ]*$/
const SECTIONS = ['tbody', 'tfoot', 'thead']
const CELLS = ['td', 'th']
const TABLE_CONTEXT = ['table', 'template', 'html']
const SECTION_CONTEXT = [...SECTIONS, 'template', 'html']
const ROW_CONTEXT = ['tr', 'template', 'html']
/** Parts of a table whose start tag ends a caption, cell or row before it. */
const PARTS = new Set(['caption', 'col', 'colgroup', 'tbody', 'td', 'tfoot', 'th', 'thead', 'tr'])
const NEVER_ENDED = new Set(['body', 'caption', 'col', 'colgroup', 'html'])

/** Text in a table waits until all of it is known; anywhere else in it, it is misplaced. */
export function textInTable(tree: Tree, text: string): void {
  const { current } = tree
  const collects = current.namespace === 'html' && (current.bits & TABLE_PART || current.name === 'template')
  if (collects) tree.tableText = (tree.tableText ?? '') + text.replaceAll('\0', '')
  else fostered(tree, () => textInBody(tree, text))
}

/** Gives the waiting text its place: in the table when it is blank, else before it. */
export function placeTableText(tree: Tree): void {
  const text = tree.tableText
  tree.tableText = null
  if (!text) return
  if (BLANKS_ONLY.test(text)) tree.insertText(text)
  else fostered(tree, () => textInBody(tree, text))
}

function fostered<T>(tree: Tree, work: () => T): T {
  tree.fostering = true
  const result = work()
  tree.fostering = false
  return result
}

/** Start tags in a table, outside of its sections. True: look at the tag again, in another mode. */
export function startInTable(tree: Tree, tag: Tag): boolean {
  const { name } = tag
  if (PARTS.has(name)) return startPart(tree, name)
  if (name === 'table') return closeTable(tree)
  if (name === 'style' || name === 'script' || name === 'template') return !openHeadContent(tree, name)
  if (name === 'input' && attributesOf(tag).get('type')?.toLowerCase() === 'hidden') return false
  if (name === 'form') {
    if (!tree.form && !tree.isOpen('template')) {
      tree.form = tree.insert(name)
      tree.pop()
    }
    return false
  }
  return fostered(tree, () => startInBody(tree, tag))
}

function startPart(tree: Tree, name: string): boolean {
  tree.clearTo(TABLE_CONTEXT)
  if (name === 'caption') {
    tree.formatting.push(MARKER)
    tree.insert(name)
    tree.mode = 'in caption'
  } else if (name === 'colgroup' || name === 'col') {
    tree.insert('colgroup')
    tree.mode = 'in column group'
  } else {
    tree.insert(SECTIONS.includes(name) ? name : 'tbody')
    tree.mode = 'in table body'
    return !SECTIONS.includes(name)
  }
  return name === 'col'
}

/** Ends the table; true when there was one. */
function closeTable(tree: Tree): boolean {
  if (!tree.inScope('table', TABLE_SCOPE)) return false
  tree.popUntil('table')
  resetMode(tree)
  return true
}

/** End tags in a table, outside of its sections. True: look at the tag again, in another mode. */
export function endInTable(tree: Tree, name: string): boolean {
  if (name === 'table') closeTable(tree)
  else if (name === 'template') closeTemplate(tree)
  else if (!PARTS.has(name) && !NEVER_ENDED.has(name)) return fostered(tree, () => endInBody(tree, name))
  return false
}

export function startInCaption(tree: Tree, tag: Tag): boolean {
  if (PARTS.has(tag.name)) return closeCaption(tree)
  return startInBody(tree, tag)
}

function closeCaption(tree: Tree): boolean {
  if (!tree.inScope('caption', TABLE_SCOPE)) return false
  tree.popUntil('caption')
  tree.clearFormatting()
  tree.mode = 'in table'
  return true
}

export function endInCaption(tree: Tree, name: string): boolean {
  if (name === 'table') return closeCaption(tree)
  if (name === 'caption') return closeCaption(tree) && false
  if (PARTS.has(name) || NEVER_ENDED.has(name)) return false
  return endInBody(tree, name)
}

export function startInColumnGroup(tree: Tree, { name }: Tag): boolean {
  if (name === 'html' || name === 'col') return false
  if (name === 'template') return !openHeadContent(tree, name)
  return closeColumnGroup(tree)
}

function closeColumnGroup(tree: Tree): boolean {
  if (!tree.isCurrent('colgroup')) return false
  tree.pop()
  tree.mode = 'in table'
  return true
}

export function endInColumnGroup(tree: Tree, name: string): boolean {
  if (name === 'template') closeTemplate(tree)
  if (name === 'template' || name === 'col') return false
  return closeColumnGroup(tree) && name !== 'colgroup'
}

/** Text among columns: blanks only; the rest, which is returned, ends the group if there is one. */
export function textInColumnGroup(tree: Tree, text: string): string {
  const blanks = LEADING_BLANKS.exec(text)?.[0] ?? ''
  if (blanks) tree.insertText(blanks)
  const rest = text.slice(blanks.length)
  if (rest === '' || closeColumnGroup(tree)) return rest
  // One character that has no place, and what follows it.
  return rest.slice(1)
}

export function startInSection(tree: Tree, tag: Tag): boolean {
  const { name } = tag
  if (name === 'tr' || CELLS.includes(name)) {
    tree.clearTo(SECTION_CONTEXT)
    tree.insert('tr')
    tree.mode = 'in row'
    return name !== 'tr'
  }
  return PARTS.has(name) ? closeSection(tree) : startInTable(tree, tag)
}

function closeSection(tree: Tree): boolean {
  if (!tree.anyInScope(SECTIONS, TABLE_SCOPE)) return false
  tree.clearTo(SECTION_CONTEXT)
  tree.pop()
  tree.mode = 'in table'
  return true
}

export function endInSection(tree: Tree, name: string): boolean {
  if (SECTIONS.includes(name)) return tree.inScope(name, TABLE_SCOPE) && closeSection(tree) && false
  if (name === 'table') return closeSection(tree)
  return endInTable(tree, name)
}

export function startInRow(tree: Tree, tag: Tag): boolean {
  const { name } = tag
  if (CELLS.includes(name)) {
    tree.clearTo(ROW_CONTEXT)
    tree.insert(name)
    tree.mode = 'in cell'
    tree.formatting.push(MARKER)
    return false
  }
  return PARTS.has(name) ? closeRow(tree) : startInTable(tree, tag)
}

function closeRow(tree: Tree): boolean {
  if (!tree.inScope('tr', TABLE_SCOPE)) return false
  tree.clearTo(ROW_CONTEXT)
  tree.pop()
  tree.mode = 'in table body'
  return true
}

export function endInRow(tree: Tree, name: string): boolean {
  if (name === 'tr') return closeRow(tree) && false
  if (name === 'table') return closeRow(tree)
  if (SECTIONS.includes(name)) return tree.inScope(name, TABLE_SCOPE) && closeRow(tree)
  return endInTable(tree, name)
}

export function startInCell(tree: Tree, tag: Tag): boolean {
  if (PARTS.has(tag.name)) return closeCell(tree)
  return startInBody(tree, tag)
}

function closeCell(tree: Tree): boolean {
  if (!tree.anyInScope(CELLS, TABLE_SCOPE)) return false
  tree.closeImplied()
  tree.popUntilAny(CELLS)
  tree.clearFormatting()
  tree.mode = 'in row'
  return true
}

export function endInCell(tree: Tree, name: string): boolean {
  if (CELLS.includes(name)) return closeCellOf(tree, name)
  if (NEVER_ENDED.has(name)) return false
  if (name === 'table' || PARTS.has(name)) return tree.inScope(name, TABLE_SCOPE) && closeCell(tree)
  return endInBody(tree, name)
}

function closeCellOf(tree: Tree, name: string): false {
  if (!tree.inScope(name, TABLE_SCOPE)) return false
  tree.popUntil(name)
  tree.clearFormatting()
  tree.mode = 'in row'
  return false
}

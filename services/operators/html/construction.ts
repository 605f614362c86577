import { endInBody, startInBody, textInBody } from './body-modes.ts'
import { endInForeign, isStartForeign, isTextForeign, startInForeign, textInForeign } from './foreign.ts'
import {
  closeTemplate,
  endAfterHead,
  endInHead,
  openHeadContent,
  startAfterHead,
  startInHead,
  textBeforeBody,
} from './head-modes.ts'
import { isQuirky } from './quirks.ts'
import {
  endInCaption,
  endInCell,
  endInColumnGroup,
  endInRow,
  endInSection,
  endInTable,
  placeTableText,
  startInCaption,
  startInCell,
  startInColumnGroup,
  startInRow,
  startInSection,
  startInTable,
  textInColumnGroup,
  textInTable,
} from './table-modes.ts'
import type { Tag } from './tag.ts'
import type { Mode, Tree } from './tree.ts'

/** What a mode does with a token: true, or the rest of a text, when another mode has to look at it. */
interface Rules {
  start(tree: Tree, tag: Tag): boolean
  end(tree: Tree, name: string): boolean
  text(tree: Tree, text: string): string
}

const NO_BLANKS = /[^\t\n\f\r ]+/g
const LEADING_BLANKS = /^[\t\n\f\r ]+/
const TEMPLATE_MODES: Record<string, Mode> = {
  caption: 'in table',
  colgroup: 'in table',
  tbody: 'in table',
  tfoot: 'in table',
  thead: 'in table',
  col: 'in column group',
  tr: 'in table body',
  td: 'in row',
  th: 'in row',
}

const head: Rules = { start: startInHead, end: endInHead, text: textBeforeBody }
const body: Rules = { start: startInBody, end: endInBody, text: bodyText }
const frameset: Rules = { start: startInFrameset, end: endInFrameset, text: framesetText }
const afterBody: Rules = { start: startAfterBody, end: endAfterBody, text: textAfterBody }

const RULES: Record<Mode, Rules> = {
  'before head': head,
  'in head': head,
  'in head noscript': head,
  'after head': { start: startAfterHead, end: endAfterHead, text: textBeforeBody },
  'in body': body,
  'in table': { start: startInTable, end: endInTable, text: tableText },
  'in caption': { start: startInCaption, end: endInCaption, text: bodyText },
  'in column group': { start: startInColumnGroup, end: endInColumnGroup, text: textInColumnGroup },
  'in table body': { start: startInSection, end: endInSection, text: tableText },
  'in row': { start: startInRow, end: endInRow, text: tableText },
  'in cell': { start: startInCell, end: endInCell, text: bodyText },
  'in template': { start: startInTemplate, end: endInTemplate, text: bodyText },
  'after body': afterBody,
  'after after body': afterBody,
  'in frameset': frameset,
  'after frameset': frameset,
  'after after frameset': frameset,
}

/** A start tag. What is to be read behind it stands in `tree.following`. */
export function takeStart(tree: Tree, tag: Tag): void {
  takeOther(tree)
  tree.untouched = false
  if (isStartForeign(tree, tag.name) && !startInForeign(tree, tag)) return
  while (RULES[tree.mode].start(tree, tag));
}

export function takeEnd(tree: Tree, name: string): void {
  takeOther(tree)
  tree.untouched = false
  if (tree.current.namespace !== 'html' && !endInForeign(tree, name)) return
  while (RULES[tree.mode].end(tree, name));
}

/** Text between tags or comments, never empty. */
export function takeText(tree: Tree, text: string): void {
  let rest = tree.dropsLineFeed && text.startsWith('\n') ? text.slice(1) : text
  tree.dropsLineFeed = false
  if (isTextForeign(tree) && rest !== '') textInForeign(tree, rest)
  else while (rest !== '') rest = RULES[tree.mode].text(tree, rest)
}

/** Comments and all else that only separates text from text, and the end. */
export function takeOther(tree: Tree): void {
  tree.dropsLineFeed = false
  if (tree.tableText !== null) placeTableText(tree)
}

/** A document type; only the first thing in a document can be one. */
export function takeDoctype(tree: Tree, declaration: string): void {
  takeOther(tree)
  if (tree.untouched && tree.mode === 'before head') tree.quirks = isQuirky(declaration)
  tree.untouched = false
}

function bodyText(tree: Tree, text: string): '' {
  textInBody(tree, text)
  return ''
}

function tableText(tree: Tree, text: string): '' {
  textInTable(tree, text)
  return ''
}

function startInTemplate(tree: Tree, tag: Tag): boolean {
  if (openHeadContent(tree, tag.name)) return false
  const mode = TEMPLATE_MODES[tag.name] ?? 'in body'
  tree.templateModes.pop()
  tree.templateModes.push(mode)
  tree.mode = mode
  return true
}

function endInTemplate(tree: Tree, name: string): boolean {
  if (name === 'template') closeTemplate(tree)
  return false
}

function startAfterBody(tree: Tree, tag: Tag): boolean {
  if (tag.name === 'html') return false
  tree.mode = 'in body'
  return true
}

function endAfterBody(tree: Tree, name: string): boolean {
  if (tree.mode === 'after body' && name === 'html') {
    tree.mode = 'after after body'
    return false
  }
  tree.mode = 'in body'
  return true
}

/** Blanks behind the body are still of it; the rest opens it again. */
function textAfterBody(tree: Tree, text: string): string {
  const blanks = LEADING_BLANKS.exec(text)?.[0] ?? ''
  if (blanks) textInBody(tree, blanks)
  if (blanks !== text) tree.mode = 'in body'
  return text.slice(blanks.length)
}

function startInFrameset(tree: Tree, { name }: Tag): boolean {
  if (name === 'noframes') openHeadContent(tree, name)
  if (name === 'frameset' && tree.mode === 'in frameset') tree.insert(name)
  return false
}

function endInFrameset(tree: Tree, name: string): boolean {
  if (name === 'html' && tree.mode === 'after frameset') tree.mode = 'after after frameset'
  if (name === 'frameset' && tree.mode === 'in frameset' && tree.open.length > 1) {
    tree.pop()
    if (!tree.isCurrent('frameset')) tree.mode = 'after frameset'
  }
  return false
}

/** Blanks only; at the very end, as Lexbor does it, only where there is nothing else. */
function framesetText(tree: Tree, text: string): '' {
  const ended = tree.mode === 'after after frameset'
  const blanks = text.replace(NO_BLANKS, '')
  if (blanks && !ended) tree.insertText(blanks)
  if (ended && blanks === text) textInBody(tree, blanks)
  return ''
}

import { type OpenElement, SCOPE, SPECIAL } from './elements.ts'
import { attributesOf, type Tag } from './tag.ts'
import { MARKER, type Tree } from './tree.ts'

/** Elements alike that may wait in the list of formatting elements. */
const MOST_ALIKE = 3
const MOST_ADOPTIONS = 8
/** An element that is opened again costs as much as so many that are looked at, and two whose attributes are compared. */
const LOOKS_OF_A_COPY = 64
const LOOKS_OF_A_COMPARISON = 8

/** Opens a formatting element, to be opened again when it is closed too early. */
export function openFormatting(tree: Tree, tag: Tag): void {
  const element = tree.insert(tag.name)
  element.tag = tag
  remember(tree, element)
}

/** The list keeps three alike after the last marker: the earliest goes for a fourth. */
function remember(tree: Tree, element: OpenElement): void {
  const { formatting } = tree
  let alike = 0
  let earliest = -1
  for (let i = formatting.length - 1; i >= 0 && formatting[i] !== MARKER; i--) {
    const other = formatting[i]
    tree.look(LOOKS_OF_A_COMPARISON)
    if (other?.name !== element.name || signatureOf(other) !== signatureOf(element)) continue
    alike++
    earliest = i
  }
  if (alike >= MOST_ALIKE) formatting.splice(earliest, 1)
  formatting.push(element)
}

/** The attributes in one text, the same for any order of them. */
function signatureOf(element: OpenElement): string {
  element.signature ??= JSON.stringify(
    [...(element.tag ? attributesOf(element.tag) : [])].sort(([one], [other]) => (one < other ? -1 : 1)),
  )
  return element.signature
}

/** Opens again what is in the list and not on the stack. */
export function reopenFormatting(tree: Tree): void {
  const { formatting } = tree
  let at = formatting.length
  while (at > 0) {
    const element = formatting[at - 1]
    if (element === MARKER || element === undefined || element.opened) break
    at--
  }
  if (at < formatting.length) tree.look((formatting.length - at) * LOOKS_OF_A_COPY)
  for (; at < formatting.length; at++) {
    const element = formatting[at]
    if (element) formatting[at] = copy(tree, element)
  }
}

function copy(tree: Tree, element: OpenElement): OpenElement {
  const made = tree.insert(element.name)
  made.tag = element.tag
  made.signature = element.signature
  return made
}

/** The last formatting element of that name behind the last marker. */
export function lastFormatting(tree: Tree, name: string): OpenElement | null {
  for (let i = tree.formatting.length - 1; i >= 0; i--) {
    tree.look(1)
    const element = tree.formatting[i]
    if (element === MARKER || element === undefined) return null
    if (element.name === name) return element
  }
  return null
}

function forget(tree: Tree, element: OpenElement): void {
  const at = tree.formatting.indexOf(element)
  if (at >= 0) tree.formatting.splice(at, 1)
}

/** Takes a formatting element off the list and off the stack. */
export function dropFormatting(tree: Tree, element: OpenElement): void {
  forget(tree, element)
  tree.remove(element)
}

/**
 * The end tag of a formatting element (https://html.spec.whatwg.org/#adoption-agency-algorithm). What it moves in the tree keeps
 * its place in the order of text. False when the tag is one like any other.
 */
export function closeFormatting(tree: Tree, name: string): boolean {
  if (tree.isCurrent(name)) {
    const isLast = tree.formatting.at(-1) === tree.current
    if (isLast || !tree.formatting.includes(tree.current)) {
      tree.pop()
      if (isLast) tree.formatting.pop()
      return true
    }
  }
  for (let i = 0; i < MOST_ADOPTIONS; i++) {
    const element = lastFormatting(tree, name)
    if (!element) return false
    const place = element.opened ? tree.open.lastIndexOf(element) : -1
    if (place < 0) forget(tree, element)
    if (place < 0 || isShielded(tree, place)) return true
    const furthest = firstSpecial(tree, place + 1)
    if (furthest < 0) {
      tree.popTo(place)
      forget(tree, element)
      return true
    }
    adopt(tree, element, furthest)
  }
  return true
}

/** The place of the first special element from `from` on; -1 for none. */
function firstSpecial(tree: Tree, from: number): number {
  for (let at = from; at < tree.open.length; at++) if (tree.elementAt(at).bits & SPECIAL) return at
  return -1
}

/** An element that ends scopes lies over the place on the stack. */
function isShielded(tree: Tree, place: number): boolean {
  tree.look(tree.open.length - place)
  for (let i = tree.open.length - 1; i > place; i--) if ((tree.open[i]?.bits ?? 0) & SCOPE) return true
  return false
}

/** Makes the furthest block the parent of the formatting element, and not its child. */
function adopt(tree: Tree, element: OpenElement, furthestAt: number): void {
  const furthest = tree.elementAt(furthestAt)
  let bookmark: OpenElement | null = null
  let at = furthestAt
  for (let count = 1; ; count++) {
    at--
    const node = tree.elementAt(at)
    if (node === element) break
    if (count > 3) forget(tree, node)
    const listed = tree.formatting.indexOf(node)
    if (listed < 0) {
      tree.splice(at, 1)
      continue
    }
    const made = { ...node, content: element.content, opened: false }
    tree.formatting[listed] = made
    tree.splice(at, 1, made)
    bookmark ??= made
  }
  relocate(tree, { element, furthest, bookmark })
}

/** Puts a copy of the formatting element behind the furthest block on the stack, and at its bookmark in the list. */
function relocate(
  tree: Tree,
  move: { element: OpenElement; furthest: OpenElement; bookmark: OpenElement | null },
): void {
  const { element, furthest, bookmark } = move
  const made = { ...element, content: furthest.content, opened: false }
  if (bookmark) {
    forget(tree, element)
    tree.formatting.splice(tree.formatting.indexOf(bookmark) + 1, 0, made)
  } else tree.formatting[tree.formatting.indexOf(element)] = made
  tree.remove(element)
  tree.splice(tree.open.lastIndexOf(furthest) + 1, 0, made)
}

import { Failure } from '../../../topologies/failure.ts'
import { strip } from '../text/python-strings.ts'
import type { SoupTree } from './tree.ts'

/** What tables within tables, whose rows count for each of them, may make of a text; people do not nest tables so deeply. */
const MOST_GROWTH = 16
const LEAST_LIMIT = 2 ** 18

/** A row of a table: its cells as text, and whether one of them is a head. */
export interface Row {
  cells: string[]
  isHead: boolean
}

/** A table: the place of its element, and its rows, those of tables within it included. */
export interface Table {
  at: number
  rows: Row[]
}

/**
 * The strings of a document, each without blanks around it, one behind the other, and where those of each node begin. What is
 * within a node is a slice of them, so that cells within cells cost nothing.
 */
interface Strings {
  joined: string
  starts: Int32Array
}

/** The tables of a document of so many characters, those within others too. Throws as `limitCharacters` does. */
export function tablesOf(tree: SoupTree, length: number): Table[] {
  const tables = elementsOf(tree, 'table')
  if (tables.length === 0) return []
  const strings = stringsOf(tree)
  const places = elementsOf(tree, 'tr')
  const rows = places.map((row) => rowOf(tree, row, strings))
  const ranges = tables.map((at) => ({ at, from: firstFrom(places, at), to: firstFrom(places, endOf(tree, at)) }))
  limitCharacters(sizeOfAll(rows, ranges), length)
  return ranges.map(({ at, from, to }) => ({ at, rows: rows.slice(from, to) }))
}

/** Throws Failure `operator_failed` when the tables of a document of this length have so many characters that it must be an attack. */
export function limitCharacters(characters: number, length: number): void {
  const most = LEAST_LIMIT + MOST_GROWTH * length
  if (characters > most)
    throw new Failure(
      'operator_failed',
      `The tables of the document, those within others counted again, have more than ${most} characters.`,
    )
}

function sizeOfAll(rows: Row[], ranges: { from: number; to: number }[]): number {
  const sizes = new Float64Array(rows.length + 1)
  for (const [i, row] of rows.entries()) sizes[i + 1] = (sizes[i] ?? 0) + sizeOf(row)
  return ranges.reduce((sum, { from, to }) => sum + (sizes[to] ?? 0) - (sizes[from] ?? 0), 0)
}

/** Characters of a row, each cell and the row itself counted as one more. */
function sizeOf({ cells }: Row): number {
  return cells.reduce((sum, cell) => sum + cell.length + 1, 1)
}

/** The places of all elements of a name, in order. */
export function elementsOf(tree: SoupTree, name: string): number[] {
  return tree.flatMap((node, at) => (node.kind === 'element' && node.name === name ? [at] : []))
}

function stringsOf(tree: SoupTree): Strings {
  const pieces: string[] = []
  const starts = new Int32Array(tree.length + 1)
  let length = 0
  for (const [at, node] of tree.entries()) {
    starts[at] = length
    if (node.kind !== 'text' && node.kind !== 'cdata') continue
    const piece = strip(node.value)
    pieces.push(piece)
    length += piece.length
  }
  starts[tree.length] = length
  return { joined: pieces.join(''), starts }
}

function rowOf(tree: SoupTree, row: number, { joined, starts }: Strings): Row {
  const cells: string[] = []
  let isHead = false
  const end = endOf(tree, row)
  for (let at = row + 1; at < end; at = endOf(tree, at)) {
    const child = tree[at]
    if (child?.kind !== 'element' || (child.name !== 'td' && child.name !== 'th')) continue
    cells.push(joined.slice(starts[at], starts[child.end]))
    if (child.name === 'th') isHead = true
  }
  return { cells, isHead }
}

/** The place behind a node and all that it holds. */
function endOf(tree: SoupTree, at: number): number {
  const node = tree[at]
  return node?.kind === 'element' ? node.end : at + 1
}

/** The index of the first of ascending places that is not below this one. */
function firstFrom(places: number[], place: number): number {
  let [low, high] = [0, places.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((places[middle] ?? 0) >= place) high = middle
    else low = middle + 1
  }
  return low
}

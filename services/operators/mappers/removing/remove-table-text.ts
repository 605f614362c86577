import { z } from 'zod'
import { defineTextMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { PATTERN_SPACES } from '../../text/character-classes.ts'

/** What a row is made of: blank and tab part cells, a bar may, any other space breaks the row. */
const CELL = 0
const BLANK = 1
const BAR = 2
const LINE_FEED = 3
const SPACE = 4

const KINDS = buildKinds()

const columns = z.int().min(2).max(20)

export default defineTextMapper({
  name: 'remove_table_text_mapper',
  summary: 'Removes tables: two or more rows in sequence that have the same number of columns.',
  parameters: commonParameters.extend({
    min_col: columns.default(2).describe('smallest number of columns of a table that is removed, 2 to 20'),
    max_col: columns.default(20).describe('largest number of columns of a table that is removed, 2 to 20'),
  }),
  quirks: [
    'Columns are parted by one blank, tab or bar, so that two lines of prose with the same number of words are a table.',
    'A bar parts columns or belongs to one, whichever makes the number of columns fit.',
    'The first line of a text and a last line without a line feed are never part of a table.',
    'Blanks at the ends of a line, two in a row, or a carriage return keep a line from being a row; empty lines between rows do not.',
    'Tables with fewer columns go first, and lines that they stood between can then make another table.',
  ],
  examples: [
    {
      title: 'removes a table',
      text: 'Results\nname score\nA 1\nB 2\nThat is all of it.',
      expect: { text: 'Results\nThat is all of it.' },
    },
    { title: 'takes bars for separators', text: 'x\na|b|c\n1|2|3\n', expect: { text: 'x\n' } },
    { title: 'keeps a single row', text: 'x\na b\ny\n', expect: { text: 'x\na b\ny\n' } },
    {
      title: 'keeps tables with more columns than wanted',
      parameters: { max_col: 2 },
      text: 'x\na b c\n1 2 3\n',
      expect: { text: 'x\na b c\n1 2 3\n' },
    },
    {
      title: 'keeps the first line, and a last one that does not end',
      text: 'a b\n1 2\n3 4',
      expect: { text: 'a b\n1 2\n3 4' },
    },
    { title: 'removes a table with empty lines in it', text: 'x\na b\n\nc d\n\n\ny', expect: { text: 'x\ny' } },
  ],
  create:
    ({ min_col, max_col }) =>
    ({ value }) =>
      removeTables(value, min_col - 1, max_col - 1),
})

/** Lines that can be rows of a table, and those between them that cannot; empty lines belong to the line before them. */
interface Lines {
  /** Where each line begins; the next one's begin is its end. */
  starts: number[]
  /** The smallest and largest number of separators with which the line is a row; a line that is none has 1 and 0. */
  fewest: number[]
  most: number[]
}

/** Removes the tables whose rows have `fewest` separators, then those with one more, and so on up to `most`. */
function removeTables(text: string, fewest: number, most: number): string {
  const first = text.indexOf('\n') + 1
  if (first === 0 || fewest > most) return text
  const lines = readLines(text, first, most)
  const rows = lines.starts.length - 1
  let left: Int32Array = Int32Array.from({ length: rows }, (_, line) => line)
  for (let separators = fewest; separators <= most; separators++) left = withoutTables(lines, left, separators)
  if (left.length === rows) return text
  return text.slice(0, lines.starts[0]) + joined(text, lines, left)
}

/** The lines that stay when those runs of two or more go that are rows with this number of separators. */
function withoutTables({ fewest, most }: Lines, lines: Int32Array, separators: number): Int32Array {
  let count = 0
  let run = 0
  for (const line of lines) {
    const isRow = (fewest[line] as number) <= separators && separators <= (most[line] as number)
    if (!isRow && run > 1) count -= run
    run = isRow ? run + 1 : 0
    lines[count++] = line
  }
  return lines.subarray(0, run > 1 ? count - run : count)
}

/** Reads the lines from `start` on. Empty ones before the first are left to what stands before it. */
function readLines(text: string, start: number, most: number): Lines {
  const lines: Lines = { starts: [], fewest: [], most: [] }
  let at = skipLineFeeds(text, start)
  while (at < text.length) {
    lines.starts.push(at)
    at = readRow(text, at, { lines, limit: most })
    const end = text.indexOf('\n', at)
    if (end < 0) {
      lines.fewest[lines.starts.length - 1] = 1
      lines.most[lines.starts.length - 1] = 0
    }
    at = end < 0 ? text.length : skipLineFeeds(text, end)
  }
  lines.starts.push(text.length)
  return lines
}

/**
 * Counts the separators of the line at `start`; gives its end, or an earlier place when it is known there that it is no row
 * with up to `limit` of them. A bar can part cells when both sides of it have a character left.
 */
function readRow(text: string, start: number, { lines, limit }: { lines: Lines; limit: number }): number {
  let blanks = 0
  let bars = 0
  /** Where the cell begins, or the rest of it behind the last bar that was counted. */
  let cell = start
  let fits = true
  let i = start
  for (; i < text.length; i++) {
    const kind = KINDS[text.charCodeAt(i)] as number
    if (kind === CELL) continue
    if (kind === BAR) {
      if (i > cell && isCell(text, i + 1)) {
        bars++
        cell = i + 1
      }
      continue
    }
    if (kind === LINE_FEED) break
    fits = kind === BLANK && i > cell && ++blanks <= limit
    if (!fits) break
    cell = i + 1
  }
  if (i === cell) fits = false
  lines.fewest.push(fits ? blanks : 1)
  lines.most.push(fits ? blanks + bars : 0)
  return i
}

/** Whether a cell can go on at this place. */
function isCell(text: string, index: number): boolean {
  return (
    index < text.length &&
    (KINDS[text.charCodeAt(index)] as number) % 2 === 0 &&
    KINDS[text.charCodeAt(index)] !== SPACE
  )
}

function skipLineFeeds(text: string, start: number): number {
  let at = start
  while (at < text.length && text.charCodeAt(at) === 0x0a) at++
  return at
}

/** The lines of a list, neighbours in one piece. */
function joined(text: string, { starts }: Lines, lines: Int32Array): string {
  let made = ''
  for (let i = 0; i < lines.length; ) {
    const from = lines[i] as number
    let to = from + 1
    while (++i < lines.length && lines[i] === to) to++
    made += text.slice(starts[from], starts[to])
  }
  return made
}

function buildKinds(): Uint8Array {
  const kinds = new Uint8Array(0x10000)
  for (const [start, stop] of PATTERN_SPACES) kinds.fill(SPACE, start, stop)
  kinds[0x20] = BLANK
  kinds[0x09] = BLANK
  kinds[0x7c] = BAR
  kinds[0x0a] = LINE_FEED
  return kinds
}

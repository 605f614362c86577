import { isUtf8 } from 'node:buffer'
import { Failure } from '../../../topologies/failure.ts'
import { type LineChunk, LONGEST_LINE, type ReadOptions, withoutMark } from '../jsonl-reader.ts'
import type { Line, WholeLine } from '../line.ts'
import { sourceBytes } from '../source-bytes.ts'
import { fieldsOf, type RowSplitter, rowSplitter } from './csv-rows.ts'
import { type ColumnType, inferType, isMissing, jsonOf } from './csv-types.ts'

/** Rows from which the types of the columns are inferred, as many as pandas is asked for at a time; no more than these bytes. */
const SAMPLE_ROWS = 10_000
const SAMPLE_BYTES = 67_108_864

/**
 * The rows of a CSV file as JSON objects, typed as pandas does by the first 10,000 rows: a column that has nothing there takes
 * its type from the first value that comes. Names come from the first row. A row that has too many fields, is no UTF-8, or
 * holds a value that is not of its column's type, comes out as it stands, for the door to refuse.
 * Throws like sourceBytes, and `input_corrupt` behind the last whole row where quotes are never closed.
 */
export async function* readCsv(
  source: string,
  delimiter: ',' | '\t',
  options: ReadOptions = {},
): AsyncGenerator<LineChunk> {
  const progress = { position: 0 }
  const table = new Table(delimiter)
  let splitter: RowSplitter | null = null
  for await (const piece of sourceBytes(source, progress, options)) {
    const start = splitter ? piece : withoutMark(piece)
    splitter ??= rowSplitter(delimiter.charCodeAt(0), options.maxLineBytes ?? LONGEST_LINE, piece.length - start.length)
    const lines = table.add(splitter.push(start))
    if (lines.length > 0) yield { source, lines, position: BigInt(progress.position), blank: splitter.blank() }
  }
  const lines = [...table.add(splitter?.finish() ?? []), ...table.settle()]
  yield { source, lines, position: BigInt(progress.position), blank: splitter?.blank() ?? 0 }
  const open = splitter?.open() ?? null
  if (open === null) return
  throw new Failure(
    'input_corrupt',
    `${source} is damaged: the quotes of the row that begins in line ${open} are never closed; close them, or double those within.`,
  )
}

interface Row {
  fields: string[]
  line: WholeLine
}

/** Knows the columns, and holds rows back until it knows their types. */
class Table {
  readonly #delimiter: string
  #names: string[] | null = null
  /** The keys with colons behind them, as JSON, in the order of the output. */
  #keys: string[] = []
  /** Columns without a name in front of the others, which pandas makes the index. */
  #leading = 0
  #types: ColumnType[] | null = null
  #held: (Row | Line)[] = []
  #heldBytes = 0

  constructor(delimiter: string) {
    this.#delimiter = delimiter
  }

  add(lines: readonly Line[]): Line[] {
    const ready: Line[] = []
    for (const line of lines) {
      const row = this.#rowOf(line)
      if (row === null) continue
      if (this.#types) ready.push('fields' in row ? this.#sample(row, this.#types) : row)
      else {
        this.#held.push(row)
        this.#heldBytes += 'fields' in row ? row.line.bytes.length : 0
        if (this.#held.length >= SAMPLE_ROWS || this.#heldBytes >= SAMPLE_BYTES) ready.push(...this.settle())
      }
    }
    return ready
  }

  /** Infers the types and gives what was held back. */
  settle(): Line[] {
    const held = this.#held.splice(0)
    const rows = held.filter((row): row is Row => 'fields' in row)
    const types = this.#keys.map((_, column) => inferType(rows.map(({ fields }) => fields[column])))
    this.#types = types
    return held.map((row) => ('fields' in row ? this.#sample(row, types) : row))
  }

  /** Null for the row of names; a line that stands for itself when it cannot be a row. */
  #rowOf(line: Line): Row | Line | null {
    if (line.oversize || !isUtf8(line.bytes)) return line
    const text = Buffer.from(line.bytes.buffer, line.bytes.byteOffset, line.bytes.byteLength).toString()
    const fields = fieldsOf(text, this.#delimiter)
    if (!this.#names) {
      this.#names = columnNames(fields)
      return null
    }
    if (this.#keys.length === 0) this.#nameColumns(this.#names, fields.length)
    if (fields.length > this.#keys.length) return line
    return { fields: [...fields.slice(this.#leading), ...this.#index(fields)], line }
  }

  /** The leading fields, behind the last named column. */
  #index(fields: string[]): string[] {
    if (this.#leading === 0) return []
    const missing = this.#keys.length - fields.length
    return [...Array.from({ length: missing }, () => ''), ...fields.slice(0, this.#leading)]
  }

  #nameColumns(names: string[], fields: number): void {
    this.#leading = Math.max(0, fields - names.length)
    const index = Array.from({ length: this.#leading }, (_, i) => `__index_level_${i}__`)
    this.#keys = [...names, ...index].map((name) => `${JSON.stringify(name)}:`)
  }

  #sample({ fields, line }: Row, types: ColumnType[]): Line {
    let json = ''
    for (let column = 0; column < this.#keys.length; column++) {
      const field = fields[column]
      if (types[column] === 'empty' && !isMissing(field)) types[column] = inferType([field])
      const value = jsonOf(field, types[column] ?? 'empty')
      if (value === null) return line
      json += `${column === 0 ? '{' : ','}${this.#keys[column]}${value}`
    }
    return { ...line, bytes: Buffer.from(`${json}}`) }
  }
}

/** Names as pandas gives them: `Unnamed: 2` for none, `a.1` for the second `a`. */
export function columnNames(header: readonly string[]): string[] {
  const names = header.map((name, at) => (name === '' ? `Unnamed: ${at}` : name))
  const order = [...names.keys()].sort((a, b) => Number(header[a] === '') - Number(header[b] === '') || a - b)
  const counts = new Map<string, number>()
  for (const at of order) {
    const old = names[at] ?? ''
    let name = old
    let count = counts.get(name) ?? 0
    while (count > 0) {
      counts.set(old, count + 1)
      name = `${old}.${count}`
      count = names.includes(name) ? count + 1 : (counts.get(name) ?? 0)
    }
    names[at] = name
    counts.set(name, count + 1)
  }
  return names
}

import { type Line, LineBuffer, type Splitter } from '../line.ts'

const QUOTE = 34
const LINE_FEED = 10
const CARRIAGE_RETURN = 13
const SPACE = 32
const TAB = 9

/** Where in a row the bytes stop: at the beginning of a field, within one, within quotes, or behind a quote within quotes. */
type State = 'start' | 'plain' | 'quoted' | 'closed'

/** Splits CSV at the ends of its rows. */
export interface RowSplitter extends Splitter {
  /** The row whose quotes are still open; null when none are. */
  open(): number | null
}

/**
 * Splits at line breaks (LF, CR LF or CR) that are not within quotes, by pandas' rules: a quote opens only at the beginning of
 * a field. Rows of nothing or of blanks are counted and passed over. `line` of a row counts line breaks, those within quotes too.
 */
export function rowSplitter(delimiter: number, limit: number, startOffset = 0): RowSplitter {
  const begun = new LineBuffer(limit)
  let state: State = 'start'
  let line = 1
  let rowLine = 1
  let offset = startOffset
  let blank = 0
  let afterReturn = false

  const emit = (lines: Line[], rest: Buffer) => {
    begun.add(rest)
    const length = begun.length
    const row = begun.take({ line: rowLine, byteOffset: BigInt(offset) })
    if (!row.oversize && isBlankRow(row.bytes, delimiter)) blank++
    else lines.push(row)
    offset += length + 1
    state = 'start'
    rowLine = line
  }

  return {
    push(piece) {
      const lines: Line[] = []
      let from = 0
      for (let at = 0; at < piece.length; at++) {
        const byte = piece[at] ?? 0
        if (byte === LINE_FEED && afterReturn) {
          afterReturn = false
          if (state !== 'quoted') {
            from = at + 1
            offset++
          }
          continue
        }
        afterReturn = byte === CARRIAGE_RETURN
        const breaks = byte === LINE_FEED || afterReturn
        if (breaks) line++
        if (breaks && state !== 'quoted') {
          emit(lines, piece.subarray(from, at))
          from = at + 1
        } else state = next(state, byte, delimiter)
      }
      begun.add(piece.subarray(from))
      return lines
    },
    finish() {
      const lines: Line[] = []
      if (begun.length > 0 && state !== 'quoted') emit(lines, Buffer.alloc(0))
      return lines
    },
    blank: () => blank,
    open: () => (state === 'quoted' ? rowLine : null),
  }
}

function next(state: State, byte: number, delimiter: number): State {
  if (state === 'quoted') return byte === QUOTE ? 'closed' : 'quoted'
  if (byte === delimiter) return 'start'
  if (byte === QUOTE && state !== 'plain') return 'quoted'
  return 'plain'
}

function isBlankRow(bytes: Uint8Array, delimiter: number): boolean {
  for (const byte of bytes) if ((byte !== SPACE && byte !== TAB) || byte === delimiter) return false
  return true
}

/** The fields of a row. Quotes that open a field are taken away, doubled ones within are one; what follows the closing one is kept. */
export function fieldsOf(row: string, delimiter: string): string[] {
  if (!row.includes('"')) return row.split(delimiter)
  const fields: string[] = []
  for (let at = 0; at <= row.length; ) {
    const field = row[at] === '"' ? quotedField(row, at, delimiter) : plainField(row, at, delimiter)
    fields.push(field.text)
    at = field.end + 1
  }
  return fields
}

interface Field {
  text: string
  /** Where the delimiter behind it stands, or the end of the row. */
  end: number
}

function plainField(row: string, from: number, delimiter: string): Field {
  const found = row.indexOf(delimiter, from)
  const end = found === -1 ? row.length : found
  return { text: row.slice(from, end), end }
}

function quotedField(row: string, from: number, delimiter: string): Field {
  let text = ''
  let at = from + 1
  for (;;) {
    const quote = row.indexOf('"', at)
    if (quote === -1) return { text: text + row.slice(at), end: row.length }
    text += row.slice(at, quote)
    if (row[quote + 1] !== '"') {
      const rest = plainField(row, quote + 1, delimiter)
      return { text: text + rest.text, end: rest.end }
    }
    text += '"'
    at = quote + 2
  }
}

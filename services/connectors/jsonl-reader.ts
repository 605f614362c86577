import type { Line, Splitter } from './line.ts'
import { lineSplitter } from './line-splitter.ts'
import { type ByteSettings, sourceBytes } from './source-bytes.ts'
import { type Layout, valueSplitter, wrappingTexts } from './value-splitter.ts'

/** Some neighbouring lines of one source. */
export interface LineChunk {
  /** The path as it was given; `-` for standard input. */
  source: string
  lines: Line[]
  /** Bytes of the file that were read so far, as they lie on the disk; for progress. */
  position: bigint
  /** Blank lines passed over so far. */
  blank: number
}

export interface ReadOptions extends ByteSettings {
  /** Longer lines come out oversize. Bytes; LONGEST_LINE when not given. */
  maxLineBytes?: number
}

/** Bytes: leaves room for a record's frame in 64 MiB. */
export const LONGEST_LINE = 63 * 1_048_576
const BYTE_ORDER_MARK = Buffer.from('\ufeff')

/**
 * The lines of a file, or of standard input for `-`, in order, with bounded memory. gzip and zstd, of any number of members or
 * frames, are known by their first bytes. A byte order mark is passed over. A `.json` file may also hold one array, of objects or
 * of texts, or objects over several lines. Throws Failure `input_missing`, or after all lines before it `input_corrupt` naming file and byte, or
 * `unpacked_too_large`.
 */
export async function* readLines(source: string, options: ReadOptions = {}): AsyncGenerator<LineChunk> {
  const limit = options.maxLineBytes ?? LONGEST_LINE
  const progress = { position: 0 }
  let splitter: Splitter | null = null
  for await (const piece of sourceBytes(source, progress, options)) {
    const start: Buffer = splitter ? piece : withoutMark(piece)
    splitter ??= splitterFor(source, start, { limit, offset: piece.length - start.length })
    const lines = splitter.push(start)
    if (lines.length > 0) yield { source, lines, position: BigInt(progress.position), blank: splitter.blank() }
  }
  const lines = splitter?.finish() ?? []
  yield { source, lines, position: BigInt(progress.position), blank: splitter?.blank() ?? 0 }
}

/** The first piece of a source without its byte order mark. */
export function withoutMark(piece: Buffer): Buffer {
  return piece.subarray(0, 3).equals(BYTE_ORDER_MARK) ? piece.subarray(3) : piece
}

function splitterFor(source: string, start: Buffer, at: { limit: number; offset: number }): Splitter {
  const layout = /\.json(\.gz|\.zst)?$/i.test(source) ? layoutOf(start) : 'lines'
  if (layout === 'lines') return lineSplitter(at.limit, at.offset)
  const splitter = valueSplitter(layout, at.limit, at.offset)
  return layout === 'array' ? wrappingTexts(splitter) : splitter
}

/**
 * How a .json file is laid out: an array; values over several lines, where the first line stops between two tokens of a
 * value; else one value a line. A first line that stops within a string is a damaged line and says nothing of the rest.
 */
function layoutOf(start: Buffer): Layout | 'lines' {
  const first = start.findIndex((byte) => byte !== 32 && byte !== 9 && byte !== 10 && byte !== 13)
  if (start[first] === 91) return 'array'
  const end = start.indexOf(10, Math.max(first, 0))
  if (end === -1) return 'lines'
  const line = start.subarray(0, end)
  const complete = valueSplitter('values', Number.POSITIVE_INFINITY).push(line).length > 0
  return complete || endsInString(line) ? 'lines' : 'values'
}

function endsInString(line: Buffer): boolean {
  let inString = false
  for (let at = 0; at < line.length; at++) {
    if (line[at] === 34) inString = !inString
    else if (line[at] === 92 && inString) at++
  }
  return inString
}

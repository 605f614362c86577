import { isUtf8 } from 'node:buffer'
import { type LineChunk, LONGEST_LINE, type ReadOptions } from '../jsonl-reader.ts'
import { type Line, LineBuffer } from '../line.ts'
import { sourceBytes } from '../source-bytes.ts'

/**
 * A file as one sample, its text under `text`. Line breaks of every kind become line feeds and a byte order mark stays, as when
 * Python reads a text. What is no UTF-8 comes out as it stands, for the door to refuse. Throws like sourceBytes.
 */
export async function* readText(source: string, options: ReadOptions = {}): AsyncGenerator<LineChunk> {
  const progress = { position: 0 }
  const text = new LineBuffer(options.maxLineBytes ?? LONGEST_LINE)
  for await (const piece of sourceBytes(source, progress, options)) text.add(piece)
  const line = text.take({ line: 1, byteOffset: 0n })
  yield { source, lines: [asSample(line)], position: BigInt(progress.position), blank: 0 }
}

function asSample(line: Line): Line {
  if (line.oversize || !isUtf8(line.bytes)) return line
  const text = Buffer.from(line.bytes.buffer, line.bytes.byteOffset, line.bytes.byteLength).toString()
  return { ...line, bytes: Buffer.from(JSON.stringify({ text: text.replace(/\r\n?/g, '\n') })) }
}

import { isBlankLine, type Line, LineBuffer, type Splitter } from './line.ts'

const LINE_FEED = 10
const CARRIAGE_RETURN = 13

/**
 * Splits at line feeds. A carriage return before one belongs to the line break. Blank lines are counted and passed over.
 * Lines of more than `limit` bytes come out oversize. `startOffset`: bytes before the first piece, such as a byte order mark.
 */
export function lineSplitter(limit: number, startOffset = 0): Splitter {
  const begun = new LineBuffer(limit)
  let line = 1
  let offset = startOffset
  let blank = 0

  const emit = (lines: Line[], length: number) => {
    const taken = begun.take({ line, byteOffset: BigInt(offset) })
    if (taken.oversize) lines.push(taken)
    else emitWhole(lines, taken.bytes)
    line++
    offset += length
  }

  const emitWhole = (lines: Line[], bytes: Uint8Array) => {
    const held = bytes[bytes.length - 1] === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes
    if (isBlankLine(held)) blank++
    else lines.push({ oversize: false, line, byteOffset: BigInt(offset), bytes: held })
  }

  return {
    push(piece) {
      const lines: Line[] = []
      let at = 0
      for (let feed = piece.indexOf(LINE_FEED); feed !== -1; feed = piece.indexOf(LINE_FEED, at)) {
        // Nearly every line lies whole within its piece and needs no gathering.
        if (begun.length === 0 && feed - at <= limit) {
          emitWhole(lines, piece.subarray(at, feed))
          line++
          offset += feed - at + 1
        } else {
          begun.add(piece.subarray(at, feed))
          emit(lines, begun.length + 1)
        }
        at = feed + 1
      }
      begun.add(piece.subarray(at))
      return lines
    },
    finish() {
      const lines: Line[] = []
      if (begun.length > 0) emit(lines, begun.length)
      return lines
    },
    blank: () => blank,
  }
}

import { type Line, LineBuffer, type Splitter } from './line.ts'

/** `array`: one array of values. `values`: objects one behind the other, over several lines each. */
export type Layout = 'array' | 'values'

const QUOTE = 34
const BACKSLASH = 92

interface State {
  depth: number
  inString: boolean
  escaped: boolean
  /** Whether the array has ended. */
  closed: boolean
  line: number
  offset: number
}

/**
 * Splits a JSON file that is not one value per line into its values. What is no JSON comes out as it stands, as a value that
 * the door will refuse, so that a damaged file loses no more than it must.
 */
export function valueSplitter(layout: Layout, limit: number, startOffset = 0): Splitter {
  const base = layout === 'array' ? 1 : 0
  const begun = new LineBuffer(limit)
  const state: State = { depth: 0, inString: false, escaped: false, closed: false, line: 1, offset: startOffset }
  /** Where the value that is being gathered began; null between values. */
  let place: { line: number; byteOffset: bigint } | null = null

  const emit = (lines: Line[], rest: Buffer) => {
    if (!place) return
    begun.add(rest)
    lines.push(begun.take(place))
    place = null
  }

  return {
    push(piece) {
      const lines: Line[] = []
      let start = 0
      for (let at = 0; at < piece.length; at++) {
        const byte = piece[at] ?? 0
        if (byte === 10) state.line++
        if (state.inString) {
          if (state.escaped) state.escaped = false
          else if (byte === BACKSLASH) state.escaped = true
          else if (byte === QUOTE) state.inString = false
          continue
        }
        if (byte === 32 || byte === 10 || byte === 13 || byte === 9) continue
        if (byte === QUOTE && !state.closed) state.inString = true
        const effect = pass(byte, base, state)
        if (!place && effect !== 'between' && effect !== 'excluded') {
          place = { line: state.line, byteOffset: BigInt(state.offset + at) }
          start = at
        }
        if (effect === 'included') emit(lines, piece.subarray(start, at + 1))
        else if (effect === 'excluded') emit(lines, piece.subarray(start, at))
      }
      if (place) begun.add(piece.subarray(start))
      state.offset += piece.length
      return lines
    },
    finish() {
      const lines: Line[] = []
      emit(lines, Buffer.alloc(0))
      return lines
    },
    blank: () => 0,
  }
}

/** An array whose first value is a string is one of texts, each a sample of its own. */
export function wrappingTexts(splitter: Splitter): Splitter {
  let texts: boolean | null = null
  const wrapped = (lines: Line[]) => {
    const first = lines[0]
    if (texts === null && first) texts = (first.oversize ? first.head : first.bytes)[0] === QUOTE
    return texts ? lines.map(asSample) : lines
  }
  return { ...splitter, push: (piece) => wrapped(splitter.push(piece)), finish: () => wrapped(splitter.finish()) }
}

function asSample(line: Line): Line {
  if (line.oversize) return line
  return { ...line, bytes: Buffer.concat([Buffer.from('{"text":'), line.bytes, Buffer.from('}')]) }
}

/** What a byte outside of strings does: it ends a value, itself included or not, belongs to one, or lies between. */
function pass(byte: number, base: number, state: State): 'included' | 'excluded' | 'inside' | 'between' {
  if (state.closed) return 'inside'
  if (byte === 123 || byte === 91) return state.depth++ < base ? 'between' : 'inside'
  if (byte === 125 || byte === 93) {
    state.depth--
    if (state.depth > 0) return 'inside'
    if (base === 1) state.closed = true
    else state.depth = 0
    return base === 1 ? 'excluded' : 'included'
  }
  return byte === 44 && base === 1 && state.depth === 1 ? 'excluded' : 'inside'
}

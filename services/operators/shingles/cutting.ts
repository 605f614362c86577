import { translatePattern } from '../text/python-pattern.ts'
import { lower } from '../text/python-strings.ts'
import type { Workbench } from './workbench.ts'

const BLANK = 0x20
/** UTF-8 needs at most so many bytes for a code unit of JavaScript. */
const BYTES_PER_UNIT = 3
/** As the PyPI module regex knows it. */
const PUNCTUATION = translatePattern('\\p{P}').regExp

/** The tokens of a text, which lie in a workbench, each pair with what joins it: a run of them is one message. */
export interface Tokens {
  count: number
  /** Where the first token begins and ends, where the second one does … */
  edges: Int32Array
}

/** Puts a text into a workbench and cuts it into tokens; in lower case where that is asked for. */
export type Cutter = (value: string, bench: Workbench) => Tokens

/** What a text can be cut into. */
export type Tokenization = 'space' | 'punctuation' | 'character'

/** The cutter of a tokenization, for texts without halves of surrogate pairs. */
export function cutter(tokenization: Tokenization, lowercase: boolean): Cutter {
  const letters = lowercase ? LOWER_LETTERS : LETTERS
  return (value, bench) => {
    if (tokenization === 'punctuation') return cutAtPunctuation(lowercase ? lower(value) : value, bench)
    let end = encode(value, bench)
    const isAscii = end - bench.textAt === value.length
    if (lowercase && !isAscii && mayHaveOtherCases(bench.bytes, bench.textAt, end)) end = encode(lower(value), bench)
    return tokenization === 'space' ? cutAtBlanks(end, letters, bench) : cutIntoCharacters(end, letters, bench)
  }
}

const LETTERS = Uint8Array.from({ length: 0x100 }, (_, byte) => byte)
/** Letters of ASCII in lower case; bytes of other characters stay. */
const LOWER_LETTERS = LETTERS.map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte))

/**
 * Whether there may be a character beyond ASCII that has a lower case, by the first two bytes of each: letters of alphabets lie
 * in few places, and neither punctuation nor Chinese, Japanese, Korean or emoji among them.
 */
function mayHaveOtherCases(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number
    if (byte > 0xc2 && holdsCases(byte, bytes[at + 1] as number)) return true
  }
  return false
}

function holdsCases(first: number, second: number): boolean {
  if (first === 0xc3) return second <= 0x9e
  if (first === 0xe2) return (second >= 0x84 && second <= 0x86) || second === 0x92 || second === 0x93 || second >= 0xb0
  if (first === 0xea) return second >= 0x99 && second <= 0xae
  if (first === 0xef) return second === 0xbc
  if (first === 0xf0) return second < 0x9f
  return first < 0xe3
}

const encoder = new TextEncoder()

/** Gives where the text ends. */
function encode(value: string, bench: Workbench): number {
  bench.reserve(value.length * BYTES_PER_UNIT)
  return bench.textAt + encoder.encodeInto(value, bench.bytes.subarray(bench.textAt)).written
}

let kept: Tokens = { count: 0, edges: new Int32Array(1 << 15) }
/** Arrays for more tokens than this are not kept for the next text. */
const KEPT_TOKENS = 1 << 20

function roomFor(count: number): Tokens {
  const size = 2 * count + 2
  if (size <= kept.edges.length) return kept
  const made = { count: 0, edges: new Int32Array(Math.max(size, 2 * kept.edges.length)) }
  if (count <= KEPT_TOKENS) kept = made
  return made
}

/** Between blanks, U+0020 alone; several blanks count as one, and so they are written. */
function cutAtBlanks(end: number, letters: Uint8Array, { bytes, textAt }: Workbench): Tokens {
  const tokens = roomFor((end - textAt + 1) >> 1)
  const { edges } = tokens
  let write = textAt
  let edge = 0
  let apart = 1
  // every place is written down, and stays only if something begins or ends there: a branch is seldom foreseen here
  for (let read = textAt; read < end; read++) {
    const byte = bytes[read] as number
    const blank = byte === BLANK ? 1 : 0
    bytes[write] = letters[byte] as number
    edges[edge] = write
    edge += blank ^ apart
    write += 1 - (blank & apart)
    apart = blank
  }
  if (apart === 0) edges[edge++] = write
  tokens.count = edge >> 1
  return tokens
}

/** Code points. */
function cutIntoCharacters(end: number, letters: Uint8Array, { bytes, textAt }: Workbench): Tokens {
  const tokens = roomFor(end - textAt)
  const { edges } = tokens
  let count = 0
  for (let at = textAt; at < end; at++) {
    const byte = bytes[at] as number
    bytes[at] = letters[byte] as number
    if ((byte & 0xc0) === 0x80) continue
    if (count > 0) edges[2 * count - 1] = at
    edges[2 * count++] = at
  }
  if (count > 0) edges[2 * count - 1] = end
  tokens.count = count
  return tokens
}

/** What lies between characters of punctuation, nothing included; joined by blanks. */
function cutAtPunctuation(value: string, bench: Workbench): Tokens {
  return layOut(value.split(PUNCTUATION), bench, { apart: true })
}

/** Puts tokens into a workbench, one behind the other, with a blank between them where they are to lie apart. */
export function layOut(pieces: readonly string[], bench: Workbench, { apart }: { apart: boolean }): Tokens {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  bench.reserve(length * BYTES_PER_UNIT + pieces.length)
  const tokens = roomFor(pieces.length)
  let at = bench.textAt
  for (const [i, piece] of pieces.entries()) {
    tokens.edges[2 * i] = at
    at += encoder.encodeInto(piece, bench.bytes.subarray(at)).written
    tokens.edges[2 * i + 1] = at
    if (apart) bench.bytes[at++] = BLANK
  }
  tokens.count = pieces.length
  return tokens
}

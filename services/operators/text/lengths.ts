import type { Text } from '../../../topologies/text.ts'
import { endLine, finishLines, noLines, walkIfDue } from './census.ts'
import { CLASSES, IS_LINE_END, IS_SURROGATE } from './character-classes.ts'

/** A text's lengths in code points, with lines as `str.splitlines` has them. */
export interface LineLengths {
  length: number
  lines: number
  longestLine: number
}

/** Texts up to this length share one array of units. */
const KEPT_LENGTH = 1 << 16
/** Units that are looked at together. */
const BLOCK = 8
const kept = roomFor(KEPT_LENGTH)

/** Fails at once on a string that the engine keeps in bytes, as it does most English ones. */
const BEYOND_LATIN_1 = /[\u0100-\uffff]/
/** Of two units in one number: surrogates have it. */
const UPPERMOST_BITS = 0x80008000

/** A text's length, at less than what a census costs as long as nobody asks for more. */
export function lengthOf(text: Text): number {
  return walkIfDue(text)?.length ?? pointsOf(text.value)
}

/** How many code points a string has. */
export function pointsOf(value: string): number {
  const { length } = value
  return BEYOND_LATIN_1.test(value) ? length - pairsIn(unitsWithEnd(value), length) : length
}

/** A text's lengths, at less than what a census costs as long as nobody asks for more. */
export function lineLengths(text: Text): LineLengths {
  const walked = walkIfDue(text)
  if (walked) return walked
  const { length } = text.value
  const units = unitsWithEnd(text.value)
  const lines = noLines()
  let pairs = 0
  for (let at = nextStop(units, 0, length); at < length; at = nextStop(units, at + 1, length)) {
    const unit = units[at] as number
    if ((CLASSES[unit] as number) & IS_LINE_END) endLine(lines, unit, at - pairs)
    else pairs += isPair(units, at)
  }
  finishLines(lines, length - pairs)
  return { length: length - pairs, lines: lines.count, longestLine: lines.longest }
}

/** Where the next line end or surrogate is; `length` where there is none. */
function nextStop(units: Uint16Array, from: number, length: number): number {
  // imported bindings cost a load at each use, so the loop has its own
  const table = CLASSES
  const stops = IS_LINE_END | IS_SURROGATE
  let at = from
  while (at < length && ((table[units[at] as number] as number) & stops) === 0) at++
  return at
}

/** A string's UTF-16 code units, and zeros behind them up to a whole block. Good until the next string's are asked for. */
function unitsWithEnd(value: string): Uint16Array {
  const { length } = value
  const room = length > KEPT_LENGTH ? roomFor(length) : kept
  room.written.write(value, 0, 'utf16le')
  room.units.fill(0, length, length + BLOCK)
  return room.units
}

function roomFor(length: number): { written: Buffer; units: Uint16Array } {
  const written = Buffer.alloc((length + BLOCK) * 2)
  return { written, units: new Uint16Array(written.buffer, written.byteOffset, length + BLOCK) }
}

/** How many of these units are the first of a pair. */
function pairsIn(units: Uint16Array, length: number): number {
  const twos = new Int32Array(units.buffer, units.byteOffset, units.length >> 1)
  let pairs = 0
  for (let at = highBlock(twos, 0, length); at < length; at = highBlock(twos, at + BLOCK, length))
    for (let i = at; i < at + BLOCK; i++) pairs += isPair(units, i)
  return pairs
}

/** Where the next block begins that has a unit of those with the uppermost bit; `length` or more where there is none. */
function highBlock(twos: Int32Array, from: number, length: number): number {
  let i = from >> 1
  for (const to = length >> 1; i <= to; i += BLOCK / 2) {
    const all = (twos[i] as number) | (twos[i + 1] as number) | (twos[i + 2] as number) | (twos[i + 3] as number)
    if (all & UPPERMOST_BITS) break
  }
  return i * 2
}

function isPair(units: Uint16Array, at: number): number {
  return ((units[at] as number) & 0xfc00) === 0xd800 && ((units[at + 1] as number) & 0xfc00) === 0xdc00 ? 1 : 0
}

import type { Text } from '../../../topologies/text.ts'
import { CLASSES, IS_ALPHANUMERIC, IS_LINE_END, IS_SEPARATOR, IS_SPECIAL, IS_SURROGATE } from './character-classes.ts'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** What one walk over a text counts. All lengths are code points, as in Python. */
export interface Census {
  length: number
  alphanumeric: number
  special: number
  /** Lines as `str.splitlines` has them. */
  lines: number
  longestLine: number
}

/** A text as code points, and where its words (runs without blank, tab and line feed) begin and end. */
export interface Characters {
  length: number
  /** At least `length` code points; surrogates without a partner count as themselves. */
  points: Int32Array
  /** Each code point of ASCII in lower case, `FOREIGN` for all others and for NUL; with some bytes of anything behind them. */
  bytes: Uint8Array
  /** Places in `points`: the begin of the first word, its end, the begin of the second one … */
  edges: Int32Array
  /** How many of the edges count: two for each word. */
  edgeCount: number
}

/** Lines so far; places are in code points. */
export interface Lines {
  count: number
  longest: number
  start: number
  carriageReturn: number
}

/** A walk over a text and what it came by; the arrays are used again for the next one. */
interface Walk extends Characters {
  text: Text | null
  units: Uint16Array
  /** The same memory as `units`. */
  written: Buffer
  lines: Lines
  alphanumeric: number
  special: number
  /** 1 when the last character was a separator, or when there was none. */
  apart: number
}

/** Texts up to this length share one walk's arrays; a longer one gets its own, which are not kept. */
const KEPT_LENGTH = 1 << 18

/** What stands in the bytes for characters that are none of ASCII. */
export const FOREIGN = 0x80
/** Bytes that may be read behind the last character. */
export const BYTES_BEHIND = 16

// What is known of a UTF-16 unit, so laid out that the sum of many is a count of two things at once.
const SPECIAL_AT = 10
const COUNT_MASK = (1 << SPECIAL_AT) - 1
/** Units that are summed up before a count could overflow into the next. */
const STRIDE = 1 << (SPECIAL_AT - 1)
const BYTE_AT = 20
const ENDS_LINE = 1 << 29
const IS_HALF = 1 << 30
const SEPARATES = 1 << 31
/** What a stride ends at. */
const STOPS = ENDS_LINE | IS_HALF

const UNIT_TRAITS = unitTraits()

function unitTraits(): Int32Array {
  const traits = new Int32Array(0x10000)
  for (let unit = 0; unit < traits.length; unit++)
    traits[unit] = traitsOf(CLASSES[unit] as number) | (byteOf(unit) << BYTE_AT)
  return traits
}

function traitsOf(classes: number): number {
  return (
    (classes & IS_ALPHANUMERIC ? 1 : 0) |
    (classes & IS_SPECIAL ? 1 << SPECIAL_AT : 0) |
    (classes & IS_LINE_END ? ENDS_LINE : 0) |
    (classes & IS_SURROGATE ? IS_HALF : 0) |
    (classes & IS_SEPARATOR ? SEPARATES : 0)
  )
}

function byteOf(unit: number): number {
  if (unit === 0 || unit > 0x7f) return FOREIGN
  return unit >= 0x41 && unit <= 0x5a ? unit | 0x20 : unit
}

/** A string's UTF-16 code units. */
export function unitsOf(value: string): Uint16Array {
  const bytes = Buffer.from(value, 'utf16le')
  return new Uint16Array(bytes.buffer, bytes.byteOffset, value.length)
}

/** The code point at `index`: a whole pair, or the single unit. */
export function pairAt(units: Uint16Array, index: number): number {
  const first = units[index] as number
  const second = units[index + 1] ?? 0
  if ((first & 0xfc00) !== 0xd800 || (second & 0xfc00) !== 0xdc00) return first
  return 0x10000 + ((first & 0x3ff) << 10) + (second & 0x3ff)
}

/** Counts a text. */
export function census(text: Text): Census {
  return countsOf(walkOf(text))
}

function countsOf({ length, alphanumeric, special, lines }: Walk): Census {
  return { length, alphanumeric, special, lines: lines.count, longestLine: lines.longest }
}

/**
 * The census for who would come by less more cheaply: of a text that was walked over, and of one of which more will be asked,
 * which is so when more was asked of the text before: a chain asks the same of each.
 */
export function walkIfDue(text: Text): Census | null {
  if (latest.text === text) return countsOf(latest)
  if (alone.text !== text) {
    alone.isDue = alone.more
    alone.text = text
    alone.more = false
  }
  return alone.isDue ? countsOf(walked(text)) : null
}

/** The text of which `walkIfDue` was asked last, what it said, and whether more was asked of that text later. */
const alone: { text: Text | null; isDue: boolean; more: boolean } = { text: null, isDue: false, more: false }

/** A text's characters. Good until those of another text are asked for, as the arrays are used again. */
export function charactersOf(text: Text): Characters {
  return walkOf(text)
}

/** How many of a text's words are more than special characters. */
export function plainWords(text: Text): number {
  const { points, edges, edgeCount } = walkOf(text)
  const table = CLASSES
  const special = IS_SPECIAL
  let count = 0
  for (let edge = 0; edge < edgeCount; edge += 2) {
    let place = edges[edge] as number
    const end = edges[edge + 1] as number
    while (place < end && (table[points[place] as number] as number) & special) place++
    if (place < end) count++
  }
  return count
}

let latest = roomFor(1 << 12)

function roomFor(length: number): Walk {
  const written = Buffer.alloc(length * 2 + 2)
  return {
    text: null,
    length: 0,
    written,
    units: new Uint16Array(written.buffer, written.byteOffset, length + 1),
    points: new Int32Array(length + 1),
    bytes: new Uint8Array(length + BYTES_BEHIND),
    edges: new Int32Array(length + 2),
    edgeCount: 0,
    lines: noLines(),
    alphanumeric: 0,
    special: 0,
    apart: 1,
  }
}

function walkOf(text: Text): Walk {
  if (alone.text === text) alone.more = true
  return walked(text)
}

function walked(text: Text): Walk {
  if (latest.text === text) return latest
  const { length } = text.value
  const room = latest.points.length - 1
  if (length > room) latest = roomFor(length > KEPT_LENGTH ? length : 2 ** Math.ceil(Math.log2(length)))
  else if (room > KEPT_LENGTH) latest = roomFor(Math.max(length, 1 << 12))
  walk(latest, text)
  return latest
}

function walk(way: Walk, text: Text): void {
  const { units } = way
  const { length } = text.value
  way.written.write(text.value, 0, 'utf16le')
  units[length] = 0
  way.text = text
  way.length = way.edgeCount = way.alphanumeric = way.special = 0
  way.apart = 1
  way.lines = noLines()
  for (let at = 0; at < length; ) {
    at = stride(way, at, Math.min(at + STRIDE, length))
    if ((UNIT_TRAITS[units[at] as number] as number) & STOPS) at = step(way, at)
  }
  if (!way.apart) way.edges[way.edgeCount++] = way.length
  finishLines(way.lines, way.length)
}

/** Walks from one unit to another, or to the first one that a `step` is for; gives where it has come to. */
function stride(way: Walk, from: number, to: number): number {
  const { units, points, bytes, edges } = way
  // imported bindings and properties cost a load at each use, so the loop has its own
  const table = UNIT_TRAITS
  const byteAt = BYTE_AT
  const stops = STOPS
  let place = way.length
  let edge = way.edgeCount
  let apart = way.apart
  let sum = 0
  let i = from
  for (; i < to; i++) {
    const unit = units[i] as number
    const traits = table[unit] as number
    if (traits & stops) break
    points[place] = unit
    bytes[place] = traits >>> byteAt
    sum = (sum + traits) | 0
    // every place is written down, and stays only if something begins or ends there: a branch is seldom foreseen here
    edges[edge] = place++
    const separator = traits >>> 31
    edge += separator ^ apart
    apart = separator
  }
  way.length = place
  way.edgeCount = edge
  way.apart = apart
  way.alphanumeric += sum & COUNT_MASK
  way.special += (sum >>> SPECIAL_AT) & COUNT_MASK
  return i
}

/** Walks over one character that ends a line or is no single unit, for which the loop of a stride would be slower; gives the next one's place. */
function step(way: Walk, at: number): number {
  const { points, bytes, edges, length: place } = way
  const point = pairAt(way.units, at)
  const isPair = point > 0xffff
  const traits = isPair ? traitsOf(CLASSES[point] as number) | (FOREIGN << BYTE_AT) : (UNIT_TRAITS[point] as number)
  if (traits & ENDS_LINE) endLine(way.lines, point, place)
  points[place] = point
  bytes[place] = traits >>> BYTE_AT
  edges[way.edgeCount] = place
  way.edgeCount += (traits >>> 31) ^ way.apart
  way.apart = traits >>> 31
  way.alphanumeric += traits & 1
  way.special += (traits >>> SPECIAL_AT) & 1
  way.length++
  return at + (isPair ? 2 : 1)
}

/** No lines yet. */
export function noLines(): Lines {
  return { count: 0, longest: 0, start: 0, carriageReturn: -2 }
}

/** Ends the last line of a text of this length, if it has no end of its own. */
export function finishLines(lines: Lines, length: number): void {
  if (length > lines.start) endLine(lines, LINE_FEED, length)
}

/** Ends a line at `place`, in code points; a line feed right behind a carriage return only ends the same line once more. */
export function endLine(lines: Lines, unit: number, place: number): void {
  const again = unit === LINE_FEED && place === lines.carriageReturn + 1
  if (!again) {
    lines.longest = Math.max(lines.longest, place - lines.start)
    lines.count++
  }
  if (unit === CARRIAGE_RETURN) lines.carriageReturn = place
  lines.start = place + 1
}

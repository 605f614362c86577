import { CLASSES, IS_SPECIAL } from '../text/character-classes.ts'
import { lower } from '../text/python-strings.ts'

/**
 * The words met so far, each with a number, so that a text's words are looked up and not worked out: most words of a text
 * have been met before. Words are code points; the numbers begin with 1.
 */
export interface Vocabulary {
  size: number
  /** An open-addressing table of word numbers; 0 is free. */
  slots: Int32Array
  /** Four for each word: both halves of its key, the number of its refined word (0: nothing left; -1: not yet asked), 0. */
  entries: Int32Array
  /** Where each word begins in `points`; the next one's begin is its end. */
  starts: Int32Array
  points: Int32Array
}

/** A part of an array of code points. */
export interface Span {
  points: Int32Array
  start: number
  end: number
}

/** Words and code points behind which a vocabulary is given up for a new one: the common words are met again at once. */
const LARGEST_SIZE = 1 << 16
const LARGEST_POINTS = 1 << 19

/** A word of up to this many ASCII characters is its own key: seven bits each. */
export const PACKED_LENGTH = 8
export const PACKED_HALF = (1 << 28) - 1

// Odd, and unknown to whoever makes up texts, so that no one can choose words that share a slot.
const LOW_FACTOR = randomFactor()
const HIGH_FACTOR = randomFactor()
const HASH_SEED = randomFactor()
const FNV_PRIME = 0x01000193

function randomFactor(): number {
  return Math.floor(Math.random() * 2 ** 32) | 1
}

/** The factors for `slotOf`, for a loop that has it written out. */
export const SLOT_FACTORS = { low: LOW_FACTOR, high: HIGH_FACTOR }

let current = emptyVocabulary()

/** The vocabulary to use for another text; those that were handed out before stay good for whoever has them. */
export function vocabulary(): Vocabulary {
  if (current.size > LARGEST_SIZE || (current.starts[current.size + 1] as number) > LARGEST_POINTS)
    current = emptyVocabulary()
  return current
}

/** A vocabulary without words. */
export function emptyVocabulary(): Vocabulary {
  return {
    size: 0,
    slots: new Int32Array(1 << 12),
    entries: new Int32Array(1 << 12),
    starts: new Int32Array(1 << 10),
    points: new Int32Array(1 << 13),
  }
}

/** A word's number; it is added when it is new. */
export function numberOf(words: Vocabulary, span: Span): number {
  const { low, high } = keyOf(span)
  const mask = words.slots.length - 1
  let slot = slotOf(words, low, high)
  for (let number = words.slots[slot] as number; number > 0; number = words.slots[slot] as number) {
    if (words.entries[number * 4] === low && words.entries[number * 4 + 1] === high) {
      if (high >= 0 || isWord(words, number, span)) return number
    }
    slot = (slot + 1) & mask
  }
  const number = add(words, span, { low, high })
  words.slots[slot] = number
  if (words.size * 2 > words.slots.length) widenSlots(words)
  return number
}

/** The number of a word's refined form: in lower case and without the special characters around it; 0 when nothing is left. */
export function refinedOf(words: Vocabulary, number: number): number {
  const known = words.entries[number * 4 + 2] as number
  if (known >= 0) return known
  const start = words.starts[number] as number
  const end = words.starts[number + 1] as number
  const refined = strip(lowered({ points: words.points, start, end }))
  const found = refined.start === refined.end ? 0 : numberOf(words, refined)
  words.entries[number * 4 + 2] = found
  return found
}

/** A word as a string. */
export function wordOf(words: Vocabulary, number: number): string {
  return stringOf({
    points: words.points,
    start: words.starts[number] as number,
    end: words.starts[number + 1] as number,
  })
}

/** Key halves: for a short word of ASCII the word itself and its length, for others a hash, with the sign bit to tell. */
function keyOf(span: Span): { low: number; high: number } {
  const { points, start, end } = span
  const length = end - start
  if (length > PACKED_LENGTH) return hashOf(span)
  let low = 0
  let high = 0
  for (let i = start; i < end; i++) {
    const point = points[i] as number
    if (point > 0x7f) return hashOf(span)
    high = (high << 7) | (low >>> 21)
    low = ((low << 7) & PACKED_HALF) | point
  }
  return { low, high: high | ((length - 1) << 28) }
}

/** The key of a word that is long or not ASCII: FNV-1a and the length. */
export function hashOf({ points, start, end }: Span): { low: number; high: number } {
  let hash = HASH_SEED
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (points[i] as number), FNV_PRIME)
  return { low: hash ^ (hash >>> 15), high: (end - start) | (1 << 31) }
}

function slotOf({ slots }: Vocabulary, low: number, high: number): number {
  const mixed = (Math.imul(low, LOW_FACTOR) + Math.imul(high, HIGH_FACTOR)) | 0
  return mixed >>> (Math.clz32(slots.length) + 1)
}

/** Whether this is the word of that number. */
export function isWord(words: Vocabulary, number: number, { points, start, end }: Span): boolean {
  let own = words.starts[number] as number
  if ((words.starts[number + 1] as number) - own !== end - start) return false
  for (let i = start; i < end; i++) if (points[i] !== words.points[own++]) return false
  return true
}

function add(words: Vocabulary, { points, start, end }: Span, key: { low: number; high: number }): number {
  const number = ++words.size
  words.entries = withRoom(words.entries, number * 4 + 4)
  words.starts = withRoom(words.starts, number + 2)
  const from = words.starts[number] as number
  words.points = withRoom(words.points, from + end - start)
  words.points.set(points.subarray(start, end), from)
  words.starts[number + 1] = from + end - start
  words.entries.set([key.low, key.high, -1, 0], number * 4)
  return number
}

function withRoom(array: Int32Array, room: number): Int32Array {
  if (room <= array.length) return array
  const wider = new Int32Array(2 ** Math.ceil(Math.log2(room + 1)))
  wider.set(array)
  return wider
}

/** Doubles the table, which is at most half full. */
function widenSlots(words: Vocabulary): void {
  const { entries } = words
  words.slots = new Int32Array(words.slots.length * 2)
  const mask = words.slots.length - 1
  for (let number = 1; number <= words.size; number++) {
    let slot = slotOf(words, entries[number * 4] as number, entries[number * 4 + 1] as number)
    while (words.slots[slot] !== 0) slot = (slot + 1) & mask
    words.slots[slot] = number
  }
}

/** In lower case. Words may be lower-cased one by one, because no rule of Unicode looks beyond a blank. */
function lowered(span: Span): Span {
  const { points, start, end } = span
  const made = points.slice(start, end)
  for (let i = 0; i < made.length; i++) {
    const point = made[i] as number
    if (point > 0x7f) return pointsOf(lower(stringOf(span)))
    if (point >= 0x41 && point <= 0x5a) made[i] = point | 0x20
  }
  return { points: made, start: 0, end: made.length }
}

function strip({ points, start, end }: Span): Span {
  while (start < end && isSpecial(points[start])) start++
  while (end > start && isSpecial(points[end - 1])) end--
  return { points, start, end }
}

function isSpecial(point = 0): boolean {
  return ((CLASSES[point] as number) & IS_SPECIAL) !== 0
}

function pointsOf(value: string): Span {
  const points = Int32Array.from(value, (symbol) => symbol.codePointAt(0) ?? 0)
  return { points, start: 0, end: points.length }
}

/** Points that one call can take as arguments. */
const ARGUMENTS = 4096

function stringOf({ points, start, end }: Span): string {
  let made = ''
  for (let from = start; from < end; from += ARGUMENTS)
    made += String.fromCodePoint(...points.subarray(from, Math.min(from + ARGUMENTS, end)))
  return made
}

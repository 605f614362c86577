/**
 * The words met so far, each with a number from 1 on. Most words of a text have been met before, in it or in another, so that
 * numbers take the place of strings.
 */
export interface Vocabulary {
  size: number
  /** An open-addressing table of word numbers, at most half full; 0 is free. */
  slots: Int32Array
  /** Four for each word: its key. */
  keys: Int32Array
  /** Where each word begins in `points`; the next one's begin is its end. */
  starts: Int32Array
  /** The code points of all words. */
  points: Int32Array
}

/** A part of an array of code points. */
export interface Span {
  points: Int32Array
  start: number
  end: number
}

/** Words and code points behind which a vocabulary is given up for a new one, which soon has the common words again. */
const LARGEST_SIZE = 1 << 17
const LARGEST_POINTS = 1 << 20

/** A word of up to this many ASCII characters (none of them NUL) is its own key: its bytes, the first one lowest, and zeros. */
export const PACKED_LENGTH = 16
/** This bit of a key's first number tells keys that are hashes. */
const HASHED = 0x80

/** Odd, and unknown to whoever makes up texts, so that no one can choose words that share a slot. */
export const SLOT_FACTORS = [randomFactor(), randomFactor(), randomFactor(), randomFactor()] as const
const HASH_SEED = randomFactor()
const FNV_PRIME = 0x01000193

function randomFactor(): number {
  return Math.floor(Math.random() * 2 ** 32) | 1
}

let current = emptyVocabulary()

/** The vocabulary for another text. Those that were handed out before stay good for whoever has them. */
export function vocabulary(): Vocabulary {
  const points = current.starts[current.size + 1] as number
  if (current.size > LARGEST_SIZE || points > LARGEST_POINTS) current = emptyVocabulary()
  return current
}

function emptyVocabulary(): Vocabulary {
  return {
    size: 0,
    slots: new Int32Array(1 << 12),
    keys: new Int32Array(1 << 12),
    starts: new Int32Array(1 << 11),
    points: new Int32Array(1 << 13),
  }
}

/** A word's number; it is added when it is new. The word has at least one code point. */
export function numberOf(words: Vocabulary, word: Span): number {
  const { slots, keys } = words
  setKey(word)
  const mask = slots.length - 1
  let slot = slotOf(slots, KEY, 0)
  for (let number = slots[slot] as number; number > 0; number = slots[slot] as number) {
    if (hasKey(keys, number * 4) && (((KEY[0] as number) & HASHED) === 0 || isWord(words, number, word))) return number
    slot = (slot + 1) & mask
  }
  slots[slot] = add(words, word)
  if (words.size * 2 > slots.length) widenSlots(words)
  return words.size
}

/** A word as a string. */
export function wordOf({ points, starts }: Vocabulary, number: number): string {
  return stringOf({ points, start: starts[number] as number, end: starts[number + 1] as number })
}

/** Code points as a string. */
export function stringOf({ points, start, end }: Span): string {
  let made = ''
  for (let i = start; i < end; i++) made += String.fromCodePoint(points[i] as number)
  return made
}

/** A string as code points. */
export function spanOf(value: string): Span {
  const points = Int32Array.from(value, (symbol) => symbol.codePointAt(0) ?? 0)
  return { points, start: 0, end: points.length }
}

/** The key of the word that is looked for. */
const KEY = new Int32Array(4)
const KEY_BYTES = new Uint8Array(KEY.buffer)

/** The word itself when it is short and ASCII; else a hash and the length. */
function setKey({ points, start, end }: Span): void {
  KEY.fill(0)
  let united = end - start > PACKED_LENGTH ? -1 : 0
  for (let i = start; i < end && united >>> 7 === 0; i++) {
    const point = points[i] as number
    united |= point === 0 ? -1 : point
    KEY_BYTES[i - start] = point
  }
  if (united >>> 7 === 0) return
  let hash = HASH_SEED
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (points[i] as number), FNV_PRIME)
  KEY.fill(0)
  KEY[0] = hash | HASHED
  KEY[1] = end - start
}

function hasKey(keys: Int32Array, at: number): boolean {
  return keys[at] === KEY[0] && keys[at + 1] === KEY[1] && keys[at + 2] === KEY[2] && keys[at + 3] === KEY[3]
}

function slotOf({ length }: Int32Array, keys: Int32Array, at: number): number {
  let mixed = 0
  for (let i = 0; i < 4; i++) mixed = (mixed + Math.imul(keys[at + i] as number, SLOT_FACTORS[i] as number)) | 0
  return mixed >>> (Math.clz32(length) + 1)
}

function isWord(words: Vocabulary, number: number, { points, start, end }: Span): boolean {
  const own = words.points
  let place = words.starts[number] as number
  if ((words.starts[number + 1] as number) - place !== end - start) return false
  for (let i = start; i < end; i++) if (points[i] !== own[place++]) return false
  return true
}

function add(words: Vocabulary, { points, start, end }: Span): number {
  const number = ++words.size
  words.keys = withRoom(words.keys, number * 4 + 4)
  words.keys.set(KEY, number * 4)
  words.starts = withRoom(words.starts, number + 2)
  let place = words.starts[number] as number
  words.points = withRoom(words.points, place + end - start)
  for (let i = start; i < end; i++) words.points[place++] = points[i] as number
  words.starts[number + 1] = place
  return number
}

function withRoom(array: Int32Array, room: number): Int32Array {
  if (room <= array.length) return array
  const wider = new Int32Array(2 ** Math.ceil(Math.log2(room)))
  wider.set(array)
  return wider
}

function widenSlots(words: Vocabulary): void {
  const { keys } = words
  words.slots = new Int32Array(words.slots.length * 2)
  const mask = words.slots.length - 1
  for (let number = 1; number <= words.size; number++) {
    let slot = slotOf(words.slots, keys, number * 4)
    while (words.slots[slot] !== 0) slot = (slot + 1) & mask
    words.slots[slot] = number
  }
}

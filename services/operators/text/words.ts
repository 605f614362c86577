import type { Text } from '../../../topologies/text.ts'
import { pairAt, unitsOf } from './census.ts'
import { CLASSES, IS_SEPARATOR, IS_SPECIAL, IS_SURROGATE } from './character-classes.ts'
import { lowerCase } from './python-strings.ts'

/**
 * The refined words of a text: lower-cased, split at blank, tab and line feed, special characters stripped from both ends,
 * empty ones left out. Word i is `lowered.slice(starts[i], ends[i])`; no string is made for it until someone asks.
 */
export interface Words {
  lowered: string
  units: Uint16Array
  count: number
  starts: Int32Array
  ends: Int32Array
  /** `hashUnits` of each word. */
  hashes: Int32Array
}

/** A text's refined words, found in one walk: special characters are skipped until a word begins, and blanks are special. */
export function refinedWords(text: Text): Words {
  const lowered = text.view(lowerCase)
  const units = unitsOf(lowered)
  const room = (units.length >> 1) + 1
  const starts = new Int32Array(room)
  const ends = new Int32Array(room)
  const hashes = new Int32Array(room)
  const words: Words = { lowered, units, count: 0, starts, ends, hashes }
  const table = CLASSES
  let count = 0
  let i = 0
  while (i < units.length) {
    const first = table[units[i] as number] as number
    if (first & (IS_SPECIAL | IS_SURROGATE)) {
      const point = pairAt(units, i)
      i += point > 0xffff ? 2 : 1
    }
  }
  return words
}

/** FNV-1a over code units, mixed once more so that its low bits are good for a table. */
export function hashUnits(units: Uint16Array, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (units[i] as number), 0x01000193)
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
}

/** The words as strings. */
export function wordStrings(words: Words): string[] {
  return Array.from({ length: words.count }, (_, i) => words.lowered.slice(words.starts[i], words.ends[i]))
}

/** Each word's number: the index of the first word that is equal to it. */
export function wordNumbers(text: Text): Int32Array {
  const words = text.view(refinedWords)
  const numbers = new Int32Array(words.count)
  const slots = new Int32Array(slotsFor(words.count))
  for (let i = 0; i < words.count; i++) numbers[i] = firstEqual(words, slots, i)
  return numbers
}

/** Looks a word up in the table of those before it (word index + 1, 0 for free), and adds it when it is new. */
function firstEqual(words: Words, slots: Int32Array, word: number): number {
  const hash = words.hashes[word] as number
  const mask = slots.length - 1
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    const held = (slots[slot] as number) - 1
    if (held < 0) {
      slots[slot] = word + 1
      return word
    }
    if (words.hashes[held] === hash && sameWord(words, held, word)) return held
  }
}

function sameWord(words: Words, one: number, other: number): boolean {
  const { units } = words
  let i = words.starts[one] as number
  const end = words.ends[one] as number
  let k = words.starts[other] as number
  if (end - i !== (words.ends[other] as number) - k) return false
  while (i < end) if (units[i++] !== units[k++]) return false
  return true
}

/** The size of an open-addressing table: a power of two, at most half full. */
export function slotsFor(entries: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(entries, 8) * 2))
}

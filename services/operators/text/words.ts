import type { Text } from '../../../topologies/text.ts'
import { census, pairAt, unitsOf } from './census.ts'
import { CLASSES, IS_SEPARATOR, IS_SPECIAL, IS_SURROGATE } from './character-classes.ts'
import { lowerCase } from './python-strings.ts'

const FNV_SEED = 0x811c9dc5
const FNV_PRIME = 0x01000193

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

/** A text's refined words, found and hashed in one walk. */
export function refinedWords(text: Text): Words {
  const lowered = text.view(lowerCase)
  const words = roomForWords(lowered, text.view(census).words)
  const { units } = words
  const table = CLASSES
  const special = IS_SPECIAL
  const separator = IS_SEPARATOR
  const surrogate = IS_SURROGATE
  const prime = FNV_PRIME
  let start = -1
  let hash = 0
  // where the word would end, and its hash, if only special characters followed
  let end = 0
  let hashAtEnd = 0
  for (let i = 0; i < units.length; i++) {
    const unit = units[i] as number
    let classes = table[unit] as number
    const paired = (classes & surrogate) !== 0 && pairAt(units, i) > 0xffff
    if (paired) classes = table[pairAt(units, i)] as number
    if (start < 0) {
      if (classes & special) {
        if (paired) i++
        continue
      }
      start = i
      hash = FNV_SEED
    } else if (classes & separator) {
      addWord(words, { start, end, hash: hashAtEnd })
      start = -1
      continue
    }
    hash = Math.imul(hash ^ unit, prime)
    if (paired) hash = Math.imul(hash ^ (units[++i] as number), prime)
    if (classes & special) continue
    end = i + 1
    hashAtEnd = hash
  }
  if (start >= 0) addWord(words, { start, end, hash: hashAtEnd })
  return words
}

function addWord(words: Words, { start, end, hash }: { start: number; end: number; hash: number }): void {
  if (words.count === words.starts.length) widen(words)
  words.starts[words.count] = start
  words.ends[words.count] = end
  words.hashes[words.count++] = spread(hash)
}

function roomForWords(lowered: string, room: number): Words {
  const [starts, ends, hashes] = [new Int32Array(room), new Int32Array(room), new Int32Array(room)]
  return { lowered, units: unitsOf(lowered), count: 0, starts, ends, hashes }
}

/** Doubles the room; a few special characters are none in lower case, so that there may be more words than were counted. */
function widen(words: Words): void {
  const wider = roomForWords('', words.starts.length * 2 + 8)
  wider.starts.set(words.starts)
  wider.ends.set(words.ends)
  wider.hashes.set(words.hashes)
  words.starts = wider.starts
  words.ends = wider.ends
  words.hashes = wider.hashes
}

/** FNV-1a over code units, mixed once more so that its low bits are good for a table. */
export function hashUnits(units: Uint16Array): number {
  let hash = FNV_SEED
  for (const unit of units) hash = Math.imul(hash ^ unit, FNV_PRIME)
  return spread(hash)
}

function spread(hash: number): number {
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

import type { Text } from '../../../topologies/text.ts'
import { pairAt, unitsOf } from './census.ts'
import { CLASSES, IS_SEPARATOR, IS_SPECIAL, IS_SURROGATE } from './character-classes.ts'
import { lowerCase } from './lower-case.ts'

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

/** A text's refined words. */
export function refinedWords(text: Text): Words {
  const lowered = text.view(lowerCase)
  const units = unitsOf(lowered)
  const room = (units.length >> 1) + 1
  const words: Words = {
    lowered,
    units,
    count: 0,
    starts: new Int32Array(room),
    ends: new Int32Array(room),
    hashes: new Int32Array(room),
  }
  let start = 0
  for (let i = 0; i <= units.length; i++) {
    if (i < units.length && !((CLASSES[units[i] as number] as number) & IS_SEPARATOR)) continue
    if (i > start) addWord(words, start, i)
    start = i + 1
  }
  return words
}

/** Strips a word and notes it, unless nothing is left. */
function addWord(words: Words, from: number, to: number): void {
  const { units } = words
  let start = from
  let end = to
  while (start < end && (CLASSES[units[start] as number] as number) & (IS_SPECIAL | IS_SURROGATE)) {
    const point = start + 1 < end ? pairAt(units, start) : (units[start] as number)
    if (!((CLASSES[point] as number) & IS_SPECIAL)) break
    start += point > 0xffff ? 2 : 1
  }
  while (end > start && (CLASSES[units[end - 1] as number] as number) & (IS_SPECIAL | IS_SURROGATE)) {
    const pair = end - 2 >= start ? pairAt(units, end - 2) : 0
    const point = pair > 0xffff ? pair : (units[end - 1] as number)
    if (!((CLASSES[point] as number) & IS_SPECIAL)) break
    end -= point > 0xffff ? 2 : 1
  }
  if (start === end) return
  words.starts[words.count] = start
  words.ends[words.count] = end
  words.hashes[words.count++] = hashUnits(units, start, end)
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

/** Each word's number: equal words have equal numbers, counted up from 0 in the order of their first place. */
export function wordNumbers(text: Text): Int32Array {
  const words = text.view(refinedWords)
  const { units, starts, ends, hashes, count } = words
  const numbers = new Int32Array(count)
  const slots = new Int32Array(tableSize(count))
  const mask = slots.length - 1
  let distinct = 0
  const first: number[] = []
  for (let i = 0; i < count; i++) {
    const hash = hashes[i] as number
    const start = starts[i] as number
    const end = ends[i] as number
    let slot = (hash ^ (hash >>> 16)) & mask
    for (;;) {
      const held = (slots[slot] as number) - 1
      if (held < 0) {
        slots[slot] = i + 1
        first.push(i)
        numbers[i] = distinct++
        break
      }
      const same = hashes[held] === hash && sameUnits(units, [starts[held] as number, ends[held] as number], [start, end])
      if (same) {
        numbers[i] = numbers[held] as number
        break
      }
      slot = (slot + 1) & mask
    }
  }
  return numbers
}

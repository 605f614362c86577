import type { Text } from '../../../topologies/text.ts'
import { type Characters, charactersOf } from '../text/census.ts'
import {
  hashOf,
  isWord,
  numberOf,
  PACKED_HALF,
  PACKED_LENGTH,
  refinedOf,
  SLOT_FACTORS,
  type Vocabulary,
  vocabulary,
  wordOf,
} from './vocabulary.ts'

/**
 * The refined words of a text: lower-cased, split at blank, tab and line feed, special characters stripped from both ends,
 * empty ones left out. Equal words have the same number in the vocabulary.
 */
export interface Words {
  vocabulary: Vocabulary
  numbers: Int32Array
}

/** A text's refined words. */
export function refinedWords(text: Text): Words {
  const characters = charactersOf(text)
  const words = vocabulary()
  const numbers = new Int32Array(characters.edgeCount / 2)
  const count = lookUpWords(characters, words, numbers)
  return { vocabulary: words, numbers: numbers.subarray(0, count) }
}

/** The words as strings. */
export function wordStrings({ vocabulary: words, numbers }: Words): string[] {
  return Array.from(numbers, (number) => wordOf(words, number))
}

/** Fills in the number of each refined word; gives how many there are. The look-up of `numberOf`, written out for speed. */
function lookUpWords({ points, edges, edgeCount }: Characters, words: Vocabulary, numbers: Int32Array): number {
  const { low: lowFactor, high: highFactor } = SLOT_FACTORS
  const half = PACKED_HALF
  const packed = PACKED_LENGTH
  let { slots, entries } = words
  let mask = slots.length - 1
  let shift = Math.clz32(slots.length) + 1
  let count = 0
  for (let edge = 0; edge < edgeCount; edge += 2) {
    const start = edges[edge] as number
    const end = edges[edge + 1] as number
    let low = 0
    let high = 0
    let united = 0
    if (end - start <= packed) {
      for (let i = start; i < end; i++) {
        const point = points[i] as number
        united |= point
        high = (high << 7) | (low >>> 21)
        low = ((low << 7) & half) | point
      }
      high |= (end - start - 1) << 28
    } else united = -1
    if (united & ~0x7f) ({ low, high } = hashOf({ points, start, end }))
    let slot = ((Math.imul(low, lowFactor) + Math.imul(high, highFactor)) | 0) >>> shift
    let refined = -1
    for (let number = slots[slot] as number; number > 0; number = slots[slot] as number) {
      const at = number << 2
      if (entries[at] === low && entries[at + 1] === high) {
        if (high >= 0 || isWord(words, number, { points, start, end })) {
          refined = entries[at + 2] as number
          break
        }
      }
      slot = (slot + 1) & mask
    }
    if (refined < 0) {
      refined = refinedOf(words, numberOf(words, { points, start, end }))
      slots = words.slots
      entries = words.entries
      mask = slots.length - 1
      shift = Math.clz32(slots.length) + 1
    }
    numbers[count] = refined
    if (refined > 0) count++
  }
  return count
}

import type { Text } from '../../../topologies/text.ts'
import { type Characters, charactersOf, FOREIGN } from '../text/census.ts'
import { CLASSES, IS_SPECIAL } from '../text/character-classes.ts'
import { refine } from './refining.ts'
import { numberOf, PACKED_LENGTH, SLOT_FACTORS, type Span, type Vocabulary, vocabulary, wordOf } from './vocabulary.ts'

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

/** Whether a byte is a special character of ASCII. */
const SPECIAL = Uint8Array.from({ length: 0x100 }, (_, byte) =>
  byte < FOREIGN && (CLASSES[byte] as number) & IS_SPECIAL ? 1 : 0,
)
/** By the length of a word: which bits of the four numbers at its begin are the word's. */
const KEPT_BITS = Array.from({ length: 4 }, (_, part) =>
  Int32Array.from({ length: PACKED_LENGTH + 1 }, (_, length) => {
    const bytes = Math.min(Math.max(length - part * 4, 0), 4)
    return bytes === 4 ? -1 : (1 << (bytes * 8)) - 1
  }),
) as [Int32Array, Int32Array, Int32Array, Int32Array] // four, by the length above
/** The uppermost bit of each byte, which only `FOREIGN` has. */
const FOREIGN_BITS = 0x80808080 | 0

/**
 * Fills in the number of each refined word; gives how many there are. Short words of ASCII that were met before are found right
 * here, with `refine` and `numberOf` written out for them, nearly without branches; all others take the long way.
 */
function lookUpWords({ points, bytes, edges, edgeCount }: Characters, words: Vocabulary, numbers: Int32Array): number {
  // imported bindings and properties cost a load at each use, so the loop has its own
  const [special, longest, foreign] = [SPECIAL, PACKED_LENGTH, FOREIGN_BITS]
  const [kept0, kept1, kept2, kept3] = KEPT_BITS
  const [factor0, factor1, factor2, factor3] = SLOT_FACTORS
  const view = new DataView(bytes.buffer)
  let { slots, keys } = words
  let count = 0
  for (let edge = 0; edge < edgeCount; edge += 2) {
    let start = edges[edge] as number
    let end = edges[edge + 1] as number
    if ((special[bytes[start] as number] as number) | (special[bytes[end - 1] as number] as number)) {
      while (start < end && special[bytes[start] as number]) start++
      while (end > start && special[bytes[end - 1] as number]) end--
      if (start === end) continue
    }
    const length = end - start
    let number = 0
    if (length <= longest) {
      const part0 = view.getInt32(start, true) & (kept0[length] as number)
      const part1 = view.getInt32(start + 4, true) & (kept1[length] as number)
      const part2 = view.getInt32(start + 8, true) & (kept2[length] as number)
      const part3 = view.getInt32(start + 12, true) & (kept3[length] as number)
      if (((part0 | part1 | part2 | part3) & foreign) === 0) {
        const low = Math.imul(part0, factor0) + Math.imul(part1, factor1)
        const high = Math.imul(part2, factor2) + Math.imul(part3, factor3)
        const mask = slots.length - 1
        let slot = ((low + high) | 0) >>> (Math.clz32(mask) & 31)
        for (number = slots[slot] as number; number > 0; number = slots[slot] as number) {
          const at = number << 2
          const differing =
            ((keys[at] as number) ^ part0) |
            ((keys[at + 1] as number) ^ part1) |
            ((keys[at + 2] as number) ^ part2) |
            ((keys[at + 3] as number) ^ part3)
          if (differing === 0) break
          slot = (slot + 1) & mask
        }
      }
    }
    if (number === 0) {
      number = numberOfRefined(words, { points, start: edges[edge] as number, end: edges[edge + 1] as number })
      slots = words.slots
      keys = words.keys
      if (number === 0) continue
    }
    numbers[count++] = number
  }
  return count
}

/** The number of a word's refined form; 0 when nothing is left of it. */
function numberOfRefined(words: Vocabulary, word: Span): number {
  const refined = refine(word)
  return refined.start === refined.end ? 0 : numberOf(words, refined)
}

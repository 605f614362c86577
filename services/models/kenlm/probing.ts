import { halvesOf, NgramHash, remainder, wordHash } from './hashing.ts'
import type { Search, Vocabulary } from './search.ts'

/** A hash table in numbers of 4 bytes: `stride` for each bucket, of which the first two are its key. */
export interface Table {
  words: Uint32Array
  floats: Float32Array
  start: number
  buckets: number
  stride: number
}

/** Words in the file before the first bucket of a vocabulary, and words of a bucket there. */
export const VOCABULARY_HEADER = 2
export const VOCABULARY_STRIDE = 3

/** The bucket of a key, as a place in the table; -1 when it is not there. */
function find(table: Table, low: number, high: number): number {
  const { words, start, buckets, stride } = table
  const unsignedLow = low >>> 0
  const unsignedHigh = high >>> 0
  const end = start + buckets * stride
  let place = start + remainder(high, low, buckets) * stride
  for (let tried = 0; tried < buckets; tried++) {
    const keyLow = words[place] as number
    if (keyLow === unsignedLow && words[place + 1] === unsignedHigh) return place
    if (keyLow === 0 && words[place + 1] === 0) return -1
    place += stride
    if (place === end) place = start
  }
  return -1
}

/** A vocabulary in a hash table. */
export function probingVocabulary(table: Table): Vocabulary {
  return {
    indexOf(word) {
      const { low, high } = halvesOf(wordHash(word))
      const place = find(table, low, high)
      return place < 0 ? 0 : (table.words[place + 2] as number)
    },
  }
}

/** The parts of a probing model: unigrams of `stride` words each, a table for each order from 2 on, and the longest n-grams. */
export interface ProbingParts {
  unigrams: Table
  middles: Table[]
  longest: Table
}

/** N-grams in hash tables, one for each length. */
export class ProbingSearch implements Search {
  readonly order: number
  prob = 0
  backoff = 0
  isLongest = false
  readonly #parts: ProbingParts
  readonly #hash = new NgramHash()

  constructor(parts: ProbingParts) {
    this.order = parts.middles.length + 2
    this.#parts = parts
  }

  unigram(word: number): void {
    const { unigrams } = this.#parts
    this.#hash.begin(word)
    this.#take(unigrams, unigrams.start + word * unigrams.stride)
  }

  middle(length: number, word: number): boolean {
    const table = this.#parts.middles[length - 2] as Table
    this.#hash.extend(word)
    const place = find(table, this.#hash.low, this.#hash.high)
    if (place < 0) return false
    this.#take(table, place + 2)
    return true
  }

  longest(word: number): boolean {
    const { longest } = this.#parts
    this.#hash.extend(word)
    const place = find(longest, this.#hash.low, this.#hash.high)
    if (place < 0) return false
    this.prob = -Math.abs(longest.floats[place + 2] as number)
    return true
  }

  /** The sign of a probability says whether longer n-grams end in this one: all logarithms are negative anyway. */
  #take({ words, floats }: Table, place: number): void {
    this.prob = -Math.abs(floats[place] as number)
    this.isLongest = (words[place] as number) >>> 31 === 1
    this.backoff = floats[place + 1] as number
  }
}

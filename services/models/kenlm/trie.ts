import { halvesOf, wordHash } from './hashing.ts'
import type { Search, Vocabulary } from './search.ts'

/** How probabilities and backoffs are written: as floats, or as numbers of bins. */
export interface Weights {
  probBits: number
  backoffBits: number
  /** The values of the bins; null for floats. */
  bins: { probs: Float32Array; backoffs: Float32Array }[] | null
  longestBins: Float32Array | null
}

/** Where the n-grams of one length lie, packed into bits. */
export interface Level {
  /** Bits from the begin of the file. */
  start: number
  wordBits: number
  totalBits: number
  /** Bits of a pointer to the next level that stand in the n-gram itself; none for the longest. */
  pointerBits: number
  /** From which n-gram on the upper part of pointers is 0, 1, 2 …; null where there is none. */
  upperStarts: Float64Array | null
}

export interface TrieParts {
  view: DataView
  /** Bytes from the begin of the file; 16 for each word. */
  unigrams: number
  middles: Level[]
  longest: Level
  weights: Weights
}

const PROB_BITS = 31

/** A vocabulary of sorted hashes, of which the first has the number 1. */
export function sortedVocabulary(view: DataView, start: number, count: number): Vocabulary {
  return {
    indexOf(word) {
      const { low, high } = halvesOf(wordHash(word))
      let from = 0
      let to = count
      while (from < to) {
        const middle = Math.floor((from + to) / 2)
        const midHigh = view.getUint32(start + middle * 8 + 4, true)
        const midLow = view.getUint32(start + middle * 8, true)
        if (midHigh === high && midLow === low) return middle + 1
        if (midHigh < high || (midHigh === high && midLow < low)) from = middle + 1
        else to = middle
      }
      return 0
    },
  }
}

const bits = new Uint32Array(1)
const asFloat = new Float32Array(bits.buffer)

/** N-grams in a tree, from the last word to the left. */
export class TrieSearch implements Search {
  readonly order: number
  prob = 0
  backoff = 0
  isLongest = false
  readonly #parts: TrieParts
  /** The n-grams of the next level that go on from the last one. */
  #begin = 0
  #end = 0

  constructor(parts: TrieParts) {
    this.order = parts.middles.length + 2
    this.#parts = parts
  }

  unigram(word: number): void {
    const { view, unigrams } = this.#parts
    const place = unigrams + word * 16
    this.prob = view.getFloat32(place, true)
    this.backoff = view.getFloat32(place + 4, true)
    this.#begin = int64(view, place + 8)
    this.#end = int64(view, place + 24)
    this.isLongest = this.#begin === this.#end
  }

  middle(length: number, word: number): boolean {
    const level = this.#parts.middles[length - 2] as Level
    const index = this.#find(level, word)
    if (index < 0) return false
    const place = level.start + index * level.totalBits + level.wordBits
    this.#takeWeights(length, place)
    this.#takeRange(level, index)
    this.isLongest = this.#begin === this.#end
    return true
  }

  longest(word: number): boolean {
    const { view, longest, weights } = this.#parts
    const index = this.#find(longest, word)
    if (index < 0) return false
    const place = longest.start + index * longest.totalBits + longest.wordBits
    this.prob = weights.longestBins
      ? (weights.longestBins[readBits(view, place, weights.probBits)] as number)
      : negativeFloat(view, place)
    return true
  }

  #takeWeights(length: number, place: number): void {
    const { view, weights } = this.#parts
    const bins = weights.bins?.[length - 2]
    if (bins) {
      this.backoff = bins.backoffs[readBits(view, place, weights.backoffBits)] as number
      this.prob = bins.probs[readBits(view, place + weights.backoffBits, weights.probBits)] as number
      return
    }
    this.prob = negativeFloat(view, place)
    bits[0] = readBits(view, place + PROB_BITS, 32)
    this.backoff = asFloat[0] as number
  }

  /** What goes on from an n-gram ends where that of the next one begins. */
  #takeRange({ start, totalBits, pointerBits, upperStarts }: Level, index: number): void {
    const { view } = this.#parts
    const place = start + (index + 1) * totalBits - pointerBits
    const step = 2 ** pointerBits
    const upper = upperStarts ? lastUpTo(upperStarts, index) * step : 0
    const nextUpper = upperStarts ? lastUpTo(upperStarts, index + 1) * step : 0
    this.#begin = upper + readBits(view, place, pointerBits)
    this.#end = nextUpper + readBits(view, place + totalBits, pointerBits)
  }

  /** The words of a range are sorted. */
  #find({ start, wordBits, totalBits }: Level, word: number): number {
    const { view } = this.#parts
    let from = this.#begin
    let to = this.#end
    while (from < to) {
      const middle = Math.floor((from + to) / 2)
      const found = readBits(view, start + middle * totalBits, wordBits)
      if (found === word) return middle
      if (found < word) from = middle + 1
      else to = middle
    }
    return -1
  }
}

function int64(view: DataView, place: number): number {
  return view.getUint32(place, true) + view.getUint32(place + 4, true) * 2 ** 32
}

function negativeFloat(view: DataView, place: number): number {
  bits[0] = readBits(view, place, PROB_BITS) | 0x80000000
  return asFloat[0] as number
}

/** A number of up to 53 bits, exactly, that begins at any bit. */
function readBits(view: DataView, place: number, length: number): number {
  if (length === 0) return 0
  const byte = Math.floor(place / 8)
  const shift = place - byte * 8
  const low = view.getUint32(byte, true) >>> shift
  if (length + shift <= 32) return length === 32 ? low : low & ((2 ** length - 1) | 0)
  const missing = length + shift - 32
  const high = view.getUint32(byte + 4, true)
  return low + (missing === 32 ? high : (high & (2 ** missing - 1)) >>> 0) * 2 ** (32 - shift)
}

/** The last place whose value is not greater. */
function lastUpTo(values: Float64Array, limit: number): number {
  let from = 0
  let to = values.length
  while (from < to) {
    const middle = (from + to) >> 1
    if ((values[middle] as number) <= limit) from = middle + 1
    else to = middle
  }
  return from - 1
}

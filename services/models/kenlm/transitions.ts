import type { Search } from './search.ts'

/** Transitions that are remembered. */
const SLOTS = 1 << 17
const SLOT_SHIFT = 32 - 17
const FACTOR = 0x9e3779b1 | 0
/** What stands in an entry before its words: how many words the state before has (none where the entry is free), and behind. */
const LENGTHS = 2
const FREE = -1

/**
 * How a sentence is scored word by word. The state is what of the last words matters for the next one, and the backoffs of their
 * n-grams. Where a state and a word lead to is remembered in a table of bounded size, the latest of those that share a place:
 * texts go the same ways again and again.
 */
export class Transitions {
  readonly #search: Search
  readonly #order: number
  readonly #begin: { word: number; backoff: number }
  /**
   * Entries side by side in memory: two lengths, the words of the state (order - 1), the word, its probability, and the
   * backoffs of the state behind it (order).
   */
  readonly #stride: number
  readonly #entries: Int32Array
  readonly #floats: Float32Array
  #length = 0
  /** The words of the state, the latest first, and their backoffs. */
  readonly #words: Int32Array
  readonly #backoffs: Float32Array
  readonly #nextBackoffs: Float32Array

  constructor(search: Search, begin: number) {
    const { order } = search
    search.unigram(begin)
    this.#search = search
    this.#order = order
    this.#begin = { word: begin, backoff: search.backoff }
    this.#stride = LENGTHS + order + 1 + order
    this.#entries = new Int32Array(SLOTS * this.#stride).fill(FREE)
    this.#floats = new Float32Array(this.#entries.buffer)
    this.#words = new Int32Array(order)
    this.#backoffs = new Float32Array(order)
    this.#nextBackoffs = new Float32Array(order)
  }

  /** Goes to the begin of a sentence. */
  begin(): void {
    this.#length = 1
    this.#words[0] = this.#begin.word
    this.#backoffs[0] = this.#begin.backoff
  }

  /** Goes on by a word; gives the logarithm of its probability. */
  next(word: number): number {
    const entries = this.#entries
    const words = this.#words
    const length = this.#length
    let hash = Math.imul(word, FACTOR)
    for (let i = 0; i < length; i++) hash = Math.imul(hash ^ (words[i] as number), FACTOR)
    const place = (hash >>> SLOT_SHIFT) * this.#stride
    const wordAt = place + LENGTHS + this.#order - 1
    let isKnown = entries[place] === length && entries[wordAt] === word
    for (let i = 0; i < length && isKnown; i++) isKnown = entries[place + LENGTHS + i] === words[i]
    if (!isKnown) this.#learn(place, wordAt, word)
    const useful = entries[place + 1] as number
    for (let i = useful - 1; i > 0; i--) words[i] = words[i - 1] as number
    if (useful > 0) words[0] = word
    for (let i = 0; i < useful; i++) this.#backoffs[i] = this.#floats[wordAt + 2 + i] as number
    this.#length = useful
    return this.#floats[wordAt + 1] as number
  }

  #learn(place: number, wordAt: number, word: number): void {
    const entries = this.#entries
    entries[place] = this.#length
    for (let i = 0; i < this.#length; i++) entries[place + LENGTHS + i] = this.#words[i] as number
    entries[wordAt] = word
    this.#floats[wordAt + 1] = this.#score(word)
    const useful = this.#useful
    entries[place + 1] = useful
    for (let i = 0; i < useful; i++) this.#floats[wordAt + 2 + i] = this.#nextBackoffs[i] as number
  }

  /** How many words the state behind the word that was scored last has. */
  #useful = 0

  /** As KenLM does it: the longest n-gram that there is, and the backoffs of the longer contexts. */
  #score(word: number): number {
    const search = this.#search
    const order = this.#order
    const length = this.#length
    search.unigram(word)
    let { prob } = search
    this.#nextBackoffs[0] = search.backoff
    let useful = goesOn(search.backoff) ? 1 : 0
    let found = 1
    for (let i = 0; i < length && !search.isLongest; i++) {
      const left = this.#words[i] as number
      if (i === order - 2) {
        if (search.longest(left)) {
          prob = search.prob
          found = order
        }
        break
      }
      if (!search.middle(i + 2, left)) break
      prob = search.prob
      found = i + 2
      this.#nextBackoffs[i + 1] = search.backoff
      if (goesOn(search.backoff)) useful = found
    }
    for (let i = found - 1; i < length; i++) prob = Math.fround(prob + (this.#backoffs[i] as number))
    this.#useful = useful
    return prob
  }
}

/** A backoff of minus zero says that no longer n-gram begins with this one. */
function goesOn(backoff: number): boolean {
  return !Object.is(backoff, -0)
}

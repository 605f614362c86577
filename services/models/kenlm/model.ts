import { readArpa } from './arpa.ts'
import { isBinary, openBinary } from './binary-file.ts'
import type { Search } from './search.ts'

/** An n-gram model of KenLM. */
export interface LanguageModel {
  order: number
  /** A word's number; 0 for one that the model does not know. */
  indexOf(word: string): number
  /**
   * The logarithm to the base 10 of the probability of a sentence, given by the first `count` words' numbers, from its begin to
   * its end; rounded to 32 bits at each step, as KenLM does it.
   */
  score(words: Int32Array, count: number): number
}

const encoder = new TextEncoder()

/** Reads a model, ARPA's text or one of KenLM's binary formats, whose bytes stay in use. Throws Failure `asset_invalid`. */
export function readLanguageModel(name: string, bytes: Uint8Array): LanguageModel {
  const { search, vocabulary } = isBinary(bytes) ? openBinary(name, bytes) : readArpa(name, bytes)
  const indexOf = (word: string) => vocabulary.indexOf(encoder.encode(word))
  const begin = indexOf('<s>')
  const end = indexOf('</s>')
  const state = new State(search, begin)
  return {
    order: search.order,
    indexOf,
    score(words, count) {
      state.begin()
      let total = 0
      for (let i = 0; i < count; i++) total = Math.fround(total + state.next(words[i] as number))
      return Math.fround(total + state.next(end))
    },
  }
}

/** How far a sentence is scored. */
class State {
  readonly #search: Search
  readonly #begin: number
  readonly #beginBackoff: number
  #length = 0
  /** The last words, the latest first, and the backoffs of their n-grams. */
  #words: Int32Array
  #backoffs: Float32Array
  #nextWords: Int32Array
  #nextBackoffs: Float32Array

  constructor(search: Search, begin: number) {
    this.#search = search
    this.#begin = begin
    search.unigram(begin)
    this.#beginBackoff = search.backoff
    this.#words = new Int32Array(search.order)
    this.#backoffs = new Float32Array(search.order)
    this.#nextWords = new Int32Array(search.order)
    this.#nextBackoffs = new Float32Array(search.order)
  }

  begin(): void {
    this.#length = 1
    this.#words[0] = this.#begin
    this.#backoffs[0] = this.#beginBackoff
  }

  /** The score of the next word. */
  next(word: number): number {
    const search = this.#search
    const context = this.#words
    const backoffs = this.#backoffs
    const length = this.#length
    const nextWords = this.#nextWords
    const nextBackoffs = this.#nextBackoffs
    search.unigram(word)
    let prob = search.prob
    nextBackoffs[0] = search.backoff
    let useful = goesOn(search.backoff) ? 1 : 0
    let found = 1
    for (let i = 0; i < length && !search.isLongest; i++) {
      const left = context[i] as number
      if (i === search.order - 2) {
        if (search.longest(left)) {
          prob = search.prob
          found = search.order
        }
        break
      }
      if (!search.middle(i + 2, left)) break
      prob = search.prob
      found = i + 2
      nextBackoffs[i + 1] = search.backoff
      if (goesOn(search.backoff)) useful = found
    }
    for (let i = found - 1; i < length; i++) prob = Math.fround(prob + (backoffs[i] as number))
    nextWords[0] = word
    for (let i = 1; i < useful; i++) nextWords[i] = context[i - 1] as number
    this.#words = nextWords
    this.#backoffs = nextBackoffs
    this.#nextWords = context
    this.#nextBackoffs = backoffs
    this.#length = useful
    return prob
  }
}

/** A backoff of minus zero says that no longer n-gram begins with this one. */
function goesOn(backoff: number): boolean {
  return !Object.is(backoff, -0)
}

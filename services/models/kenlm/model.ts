import { readArpa } from './arpa.ts'
import { isBinary, openBinary } from './binary-file.ts'
import { Transitions } from './transitions.ts'

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
  const transitions = new Transitions(search, begin)
  return {
    order: search.order,
    indexOf,
    score(words, count) {
      transitions.begin()
      let total = 0
      for (let i = 0; i < count; i++) total = Math.fround(total + transitions.next(words[i] as number))
      return Math.fround(total + transitions.next(end))
    },
  }
}

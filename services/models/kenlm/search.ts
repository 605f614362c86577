/**
 * The n-grams of a model. It is asked for ever longer ones that end in the same word, and remembers where it is: `prob` and
 * `backoff` are those of the n-gram found last, as logarithms to the base 10.
 */
export interface Search {
  order: number
  prob: number
  backoff: number
  /** Whether no longer n-gram ends in the one found last. */
  isLongest: boolean
  /** Begins with the n-gram of one word. */
  unigram(word: number): void
  /** Goes on to the word left of it: whether the n-gram, of `length` words, is there. Lengths from 2 to order - 1. */
  middle(length: number, word: number): boolean
  /** The same for the longest n-grams, which have no backoff. */
  longest(word: number): boolean
}

/** Words by number; 0 for what a model does not know. */
export interface Vocabulary {
  indexOf(word: Uint8Array): number
}

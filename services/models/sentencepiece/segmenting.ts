/** How a stretch of normalised text, from a blank up to the next, is cut. Good until the next one is. */
export interface Cut {
  /** How many pieces there are: of the arrays, only so much counts. */
  count: number
  /** The numbers of the pieces, unknown characters each by itself. */
  path: Int32Array
  /** Where each piece ends, in bytes from the begin of the stretch. */
  ends: Int32Array
  /** The sum of the scores up to its end. */
  sum: number
  /**
   * Whatever the sum of the scores before the stretch is, as long as its magnitude is below this, it is cut so. Sums are rounded
   * to 32 bits in SentencePiece, which decides where two ways are about equally good.
   */
  steadyBelow: number
}

/** Cuts stretches of normalised text. */
export interface Segmenter {
  /** Cuts the bytes from `start` to `end`, which the scores of what comes before add up to `sum`. */
  cut(text: Uint8Array, range: { start: number; end: number; sum: number }): Cut
  /** By piece: what it adds to a sum, rounded to 32 bits. */
  scores: Float32Array
}

/** A tokenizer of Hugging Face. */
export interface TextTokenizer {
  /** The tokens of a text, which must be well formed, without those around it. */
  encode(text: string): Int32Array
  /** With the tokens that the tokenizer puts around a text; the text's own are cut off where there are more than so many in all. */
  encodeWhole(text: string, most?: number): Int32Array
  /** What tokens spell; halves of characters become U+FFFD. */
  decode(tokens: Int32Array): string
}

/** The tokens of a text between those around it, no more than so many in all. */
export function surrounded(
  tokens: ArrayLike<number>,
  { before, behind }: { before: readonly number[]; behind: readonly number[] },
  most = Number.POSITIVE_INFINITY,
): Int32Array {
  const count = Math.max(0, Math.min(tokens.length, most - before.length - behind.length))
  const whole = new Int32Array(before.length + count + behind.length)
  whole.set(before)
  for (let i = 0; i < count; i++) whole[before.length + i] = tokens[i] as number
  whole.set(behind, before.length + count)
  return whole
}

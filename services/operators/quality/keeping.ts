import { murmur3 } from '../../models/quality/hashing.ts'

/** How a score decides, as Data-Juicer's tool has it; `gpt3` is its name for `pareto`. */
export const KEEP_METHODS = ['label', 'pareto', 'gpt3'] as const
export type KeepMethod = (typeof KEEP_METHODS)[number]

export interface Keeping {
  method: KeepMethod
  /** Shape of the distribution of Pareto: the larger, the fewer documents of a low score stay. */
  alpha: number
  seed: number
}

const encoder = new TextEncoder()

/**
 * Whether a document with this score is kept. `label`: where it is more likely good than not. `pareto`: where its score is above 1
 * less a number drawn from a Pareto distribution (of Lomax, as numpy's), so that some of the others stay. The number is drawn
 * from the text itself, so that the same document has the same fate when it comes again.
 */
export function isKept(score: number, text: string, { method, alpha, seed }: Keeping): boolean {
  if (method === 'label') return score > 0.5
  const bytes = encoder.encode(text)
  const uniform = ((murmur3(bytes, bytes.length, seed) >>> 0) + 0.5) / 2 ** 32
  return score > 1 - (uniform ** (-1 / alpha) - 1)
}

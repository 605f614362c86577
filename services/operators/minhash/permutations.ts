import { Twister } from '../augmentation/twister.ts'

/** 2^61 - 1, which the numbers of a permutation are taken modulo. */
export const MERSENNE_PRIME = (1n << 61n) - 1n
/** The seed of NumPy's RandomState for all permutations of Data-Juicer. */
const SEED = 42

/** Factors and addends of linear permutations of the hashes. */
export interface Permutations {
  factors: BigUint64Array
  addends: BigUint64Array
}

/** Data-Juicer's permutations: by turns NumPy's legacy `randint(1, prime)` and `randint(0, prime)`, by masked rejection. */
export function permutationsOf(count: number): Permutations {
  const twister = new Twister(SEED)
  const factors = new BigUint64Array(count)
  const addends = new BigUint64Array(count)
  for (let i = 0; i < count; i++) {
    factors[i] = draw(twister, MERSENNE_PRIME - 2n) + 1n
    addends[i] = draw(twister, MERSENNE_PRIME - 1n)
  }
  return { factors, addends }
}

/** A number up to the largest: 61 bits, drawn again when they are more. */
function draw(twister: Twister, largest: bigint): bigint {
  for (;;) {
    const high = BigInt(twister.next())
    const bits = ((high << 32n) | BigInt(twister.next())) & MERSENNE_PRIME
    if (bits <= largest) return bits
  }
}

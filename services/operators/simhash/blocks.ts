import { BYTES } from './signature.ts'

const BITS = 8 * BYTES
/** Keys of a document beyond which fewer blocks are taken. */
const MOST_KEYS = 256

/**
 * Keys of which two hashes share one whenever they differ in at most that many bits: the bits are parted into blocks, and
 * `differing` differing bits spoil at most as many of them, so some choice of all others is equal. There is a key for each
 * choice: its number, and the hash with the left out blocks zeroed. More blocks make more keys and smaller buckets.
 */
export function blockKeys(blocks: number, differing: number): (hash: Uint8Array) => Uint8Array[] {
  const masks = choices(fewEnough(blocks, differing), differing)
  return (hash) =>
    masks.map((mask, number) => {
      const key = new Uint8Array(2 + BYTES)
      key[0] = number >>> 8
      key[1] = number
      for (let i = 0; i < BYTES; i++) key[2 + i] = (hash[i] as number) & (mask[i] as number)
      return key
    })
}

function fewEnough(blocks: number, differing: number): number {
  let fewer = blocks
  while (fewer > differing + 1 && combinations(fewer, differing) > MOST_KEYS) fewer--
  return fewer
}

function combinations(of: number, chosen: number): number {
  let count = 1
  for (let i = 1; i <= chosen; i++) count = (count * (of - chosen + i)) / i
  return count
}

/** The masks that leave out that many of the blocks, each in its own way. */
function choices(blocks: number, left: number): Uint8Array[] {
  const masks: Uint8Array[] = []
  const choose = (from: number, out: number[]): void => {
    if (out.length === left) {
      masks.push(maskWithout(out, blocks))
      return
    }
    for (let block = from; block < blocks; block++) choose(block + 1, [...out, block])
  }
  choose(0, [])
  return masks
}

function maskWithout(out: number[], blocks: number): Uint8Array {
  const mask = new Uint8Array(BYTES)
  for (let bit = 0; bit < BITS; bit++) {
    const block = Math.floor((bit * blocks) / BITS)
    if (!out.includes(block)) mask[bit >> 3] = (mask[bit >> 3] as number) | (1 << (bit & 7))
  }
  return mask
}

const MASK = (1n << 64n) - 1n
const MURMUR_FACTOR = 0xc6a4a7935bd1e995n
const MURMUR_SHIFT = 47n

/** MurmurHash64A of a word in UTF-8, seed 0: how a model knows its words. */
export function wordHash(word: Uint8Array): bigint {
  let hash = (BigInt(word.length) * MURMUR_FACTOR) & MASK
  const whole = word.length - (word.length % 8)
  for (let at = 0; at < whole; at += 8) {
    let part = (littleEndian(word, at, 8) * MURMUR_FACTOR) & MASK
    part = ((part ^ (part >> MURMUR_SHIFT)) * MURMUR_FACTOR) & MASK
    hash = ((hash ^ part) * MURMUR_FACTOR) & MASK
  }
  if (whole < word.length) hash = ((hash ^ littleEndian(word, whole, word.length - whole)) * MURMUR_FACTOR) & MASK
  hash = ((hash ^ (hash >> MURMUR_SHIFT)) * MURMUR_FACTOR) & MASK
  return hash ^ (hash >> MURMUR_SHIFT)
}

function littleEndian(bytes: Uint8Array, at: number, count: number): bigint {
  let value = 0n
  for (let i = count - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i] as number)
  return value
}

/** Its lower and upper half, unsigned. */
export function halvesOf(hash: bigint): { low: number; high: number } {
  return { low: Number(hash & 0xffffffffn), high: Number(hash >> 32n) }
}

// How the hash of an n-gram becomes that of one with a word more to its left.
const CHAIN_FACTOR = 8_978_948_897_894_561_157n
const WORD_FACTOR = 17_894_857_484_156_487_943n
const CHAIN_LOW = Number(CHAIN_FACTOR & 0xffffffffn) | 0
const CHAIN_HIGH = Number(CHAIN_FACTOR >> 32n) | 0
const WORD_LOW = Number(WORD_FACTOR & 0xffffffffn) | 0
const WORD_HIGH = Number(WORD_FACTOR >> 32n) | 0

/** The hash of an n-gram of which the first word is the rightmost; kept in two halves, as there are no numbers of 64 bits. */
export class NgramHash {
  low = 0
  high = 0

  begin(word: number): void {
    this.low = word | 0
    this.high = 0
  }

  /** Goes on to the next word to the left. */
  extend(word: number): void {
    const { low, high } = this
    const next = (word + 1) | 0
    const wordHigh = (Math.imul(next, WORD_HIGH) + upperProduct(next, WORD_LOW)) | 0
    this.high =
      ((Math.imul(high, CHAIN_LOW) + Math.imul(low, CHAIN_HIGH) + upperProduct(low, CHAIN_LOW)) | 0) ^ wordHigh
    this.low = Math.imul(low, CHAIN_LOW) ^ Math.imul(next, WORD_LOW)
  }
}

/** The upper half of the product of two numbers of 32 bits, both taken as unsigned. */
function upperProduct(a: number, b: number): number {
  const aLow = a & 0xffff
  const aHigh = a >>> 16
  const bLow = b & 0xffff
  const bHigh = b >>> 16
  // each product of halves, as its own 32 bits
  const lower = Math.imul(aLow, bLow) >>> 16
  const middle = Math.imul(aHigh, bLow)
  const other = Math.imul(aLow, bHigh)
  const carried = (lower + (middle & 0xffff) + (other & 0xffff)) >>> 16
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (other >>> 16) + carried) | 0
}

/** Remainders by those leave room for 32 bits more in a double. */
const SMALL_DIVISOR = 2 ** 21

/** The remainder of a number of 64 bits by one below 2^37, in steps that doubles hold. */
export function remainder(high: number, low: number, divisor: number): number {
  const first = reduced(high >>> 0, divisor)
  if (divisor < SMALL_DIVISOR) return reduced(first * 2 ** 32 + (low >>> 0), divisor)
  const second = reduced(first * 0x10000 + (low >>> 16), divisor)
  return reduced(second * 0x10000 + (low & 0xffff), divisor)
}

function reduced(value: number, divisor: number): number {
  const rest = value - Math.floor(value / divisor) * divisor
  return rest < 0 ? rest + divisor : rest >= divisor ? rest - divisor : rest
}

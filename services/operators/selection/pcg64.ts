const MASK_128 = (1n << 128n) - 1n
/** The multiplier of the 128-bit generator (O'Neill, PCG, 2014). */
const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n
const LIMBS = 8
const POOL = 4

/** NumPy's `SeedSequence(seed)`, as numbers of 64 bits. */
function seedNumbers(seed: number, count: number): bigint[] {
  const pool = mixedPool(seed)
  let constant = 0x8b51f9dd
  const words = Array.from({ length: 2 * count }, (_, i) => {
    let word = (pool[i % POOL] as number) ^ constant
    constant = Math.imul(constant, 0x58f38ded)
    word = Math.imul(word, constant)
    return BigInt((word ^ (word >>> 16)) >>> 0)
  })
  return Array.from({ length: count }, (_, i) => (words[2 * i] ?? 0n) | ((words[2 * i + 1] ?? 0n) << 32n))
}

function mixedPool(seed: number): number[] {
  let constant = 0x43b0d7e5
  const hashed = (value: number) => {
    let word = value ^ constant
    constant = Math.imul(constant, 0x931e8875)
    word = Math.imul(word, constant)
    return word ^ (word >>> 16)
  }
  const mixed = (x: number, y: number) => {
    const word = Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y)
    return word ^ (word >>> 16)
  }
  const pool = [seed, 0, 0, 0].map(hashed)
  for (let from = 0; from < POOL; from++) {
    for (let to = 0; to < POOL; to++) {
      if (from !== to) pool[to] = mixed(pool[to] as number, hashed(pool[from] as number))
    }
  }
  return pool
}

/** NumPy's generator PCG64 (XSL-RR 128/64), as `default_rng(seed)` seeds it; it gives 32 bits at a time, the lower half of 64 first. */
export class Pcg64 {
  readonly #state = new Uint16Array(LIMBS)
  readonly #increment = new Uint16Array(LIMBS)
  readonly #multiplier = limbs(MULTIPLIER)
  readonly #next = new Uint16Array(LIMBS)
  #buffered = 0
  #isBuffered = false

  constructor(seed: number) {
    const [a = 0n, b = 0n, c = 0n, d = 0n] = seedNumbers(seed, 4)
    const increment = ((((c << 64n) | d) << 1n) | 1n) & MASK_128
    const state = (((increment + ((a << 64n) | b)) & MASK_128) * MULTIPLIER + increment) & MASK_128
    this.#increment.set(limbs(increment))
    this.#state.set(limbs(state))
  }

  /** The next 32 bits, unsigned. */
  next(): number {
    if (this.#isBuffered) {
      this.#isBuffered = false
      return this.#buffered
    }
    this.#step()
    const [low, high] = this.#output()
    this.#buffered = high
    this.#isBuffered = true
    return low
  }

  /** A whole number from 0 to `largest`, below 2^32: as many bits as that has, drawn again when they are more. */
  upTo(largest: number): number {
    const bits = Math.clz32(largest)
    for (;;) {
      const number = largest === 0 ? 0 : this.next() & (0xffffffff >>> bits)
      if (number >>> 0 <= largest) return number >>> 0
    }
  }

  /** state * multiplier + increment, mod 2^128, in pieces of 16 bits. */
  #step(): void {
    let carry = 0
    for (let i = 0; i < LIMBS; i++) {
      let sum = carry + (this.#increment[i] as number)
      for (let j = 0; j <= i; j++) sum += (this.#state[j] as number) * (this.#multiplier[i - j] as number)
      this.#next[i] = sum % 0x10000
      carry = Math.floor(sum / 0x10000)
    }
    this.#state.set(this.#next)
  }

  /** Both halves of the state, one upon the other, turned to the right by its six highest bits: the lower 32 bits, the higher ones. */
  #output(): [low: number, high: number] {
    const piece = (i: number) => (this.#state[i] as number) ^ (this.#state[i + 4] as number)
    const low = (piece(0) | (piece(1) << 16)) >>> 0
    const high = (piece(2) | (piece(3) << 16)) >>> 0
    const turns = (this.#state[LIMBS - 1] as number) >>> 10
    const [a, b] = turns & 32 ? [high, low] : [low, high]
    const rest = turns & 31
    if (rest === 0) return [a, b]
    return [((a >>> rest) | (b << (32 - rest))) >>> 0, ((b >>> rest) | (a << (32 - rest))) >>> 0]
  }
}

function limbs(value: bigint): Uint16Array {
  return Uint16Array.from({ length: LIMBS }, (_, i) => Number((value >> BigInt(16 * i)) & 0xffffn))
}

/** `default_rng(seed).permutation(count)`, for up to 2^32 - 1. */
export function permutation(seed: number, count: number): Uint32Array {
  const random = new Pcg64(seed)
  const order = Uint32Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = random.upTo(i)
    const moved = order[i] as number
    order[i] = order[j] as number
    order[j] = moved
  }
  return order
}

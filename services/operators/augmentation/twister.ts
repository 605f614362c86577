const SIZE = 624
const PERIOD = 397
/** Where each bit of a state word is mixed in when its lowest bit is set. */
const MATRIX = 0x9908b0df | 0
/** What the state is before a list of numbers is mixed into it. */
const UNMIXED = filled(19650218)

/**
 * The Mersenne Twister MT19937 (Matsumoto and Nishimura, 1998), seeded in its two published ways: by one number, as NumPy's
 * legacy generator does, or by a list of them, as Python's `random.seed` does.
 */
export class Twister {
  readonly #state: Int32Array
  #at = 0
  /** What `pairsAbove` ended at. */
  latest = 0

  /** One number seeds as `init_genrand`, a list of one or more as `init_by_array`. All are unsigned and of 32 bits. */
  constructor(seed: number | readonly number[]) {
    this.#state = typeof seed === 'number' ? filled(seed) : mixed(seed)
  }

  /** The next 32 bits, unsigned. */
  next(): number {
    return tempered(this.#twist())
  }

  /** As that many calls of `next` whose results nobody wants. */
  skip(count: number): void {
    for (let i = 0; i < count; i++) this.#twist()
  }

  /**
   * Draws pairs of 32 bits, at most `count`, up to one whose first has 27 uppermost bits of no more than `most`. Gives how many
   * came before it, `count` when there was none; of that one only the first is drawn, and `latest` has it.
   */
  pairsAbove(most: number, count: number): number {
    let pairs = 0
    while (pairs < count) {
      const run = Math.min(count - pairs, (this.#untilTurn() - this.#at) >> 1)
      const passed = run > 0 ? this.#runAbove(most, run) : this.#pairAbove(most)
      pairs += passed
      if (passed < Math.max(run, 1)) break
    }
    return pairs
  }

  /** The place up to which state words are renewed from one distance: to the end without its last, or to where the far one wraps. */
  #untilTurn(): number {
    return this.#at < SIZE - PERIOD ? SIZE - PERIOD : SIZE - 1
  }

  #pairAbove(most: number): number {
    this.latest = this.next()
    if (this.latest >>> 5 <= most) return 0
    this.#twist()
    return 1
  }

  /** As `pairsAbove`, for pairs that end before the next turn. */
  #runAbove(most: number, count: number): number {
    const state = this.#state
    const distance = this.#at < SIZE - PERIOD ? PERIOD : PERIOD - SIZE
    const from = this.#at
    let at = from
    for (const to = from + 2 * count; at < to; at += 2) {
      const bits = tempered(renew(state, at, distance))
      if (bits >>> 5 <= most) {
        this.latest = bits
        this.#at = at + 1
        return (at - from) >> 1
      }
      renew(state, at + 1, distance)
    }
    this.#at = at
    return count
  }

  /** Renews one state word: most documents draw few numbers, and need not pay for a whole state. */
  #twist(): number {
    const at = this.#at
    this.#at = at + 1 === SIZE ? 0 : at + 1
    return renew(this.#state, at, at < SIZE - PERIOD ? PERIOD : PERIOD - SIZE)
  }
}

/** Renews the state word at a place with the one behind it, in the round, and the one at a distance. */
function renew(state: Int32Array, at: number, distance: number): number {
  const next = at + 1 === SIZE ? 0 : at + 1
  const word = ((state[at] as number) & 0x80000000) | ((state[next] as number) & 0x7fffffff)
  const renewed = (state[at + distance] as number) ^ (word >>> 1) ^ (-(word & 1) & MATRIX)
  state[at] = renewed
  return renewed
}

function tempered(word: number): number {
  let bits = word
  bits ^= bits >>> 11
  bits ^= (bits << 7) & 0x9d2c5680
  bits ^= (bits << 15) & 0xefc60000
  return (bits ^ (bits >>> 18)) >>> 0
}

function filled(seed: number): Int32Array {
  const state = new Int32Array(SIZE)
  state[0] = seed
  for (let i = 1; i < SIZE; i++) state[i] = (Math.imul(folded(state, i), 1812433253) + i) | 0
  return state
}

/** A state word's predecessor with its two highest bits folded onto its lowest. */
function folded(state: Int32Array, i: number): number {
  const before = state[i - 1] as number
  return before ^ (before >>> 30)
}

function mixed(key: readonly number[]): Int32Array {
  const state = UNMIXED.slice()
  let i = 1
  let j = 0
  for (let k = Math.max(SIZE, key.length); k > 0; k--) {
    const word = ((key[j] as number) + j) | 0
    state[i] = (((state[i] as number) ^ Math.imul(folded(state, i), 1664525)) + word) | 0
    i = following(state, i)
    j = j + 1 === key.length ? 0 : j + 1
  }
  for (let k = SIZE - 1; k > 0; k--) {
    state[i] = (((state[i] as number) ^ Math.imul(folded(state, i), 1566083941)) - i) | 0
    i = following(state, i)
  }
  state[0] = 0x80000000
  return state
}

/** The next place; behind the last one comes the second, and the first takes over the last. */
function following(state: Int32Array, i: number): number {
  if (i + 1 < SIZE) return i + 1
  state[0] = state[SIZE - 1] as number
  return 1
}

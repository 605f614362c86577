import { createHash } from 'node:crypto'
import { Twister } from './twister.ts'

/** From this many on, Python's `sample` draws again what it drew before in place of shuffling, when it wants no more than 5. */
const FEW_OF = 21
/** The same when it wants 6 to 21: 21 + 4 to the power of ceil(log4(3 · wanted)). */
const MORE_OF = 85

/**
 * Random draws, one by one as Python's module random makes them of a seed; `within` draws as NumPy's legacy generator does.
 * So a seed gives what Data-Juicer gives when both generators are seeded with it.
 */
export class Draws {
  readonly #seed: number
  readonly #python: Twister
  #numpy: Twister | undefined

  /** The seed is a whole number from 0 to 2^53 - 1; NumPy's generator gets its lowest 32 bits. */
  constructor(seed: number) {
    this.#seed = seed
    const high = Math.floor(seed / 2 ** 32)
    this.#python = new Twister(high === 0 ? [seed] : [seed >>> 0, high])
  }

  /** `random.random()`: from 0 up to 1, without 1. */
  fraction(): number {
    const high = this.#python.next() >>> 5
    return (high * 2 ** 26 + (this.#python.next() >>> 6)) / 2 ** 53
  }

  /** Whether `fraction` gives less than a probability; mostly half of the bits tell. */
  happens(probability: number): boolean {
    const high = this.#python.next() >>> 5
    const limit = probability * 2 ** 27
    if (high >= limit || high + 1 <= limit) {
      this.#python.skip(1)
      return high < limit
    }
    return (high * 2 ** 26 + (this.#python.next() >>> 6)) / 2 ** 53 < probability
  }

  /** How many of `count` calls of `happens` say no before the first one that says yes, none of which comes behind it. */
  misses(probability: number, count: number): number {
    const limit = probability * 2 ** 27
    for (let missed = 0; missed < count; missed++) {
      missed += this.#python.pairsAbove(Math.floor(limit), count - missed)
      if (missed === count) break
      const high = this.#python.latest >>> 5
      const low = this.#python.next() >>> 6
      if ((high * 2 ** 26 + low) / 2 ** 53 < probability) return missed
    }
    return count
  }

  /** As that many calls of `fraction` whose results nobody wants. */
  skipFractions(count: number): void {
    this.#python.skip(2 * count)
  }

  /** A whole number from 0 up to the bound, without it. The bound is from 1 to 2^31 - 1. */
  below(bound: number): number {
    const surplus = Math.clz32(bound)
    let drawn = this.#python.next() >>> surplus
    while (drawn >= bound) drawn = this.#python.next() >>> surplus
    return drawn
  }

  /** One of several, each as likely. Throws RangeError when there is none. */
  one<T>(choices: readonly T[]): T {
    if (choices.length === 0) throw new RangeError('There is nothing to draw from.')
    return choices[this.below(choices.length)] as T
  }

  /** `random.sample`: different ones of several, at most 21, in the order of their drawing. */
  sample<T>(choices: readonly T[], wanted: number): T[] {
    return choices.length <= (wanted > 5 ? MORE_OF : FEW_OF)
      ? this.#sampleOfFew(choices, wanted)
      : this.#sampleOfMany(choices, wanted)
  }

  /** A whole number from the first to the last, both included, of NumPy's generator. */
  within(first: number, last: number): number {
    const range = last - first
    if (range === 0) return first
    this.#numpy ??= new Twister(this.#seed >>> 0)
    const mask = 2 ** (32 - Math.clz32(range)) - 1
    let drawn = this.#numpy.next() & mask
    while (drawn > range) drawn = this.#numpy.next() & mask
    return first + drawn
  }

  /** Draws from a pool; the last of the pool takes the place of the drawn one. */
  #sampleOfFew<T>(choices: readonly T[], wanted: number): T[] {
    const pool = [...choices]
    return Array.from({ length: wanted }, () => {
      const place = this.below(pool.length)
      const [drawn] = pool.splice(place, 1, ...pool.slice(-1))
      pool.pop()
      return drawn as T
    })
  }

  #sampleOfMany<T>(choices: readonly T[], wanted: number): T[] {
    const places = new Set<number>()
    while (places.size < wanted) places.add(this.below(choices.length))
    return Array.from(places, (place) => choices[place] as T)
  }
}

/**
 * The draws of one document: they follow from the operator's seed, its name and the text alone, so that order, partition and
 * replica change nothing, and a replay gives the same.
 */
export function drawsOf(seed: number, operator: string, text: string): Draws {
  const hash = createHash('sha256').update(`${seed}\n${operator}\n`).update(text).digest()
  return new Draws(hash.readUIntBE(0, 6))
}

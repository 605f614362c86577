/** Words longer than this, in UTF-16 units, are not remembered. */
export const LONGEST_REMEMBERED = 64

/** Odd, and unknown to whoever makes up texts, so that no one can choose words that share a slot. */
const SEED = Math.floor(Math.random() * 2 ** 32) | 1
const FACTOR = (Math.floor(Math.random() * 2 ** 32) & ~7) | 5

/**
 * Numbers for the words that were met lately: a table of bounded size, which is emptied when it is full. Texts are Zipfian, so
 * nearly every word is one that has a number already, and what is known of it can be looked up by that number.
 */
export class WordMemo {
  /** How many words have numbers: these are 0 to `size` - 1. */
  size = 0
  readonly capacity: number
  readonly #slots: Int32Array
  readonly #hashes: Int32Array
  readonly #starts: Int32Array
  readonly #units: Uint16Array

  constructor(capacity: number) {
    this.capacity = capacity
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(capacity * 2 + 2)))
    this.#hashes = new Int32Array(capacity)
    this.#starts = new Int32Array(capacity + 1)
    this.#units = new Uint16Array(capacity * 16 + LONGEST_REMEMBERED)
  }

  /** The number of the word from `start` to `end` of a text with this hash; -1 when it has none. */
  find(text: string, start: number, end: number, hash: number): number {
    const slots = this.#slots
    const mask = slots.length - 1
    for (let slot = placeOf(hash) & mask; ; slot = (slot + 1) & mask) {
      const number = (slots[slot] as number) - 1
      if (number < 0) return -1
      if (this.#hashes[number] === hash && this.#is(number, text, start, end)) return number
    }
  }

  /**
   * Gives a number to a word that has none; -1 when it is too long to be remembered. When the table is full it is emptied first,
   * and the numbers begin anew.
   */
  add(text: string, start: number, end: number, { hash }: { hash: number }): number {
    if (end - start > LONGEST_REMEMBERED) return -1
    const room = this.#units.length - (this.#starts[this.size] as number)
    if (this.size === this.capacity || room < end - start) this.empty()
    const number = this.size++
    const mask = this.#slots.length - 1
    let slot = placeOf(hash) & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = number + 1
    this.#hashes[number] = hash
    let place = this.#starts[number] as number
    for (let i = start; i < end; i++) this.#units[place++] = text.charCodeAt(i)
    this.#starts[number + 1] = place
    return number
  }

  empty(): void {
    this.#slots.fill(0)
    this.size = 0
  }

  #is(number: number, text: string, start: number, end: number): boolean {
    const units = this.#units
    let place = this.#starts[number] as number
    if ((this.#starts[number + 1] as number) - place !== end - start) return false
    for (let i = start; i < end; i++) if (units[place++] !== text.charCodeAt(i)) return false
    return true
  }
}

/** Where the hash of a word begins. */
export const HASH_START: number = SEED

/** The hash of a word with one more UTF-16 unit behind it. */
export function hashOn(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, FACTOR)
}

/** A factor of the form 8k + 5 lets low bits depend on low bits only, so that high ones are mixed in. */
function placeOf(hash: number): number {
  return hash ^ (hash >>> 15)
}

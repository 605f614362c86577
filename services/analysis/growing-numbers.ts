const FIRST = 1024

/** A Float64Array that grows; places nobody has written to hold NaN. */
export class GrowingNumbers {
  length = 0
  #values = new Float64Array(FIRST).fill(Number.NaN)

  put(at: number, value: number): void {
    if (at >= this.#values.length) {
      const wider = new Float64Array(Math.max(at + 1, this.#values.length * 2)).fill(Number.NaN)
      wider.set(this.#values)
      this.#values = wider
    }
    this.#values[at] = value
    if (at >= this.length) this.length = at + 1
  }

  /** The first so many, as a view that the next `put` may leave behind. */
  upTo(length: number): Float64Array {
    if (length > this.#values.length) this.put(length - 1, Number.NaN)
    return this.#values.subarray(0, length)
  }
}

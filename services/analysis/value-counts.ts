/** Characters of all distinct values together, with a little for each; what comes then is counted and not named. */
const ROOM = 16_000_000
const EACH = 16

/** How often each text came, in the order in which they came first. */
export class ValueCounts {
  total = 0
  /** Values that came when there was no more room for new ones; 0 while the counts are exact. */
  unnamed = 0
  readonly #counts = new Map<string, number>()
  #held = 0

  add(value: string): void {
    this.total++
    const known = this.#counts.get(value)
    if (known === undefined && this.#held > ROOM) {
      this.unnamed++
      return
    }
    if (known === undefined) this.#held += value.length + EACH
    this.#counts.set(value, (known ?? 0) + 1)
  }

  get unique(): number {
    return this.#counts.size
  }

  /** The most frequent ones; of equals, those that came first. */
  most(number: number): { value: string; count: number }[] {
    const sorted = Array.from(this.#counts, ([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count)
    return sorted.slice(0, number)
  }
}

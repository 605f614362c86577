/** Two neighbouring parts of a word that are one together. */
export interface Pair {
  /** The numbers of the parts. */
  left: number
  right: number
  score: number
  /** What tells whether the parts are still those that were looked at. */
  size: number
}

/** A heap with the best pair in front: of the highest score, and of several such ones the leftmost. */
export class Pairs {
  readonly #heap: Pair[] = []

  push(pair: Pair): void {
    const heap = this.#heap
    let place = heap.length
    heap.push(pair)
    while (place > 0) {
      const above = (place - 1) >> 1
      const other = heap[above] as Pair
      if (!isBetter(pair, other)) break
      heap[place] = other
      place = above
    }
    heap[place] = pair
  }

  pop(): Pair | undefined {
    const heap = this.#heap
    const best = heap[0]
    const last = heap.pop()
    if (!best || !last || heap.length === 0) return best
    let place = 0
    for (;;) {
      let below = 2 * place + 1
      if (below >= heap.length) break
      if (below + 1 < heap.length && isBetter(heap[below + 1] as Pair, heap[below] as Pair)) below++
      if (!isBetter(heap[below] as Pair, last)) break
      heap[place] = heap[below] as Pair
      place = below
    }
    heap[place] = last
    return best
  }
}

function isBetter(a: Pair, b: Pair): boolean {
  return a.score > b.score || (a.score === b.score && a.left < b.left)
}

import type { Matrix } from './matrix.ts'

/** How sure a model is of a label: the logarithm that fastText ranks by, and the label's number. */
export interface Ranked {
  score: number
  label: number
}

/** Gives the best labels for the mean of a text's rows, best first. */
export type Ranking = (hidden: Float64Array, count: number) => Ranked[]

/** What fastText adds before it takes a logarithm; scores may exceed 1 by it. */
const LOG_GUARD = 1e-5
/** The sigmoid is looked up in a table of so many steps between -8 and 8. */
const SIGMOID_STEPS = 512
const SIGMOID_END = 8

/** The ranking of a loss, by its number in a file: 1 hierarchical softmax, 2 negative sampling, 3 softmax, 4 one against all. */
export function rankingOf(loss: number, output: Matrix, counts: number[]): Ranking | null {
  if (loss === 1) return hierarchical(output, counts)
  if (loss === 3) return (hidden, count) => bestOf(softmax(outputs(output, hidden)), count)
  if (loss === 2 || loss === 4) return (hidden, count) => bestOf(outputs(output, hidden).map(sigmoid), count)
  return null
}

function guardedLog(value: number): number {
  return Math.fround(Math.log(value + LOG_GUARD))
}

/** Branches with a score below that are left, as they are where no least probability is asked for. */
const LEAST = guardedLog(0)

function outputs(output: Matrix, hidden: Float64Array): Float32Array {
  return Float32Array.from({ length: output.rows }, (_, row) => output.dot(row, hidden))
}

function softmax(values: Float32Array): Float32Array {
  let largest = Number.NEGATIVE_INFINITY
  for (const value of values) largest = Math.max(largest, value)
  let sum = 0
  for (const [i, value] of values.entries()) {
    values[i] = Math.exp(value - largest)
    sum += values[i] as number
  }
  return values.map((value) => value / sum)
}

const SIGMOID = Float32Array.from(
  { length: SIGMOID_STEPS + 1 },
  (_, i) => 1 / (1 + Math.exp(-((i * 2 * SIGMOID_END) / SIGMOID_STEPS - SIGMOID_END))),
)

function sigmoid(value: number): number {
  if (value < -SIGMOID_END) return 0
  if (value > SIGMOID_END) return 1
  return SIGMOID[Math.trunc(((value + SIGMOID_END) * SIGMOID_STEPS) / SIGMOID_END / 2)] as number
}

function bestOf(probabilities: Float32Array, count: number): Ranked[] {
  const best = new Best(count)
  for (const [label, probability] of probabilities.entries()) best.offer({ score: guardedLog(probability), label })
  return best.sorted()
}

interface Tree {
  left: Int32Array
  right: Int32Array
  root: number
}

/** Walks Huffman's tree of the labels, the left branch first, and leaves what cannot be among the best any more. */
function hierarchical(output: Matrix, counts: number[]): Ranking {
  const tree = treeOf(counts)
  return (hidden, count) => {
    const best = new Best(count)
    const walk = (node: number, score: number): void => {
      if (score < LEAST || score < best.bar) return
      if (node < counts.length) {
        best.offer({ score, label: node })
        return
      }
      const right = Math.fround(1 / (1 + Math.exp(-Math.fround(output.dot(node - counts.length, hidden)))))
      walk(tree.left[node] as number, Math.fround(score + guardedLog(Math.fround(1 - right))))
      walk(tree.right[node] as number, Math.fround(score + guardedLog(right)))
    }
    walk(tree.root, 0)
    return best.sorted()
  }
}

/** The labels come in the order of their counts, the largest first, so two ends to take from are enough. */
function treeOf(counts: number[]): Tree {
  const leaves = counts.length
  const size = Math.max(2 * leaves - 1, 0)
  const weights = Float64Array.from({ length: size }, (_, i) => counts[i] ?? 1e15)
  const tree = { left: new Int32Array(size), right: new Int32Array(size), root: size - 1 }
  let leaf = leaves - 1
  let inner = leaves
  const take = () => (leaf >= 0 && (weights[leaf] as number) < (weights[inner] as number) ? leaf-- : inner++)
  for (let node = leaves; node < size; node++) {
    tree.left[node] = take()
    tree.right[node] = take()
    weights[node] = (weights[tree.left[node] as number] as number) + (weights[tree.right[node] as number] as number)
  }
  return tree
}

/**
 * The best so far, in a heap with the least of them in front. Which of two equal ones stays is decided as the heap of the C++
 * library decides it.
 */
class Best {
  readonly #count: number
  readonly #heap: Ranked[] = []

  constructor(count: number) {
    this.#count = count
  }

  /** What a score must reach to be among the best. */
  get bar(): number {
    const [least] = this.#heap
    return least && this.#heap.length === this.#count ? least.score : Number.NEGATIVE_INFINITY
  }

  offer(ranked: Ranked): void {
    if (!(ranked.score >= this.bar)) return
    this.#heap.push(ranked)
    this.#rise(this.#heap.length - 1, 0, ranked)
    if (this.#heap.length > this.#count) this.#pop(this.#heap.length)
    this.#heap.length = Math.min(this.#heap.length, this.#count)
  }

  sorted(): Ranked[] {
    for (let end = this.#heap.length; end > 1; end--) this.#pop(end)
    return this.#heap
  }

  /** Puts the least of the first `end` behind the others. */
  #pop(end: number): void {
    const heap = this.#heap
    const moved = heap[end - 1]
    const least = heap[0]
    if (!moved || !least || end < 2) return
    heap[end - 1] = least
    const length = end - 1
    let hole = 0
    while (2 * hole + 2 < length) {
      let child = 2 * hole + 2
      if (this.#scoreAt(child) > this.#scoreAt(child - 1)) child--
      hole = this.#move(child, hole)
    }
    if (2 * hole + 2 === length) hole = this.#move(2 * hole + 1, hole)
    this.#rise(hole, 0, moved)
  }

  #rise(from: number, top: number, ranked: Ranked): void {
    let hole = from
    while (hole > top && this.#scoreAt((hole - 1) >> 1) > ranked.score) hole = this.#move((hole - 1) >> 1, hole)
    this.#heap[hole] = ranked
  }

  #move(from: number, to: number): number {
    const moved = this.#heap[from]
    if (moved) this.#heap[to] = moved
    return from
  }

  #scoreAt(place: number): number {
    return this.#heap[place]?.score ?? 0
  }
}

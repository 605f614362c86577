/** Slots of the table of edges to begin with, a power of two. */
const SLOTS = 2 ** 12
/** The node of the empty word. */
export const ROOT = 1

/**
 * Words and how often they were counted, as a tree of UTF-16 code units. Edges lie in one open table, keyed by node and unit, so
 * that a step costs one look-up.
 */
export class WordTree {
  #parents = new Int32Array(SLOTS)
  #units = new Uint16Array(SLOTS)
  #children = new Int32Array(SLOTS)
  #nodes = ROOT
  #counts = new Float64Array(SLOTS)
  #weights = new Float64Array(SLOTS)
  #total = 0

  /** The sum of all counts that were ever given. */
  get total(): number {
    return this.#total
  }

  /** Counts a word, in place of what it counted before; the total grows all the same. */
  add(word: string, count: number): void {
    let node = ROOT
    for (let i = 0; i < word.length; i++) node = this.#grow(node, word.charCodeAt(i))
    this.#counts[node] = count
    this.#weights[node] = Math.log(count || 1)
    this.#total += count
  }

  /** The node one unit further; 0 when no word goes on like that. */
  step(node: number, unit: number): number {
    const slot = this.#slot(node, unit)
    return this.#children[slot] as number
  }

  /** How often the word that ends here was counted; 0 for the mere beginning of a word. */
  count(node: number): number {
    return this.#counts[node] as number
  }

  /** The logarithm of the count, or of 1 where that is 0. */
  weight(node: number): number {
    return this.#weights[node] as number
  }

  /** The count of a word, 0 for the mere beginning of one, undefined for any other text. */
  countOf(word: string): number | undefined {
    let node = ROOT
    for (let i = 0; i < word.length && node !== 0; i++) node = this.step(node, word.charCodeAt(i))
    return node === 0 ? undefined : this.count(node)
  }

  #slot(node: number, unit: number): number {
    const mask = this.#children.length - 1
    const mixed = Math.imul(node, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b)
    let slot = (mixed ^ (mixed >>> 15)) & mask
    while (this.#children[slot] !== 0 && (this.#parents[slot] !== node || this.#units[slot] !== unit)) {
      slot = (slot + 1) & mask
    }
    return slot
  }

  #grow(node: number, unit: number): number {
    const slot = this.#slot(node, unit)
    const known = this.#children[slot] as number
    if (known !== 0) return known
    if (2 * this.#nodes >= this.#children.length) {
      this.#double()
      return this.#grow(node, unit)
    }
    this.#parents[slot] = node
    this.#units[slot] = unit
    this.#children[slot] = ++this.#nodes
    return this.#nodes
  }

  #double(): void {
    const [parents, units, children] = [this.#parents, this.#units, this.#children]
    this.#parents = new Int32Array(2 * children.length)
    this.#units = new Uint16Array(2 * children.length)
    this.#children = new Int32Array(2 * children.length)
    for (let i = 0; i < children.length; i++) {
      if (children[i] === 0) continue
      const slot = this.#slot(parents[i] as number, units[i] as number)
      this.#parents[slot] = parents[i] as number
      this.#units[slot] = units[i] as number
      this.#children[slot] = children[i] as number
    }
    this.#counts = doubled(this.#counts)
    this.#weights = doubled(this.#weights)
  }
}

function doubled(numbers: Float64Array): Float64Array<ArrayBuffer> {
  const more = new Float64Array(2 * numbers.length)
  more.set(numbers)
  return more
}

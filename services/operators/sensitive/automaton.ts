import type { Folded } from './folding.ts'

/**
 * An automaton of Aho and Corasick over words read from their ends: led over a text from right to left, it is at each place in the
 * state of the longest word begin that stands there. Node 0 is the start; about 30 bytes a node.
 */
export interface Automaton {
  /** Node of each last unit of a word; 0 for none. */
  lasts: Int32Array
  /** Open-addressing table of all other nodes; 0 for free. */
  slots: Int32Array
  parents: Int32Array
  units: Uint16Array
  /** The node where the search goes on when no child fits: that of the longest shorter piece. */
  failures: Int32Array
  /** Number of the word that ends the way to a node, plus 1; 0 for none. */
  words: Int32Array
  /** The node itself if it ends a word, else the nearest on the way of failures that does; 0 for none. */
  outputs: Int32Array
  /** Units on the way to a node. */
  depths: Int32Array
}

/** Builds the automaton of words that have been made alike. Of equal words the first counts; empty ones never match. */
export function automatonOf(words: Iterable<Folded>): Automaton {
  const kept = Array.from(words, ({ units, length }) => units.slice(0, length))
  const most = kept.reduce((sum, word) => sum + word.length, 1)
  const automaton: Automaton = {
    lasts: new Int32Array(0x10000),
    slots: new Int32Array(2 ** Math.ceil(Math.log2(most * 2 + 1))),
    parents: new Int32Array(most),
    units: new Uint16Array(most),
    failures: new Int32Array(most),
    words: new Int32Array(most),
    outputs: new Int32Array(most),
    depths: new Int32Array(most),
  }
  let count = 1
  for (const [number, word] of kept.entries()) count = add(automaton, word, { number, count })
  link(automaton, count)
  return automaton
}

/** Puts in a word from its end on; the number of nodes then. */
function add(automaton: Automaton, word: Uint16Array, { number, count }: { number: number; count: number }): number {
  let nodes = count
  let node = 0
  for (let i = word.length - 1; i >= 0; i--) {
    const unit = word[i] as number
    let child = childOf(automaton, node, unit)
    if (child === 0) {
      child = nodes++
      automaton.parents[child] = node
      automaton.units[child] = unit
      automaton.depths[child] = (automaton.depths[node] as number) + 1
      if (node === 0) automaton.lasts[unit] = child
      else automaton.slots[slotOf(automaton, node, unit)] = child
    }
    node = child
  }
  if (node !== 0 && automaton.words[node] === 0) automaton.words[node] = number + 1
  return nodes
}

/** The child of a node for a unit; 0 for none. */
export function childOf(automaton: Automaton, node: number, unit: number): number {
  return (node === 0 ? automaton.lasts[unit] : automaton.slots[slotOf(automaton, node, unit)]) as number
}

/** The slot that holds a node's child, or a free one. */
function slotOf({ slots, parents, units }: Automaton, parent: number, unit: number): number {
  const mask = slots.length - 1
  let slot = Math.imul(Math.imul(parent, 0x9e3779b1) ^ unit, 0x85ebca6b) >>> 7
  for (slot &= mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
    const node = slots[slot] as number
    if (parents[node] === parent && units[node] === unit) return slot
  }
  return slot
}

/** Finds failures and outputs, nearer nodes first, for they rest on those. */
function link(automaton: Automaton, count: number): void {
  const { parents, units, failures, words, outputs } = automaton
  for (const node of byDepth(automaton, count)) {
    const parent = parents[node] as number
    if (parent !== 0) {
      let candidate = failures[parent] as number
      let target = childOf(automaton, candidate, units[node] as number)
      while (target === 0 && candidate !== 0) {
        candidate = failures[candidate] as number
        target = childOf(automaton, candidate, units[node] as number)
      }
      failures[node] = target
    }
    outputs[node] = words[node] === 0 ? (outputs[failures[node] as number] as number) : node
  }
}

/** All nodes but the first, in the order of their depths. */
function byDepth({ depths }: Automaton, count: number): Int32Array {
  let deepest = 0
  for (let node = 1; node < count; node++) deepest = Math.max(deepest, depths[node] as number)
  const starts = new Int32Array(deepest + 2)
  for (let node = 1; node < count; node++)
    starts[(depths[node] as number) + 1] = (starts[(depths[node] as number) + 1] ?? 0) + 1
  for (let depth = 1; depth < starts.length; depth++)
    starts[depth] = (starts[depth] as number) + (starts[depth - 1] as number)
  const ordered = new Int32Array(count - 1)
  for (let node = 1; node < count; node++) {
    const depth = depths[node] as number
    ordered[starts[depth] as number] = node
    starts[depth] = (starts[depth] as number) + 1
  }
  return ordered
}

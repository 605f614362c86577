/** A dictionary as a tree over UTF-16 units. Node 0 is none; the children of a node are found by hashing it with a unit. */
export interface Dictionary {
  /** Node of each first unit of a key; 0 for none. */
  firsts: Int32Array
  /** Bits of the pairs with which longer keys begin, by hash: a small table that answers most look-ups with no. */
  pairs: Uint8Array
  /** Open-addressing table of all nodes but the first ones; 0 for free. */
  slots: Int32Array
  parents: Int32Array
  units: Uint16Array
  /** What a node's key is replaced by; null where no key ends. */
  values: (string | null)[]
  /** Length of the key that ends at a node, in units; 0 where none does. */
  lengths: Uint8Array
}

/** Few enough for the table to stay in the nearest cache. */
const PAIR_BITS = 0x40000

/** Builds a dictionary from its entries. */
export function dictionaryOf(entries: ReadonlyMap<string, string>): Dictionary {
  let most = 1
  for (const key of entries.keys()) most += key.length
  const dictionary: Dictionary = {
    firsts: new Int32Array(0x10000),
    pairs: new Uint8Array(PAIR_BITS / 8),
    slots: new Int32Array(2 ** Math.ceil(Math.log2(most * 2))),
    parents: new Int32Array(most),
    units: new Uint16Array(most),
    values: [null],
    lengths: new Uint8Array(most),
  }
  for (const [key, value] of entries) {
    const node = nodeFor(dictionary, key)
    dictionary.values[node] = value
    dictionary.lengths[node] = key.length
  }
  return dictionary
}

/** The node of a key, with those on the way to it; made where they are missing. */
function nodeFor(dictionary: Dictionary, key: string): number {
  const { firsts, slots } = dictionary
  const first = key.charCodeAt(0)
  if (firsts[first] === 0) firsts[first] = addNode(dictionary, 0, first)
  let node = firsts[first] as number
  if (key.length > 1) {
    const pair = pairHash(first, key.charCodeAt(1))
    dictionary.pairs[pair >> 3] = (dictionary.pairs[pair >> 3] as number) | (1 << (pair & 7))
  }
  for (let i = 1; i < key.length; i++) {
    const unit = key.charCodeAt(i)
    const slot = slotOf(dictionary, node, unit)
    if (slots[slot] === 0) slots[slot] = addNode(dictionary, node, unit)
    node = slots[slot] as number
  }
  return node
}

function addNode(dictionary: Dictionary, parent: number, unit: number): number {
  const node = dictionary.values.push(null) - 1
  dictionary.parents[node] = parent
  dictionary.units[node] = unit
  return node
}

function pairHash(first: number, second: number): number {
  return (Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b)) >>> 14
}

/** The slot that holds a node's child, or a free one. */
function slotOf({ slots, parents, units }: Dictionary, parent: number, unit: number): number {
  const mask = slots.length - 1
  let slot = Math.imul(Math.imul(parent, 0x9e3779b1) ^ unit, 0x85ebca6b) >>> 7
  for (slot &= mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
    const node = slots[slot] as number
    if (parents[node] === parent && units[node] === unit) return slot
  }
  return slot
}

/** The node of the longest key that stands at `start` and ends at `end` or before; 0 when there is none. */
export function longestKey(dictionary: Dictionary, text: string, start: number, end: number): number {
  const { firsts, pairs, slots, lengths } = dictionary
  const first = text.charCodeAt(start)
  let node = firsts[first] as number
  if (node === 0) return 0
  let found = lengths[node] === 0 ? 0 : node
  if (start + 1 >= end) return found
  const pair = pairHash(first, text.charCodeAt(start + 1))
  if (((pairs[pair >> 3] as number) & (1 << (pair & 7))) === 0) return found
  for (let i = start + 1; i < end; i++) {
    node = slots[slotOf(dictionary, node, text.charCodeAt(i))] as number
    if (node === 0) break
    if (lengths[node] !== 0) found = node
  }
  return found
}

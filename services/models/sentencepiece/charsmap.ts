import { invalidModel } from '../bytes.ts'

/** What a normaliser puts in the place of some byte strings. */
export interface Charsmap {
  /** The length of the longest string at a place that has a substitute; 0 when none has. It is then the `substitute`. */
  match(text: Uint8Array, start: number): number
  /** The substitute of the last match, as a part of the file. */
  substitute(): Uint8Array
  /** By byte: whether it is part of a longer string that has a substitute. */
  isInside: Uint8Array
  /** Whether the mark for blanks comes out of it. */
  givesMark: boolean
}

const BLANK_MARK = [0xe2, 0x96, 0x81]
/** The trie's size is a multiple of that, and it is at least as large. */
const BLOCK = 1024

/**
 * Reads the rules of a model: a trie in the form of Darts-clone, then the substitutes, each ended by a zero. Throws Failure
 * `asset_invalid`.
 */
export function readCharsmap(name: string, bytes: Uint8Array): Charsmap {
  const size = bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  const isBroken = size < BLOCK || size % BLOCK !== 0 || size + 4 >= bytes.length || bytes.at(-1) !== 0
  if (isBroken) throw invalidModel(name, 'has broken rules for normalising')
  const units = new Uint32Array(new Uint8Array(bytes.subarray(4, 4 + size)).buffer)
  const substitutes = bytes.subarray(4 + size)
  let found = 0
  return {
    match(text, start) {
      let longest = 0
      let place = offsetOf(units[0] as number)
      for (let at = start; at < text.length; at++) {
        const byte = text[at] as number
        place ^= byte
        const unit = units[place] ?? 0
        if (labelOf(unit) !== byte) break
        place ^= offsetOf(unit)
        if (!hasLeaf(unit)) continue
        longest = at + 1 - start
        found = (units[place] ?? 0) & 0x7fffffff
      }
      return found < substitutes.length ? longest : 0
    },
    substitute: () => substitutes.subarray(found, substitutes.indexOf(0, found)),
    isInside: bytesInside(units),
    givesMark: holdsMark(substitutes),
  }
}

function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6)
}

/** The top bit tells leaves, which have no label. */
function labelOf(unit: number): number {
  return (unit & 0x800000ff) >>> 0
}

function hasLeaf(unit: number): boolean {
  return (unit & 0x100) !== 0
}

function holdsMark(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(Buffer.from(BLANK_MARK))
}

/** Walks through the whole trie. */
function bytesInside(units: Uint32Array): Uint8Array {
  const isInside = new Uint8Array(0x100)
  const open = [{ place: offsetOf(units[0] as number), first: -1 }]
  for (let node = open.pop(); node; node = open.pop()) {
    for (let byte = 1; byte < 0x100; byte++) {
      const unit = units[node.place ^ byte] ?? 0
      if (labelOf(unit) !== byte) continue
      if (node.first >= 0) isInside[byte] = isInside[node.first] = 1
      open.push({ place: (node.place ^ byte ^ offsetOf(unit)) >>> 0, first: node.first >= 0 ? node.first : byte })
    }
  }
  return isInside
}

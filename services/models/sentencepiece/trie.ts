/**
 * Byte strings, each with a number, as a double array: the state behind `state` and a byte is `bases[state] + byte` if `checks`
 * has `state` there.
 */
export interface Trie {
  bases: Int32Array
  checks: Int32Array
  /** The number of the string that ends in a state; -1 where none does. */
  values: Int32Array
}

export interface Entry {
  bytes: Uint8Array
  value: number
}

/** The state before the first byte. */
export const ROOT = 0
/** A place that no state has, so that nothing leads there. */
const NOWHERE = -1

interface Building extends Trie {
  /** No place before this one is free. */
  firstFree: number
}

/** Some entries that share their first `depth` bytes, and the state behind these. */
interface Branch {
  from: number
  to: number
  depth: number
  state: number
}

/** A trie of these strings; of several equal ones, the last counts. */
export function trieOf(entries: Entry[]): Trie {
  const sorted = entries.toSorted((a, b) => compare(a.bytes, b.bytes))
  const trie: Building = { ...emptyArrays(1024), firstFree: 1 }
  trie.checks[ROOT] = ROOT
  const open: Branch[] = [{ from: 0, to: sorted.length, depth: 0, state: ROOT }]
  for (let branch = open.pop(); branch; branch = open.pop()) {
    const { depth } = branch
    let { from } = branch
    while (from < branch.to && sorted[from]?.bytes.length === depth)
      trie.values[branch.state] = sorted[from++]?.value ?? -1
    if (from < branch.to) open.push(...place(trie, sorted, { ...branch, from }))
  }
  return trie
}

function compare(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number)
  return a.length - b.length
}

function emptyArrays(length: number): Trie {
  return {
    bases: new Int32Array(length).fill(NOWHERE),
    checks: new Int32Array(length).fill(NOWHERE),
    values: new Int32Array(length).fill(-1),
  }
}

/** Finds room for the states behind a branch's; gives the branches of these. */
function place(trie: Building, sorted: Entry[], branch: Branch): Branch[] {
  const parts: Branch[] = []
  const bytes: number[] = []
  for (let at = branch.from; at < branch.to; at++) {
    const byte = sorted[at]?.bytes[branch.depth] ?? 0
    const last = parts.at(-1)
    if (last && bytes.at(-1) === byte) last.to = at + 1
    else {
      bytes.push(byte)
      parts.push({ from: at, to: at + 1, depth: branch.depth + 1, state: 0 })
    }
  }
  const base = baseFor(trie, bytes)
  trie.bases[branch.state] = base
  for (const [i, part] of parts.entries()) {
    part.state = base + (bytes[i] as number)
    trie.checks[part.state] = branch.state
  }
  return parts
}

function baseFor(trie: Building, bytes: number[]): number {
  const first = bytes[0] as number
  let tried = 0
  for (let state = Math.max(trie.firstFree, first + 1); ; state++) {
    widen(trie, state + 256)
    if (trie.checks[state] !== NOWHERE) continue
    if (tried++ === 0) trie.firstFree = state
    const base = state - first
    if (bytes.every((byte) => trie.checks[base + byte] === NOWHERE)) {
      // a region in which hardly anything fits any more is left, as looking through it costs more than it saves
      if (tried > 64) trie.firstFree = state
      return base
    }
  }
}

function widen(trie: Building, length: number): void {
  if (length < trie.bases.length) return
  const wider = emptyArrays(trie.bases.length * 2)
  wider.bases.set(trie.bases)
  wider.checks.set(trie.checks)
  wider.values.set(trie.values)
  Object.assign(trie, wider)
}

/** The length of the longest string of the trie that a text has at a place; 0 when it has none. */
export function longestAt(trie: Trie, text: Uint8Array, start: number): number {
  const { bases, checks, values } = trie
  let state = ROOT
  let longest = 0
  for (let at = start; at < text.length; at++) {
    const next = (bases[state] as number) + (text[at] as number)
    if (checks[next] !== state || next === ROOT) break
    state = next
    if ((values[state] as number) >= 0) longest = at + 1 - start
  }
  return longest
}

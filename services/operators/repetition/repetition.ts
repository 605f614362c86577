import { nameGrams } from './naming.ts'

/** How often the n-grams of a sequence occur. */
export interface Repetition {
  /** Number of n-grams, overlapping ones included. */
  total: number
  /** Number of different ones. */
  distinct: number
  /** The counts of those that occur more than once, in no order. */
  repeated: Int32Array
}

/** A sequence and its n-grams; `total` is at least 1. */
export interface Grams {
  symbols: Int32Array
  n: number
  total: number
}

/** Multiplier of the rolling polynomial hash modulo 2^32: odd, with bits all over. */
const MULTIPLIER = 0x5bd1e995
/** 2^32 divided by the golden ratio: spreads a hash, so that its upper bits choose a slot well. */
const GOLDEN = 0x9e3779b1
/** Sequences up to this length share one workspace; a longer one gets its own, which is not kept. */
const KEPT_LENGTH = 1 << 18
/** Symbols that may be compared for each n-gram, on average, before the hash counts as defeated. */
const PATIENCE = 8

/** Arrays that every count needs, with room for so many n-grams. */
interface Workspace {
  room: number
  /** For each hash the last place of an n-gram that has it, plus `era`. */
  last: Int32Array
  /** Whatever is less in `last` is of an earlier count, so that the table need not be cleared. */
  era: number
  /** For each place, the one before it whose n-gram has the same slot; negative when there is none. */
  before: Int32Array
  /** The places whose n-gram may have occurred before, in order. */
  candidates: Int32Array
  /** The group of equal n-grams that a place is in; 0 when it is alone. */
  groups: Int32Array
  /** How many places are in a group. */
  sizes: Int32Array
}

let shared = workspace(1 << 12)

function workspace(room: number): Workspace {
  return {
    room,
    last: new Int32Array(2 ** tableWidth(room)),
    era: 1,
    before: new Int32Array(room),
    candidates: new Int32Array(room + 1),
    groups: new Int32Array(room),
    sizes: new Int32Array(room / 2 + 2),
  }
}

function workspaceFor(total: number): Workspace {
  if (total > KEPT_LENGTH) return workspace(total)
  if (total > shared.room) shared = workspace(2 ** Math.ceil(Math.log2(total)))
  if (shared.era > 2 ** 30) {
    shared.last.fill(0)
    shared.era = 1
  }
  return shared
}

/** The table has at least four slots for each n-gram, or one in a long sequence; 2 to this power in all. */
function tableWidth(total: number): number {
  const width = Math.ceil(Math.log2(total))
  return total > KEPT_LENGTH ? Math.min(width, 26) : Math.max(width + 2, 6)
}

/**
 * Counts the n-grams of a sequence exactly: a rolling hash finds n-grams that may be equal, and their symbols decide. A
 * sequence that defeats the hash is counted by naming, which takes longer but never more than so long. An n below 1 means what
 * Python's slices make of it.
 */
export function countRepetition(symbols: Int32Array, n: number): Repetition {
  if (n < 1) return countBackwardSlices(symbols, -n)
  const total = Math.max(symbols.length - n + 1, 0)
  if (total === 0) return { total, distinct: 0, repeated: new Int32Array(0) }
  const grams = { symbols, n, total }
  return countByHash(grams) ?? countByName(grams)
}

/**
 * The slices `symbols[i : i - back]` for i from 0 to the length plus `back`: the first `back` of them, whose ends count from
 * the end of the sequence, hold all but `back` symbols, the others nothing.
 */
function countBackwardSlices(symbols: Int32Array, back: number): Repetition {
  const total = symbols.length + back + 1
  const width = symbols.length - back
  const filled =
    width > 0 && back > 0
      ? countRepetition(symbols.subarray(0, symbols.length - 1), width)
      : { total: 0, distinct: 0, repeated: new Int32Array(0) }
  const empty = total - filled.total
  const repeated = new Int32Array(filled.repeated.length + (empty > 1 ? 1 : 0))
  repeated.set(filled.repeated)
  if (empty > 1) repeated[filled.repeated.length] = empty
  return { total, distinct: filled.distinct + 1, repeated }
}

/** Null when too many symbols had to be compared. */
export function countByHash(grams: Grams): Repetition | null {
  const { total } = grams
  const work = workspaceFor(total)
  const candidates = findCandidates(grams, work)
  work.era += total
  work.groups.fill(0, 0, total)
  const groups = groupCandidates(grams, work, candidates)
  return groups < 0 ? null : repetitionOf(total, work.sizes.slice(1, groups + 1))
}

/** Counts in time that only the length and the logarithm of n decide. */
export function countByName(grams: Grams): Repetition {
  const { names, distinct } = nameGrams(grams)
  const counts = new Int32Array(distinct)
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as number
    counts[name] = (counts[name] as number) + 1
  }
  return repetitionOf(
    grams.total,
    counts.filter((count) => count > 1),
  )
}

function repetitionOf(total: number, repeated: Int32Array): Repetition {
  let distinct = total
  for (let i = 0; i < repeated.length; i++) distinct -= (repeated[i] as number) - 1
  return { total, distinct, repeated }
}

/** Lists the places whose n-gram has a slot that was met before. Without branches, which no one could foresee. */
function findCandidates({ symbols, n, total }: Grams, { last, era, before, candidates }: Workspace): number {
  const multiplier = MULTIPLIER
  const golden = GOLDEN
  const shift = 32 - tableWidth(total)
  let leaving = 1
  let hash = 0
  for (let i = 0; i < n; i++) leaving = Math.imul(leaving, multiplier)
  for (let i = 0; i < n - 1; i++) hash = (Math.imul(hash, multiplier) + (symbols[i] as number)) | 0
  let gone = 0
  let found = 0
  for (let i = 0; i < total; i++) {
    const entering = (symbols[i + n - 1] as number) - Math.imul(gone, leaving)
    hash = (Math.imul(hash, multiplier) + entering) | 0
    gone = symbols[i] as number
    const slot = Math.imul(hash, golden) >>> shift
    const place = ((last[slot] as number) - era) | 0
    last[slot] = era + i
    before[i] = place
    candidates[found] = i
    found += (place >>> 31) ^ 1
  }
  return found
}

/**
 * Puts places with equal n-grams into groups; gives the number of groups, or -1 when it takes too long. In a passage that was
 * met before, the n-gram after a match is the one after the place it matched, if only the next symbol is the same.
 */
function groupCandidates({ symbols, n, total }: Grams, work: Workspace, found: number): number {
  const { before, candidates, groups, sizes } = work
  let patience = total * PATIENCE + 10_000
  let count = 0
  let match = -1
  let matchedAt = -2
  for (let k = 0; k < found; k++) {
    const place = candidates[k] as number
    if (place === matchedAt + 1 && symbols[match + n] === symbols[place + n - 1]) match++
    else {
      match = before[place] as number
      while (match >= 0) {
        let same = 0
        while (same < n && symbols[match + same] === symbols[place + same]) same++
        patience -= same + 1
        if (same === n) break
        match = before[match] as number
      }
      if (patience < 0) return -1
      if (match < 0) continue
    }
    matchedAt = place
    let group = groups[match] as number
    if (group === 0) {
      group = ++count
      groups[match] = group
      sizes[group] = 1
    }
    groups[place] = group
    sizes[group] = (sizes[group] as number) + 1
  }
  return count
}

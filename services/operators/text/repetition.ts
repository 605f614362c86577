/** How often the n-grams of a sequence occur. */
export interface Repetition {
  /** Number of n-grams, overlapping ones included. */
  total: number
  /** Number of different ones. */
  distinct: number
  /** The counts of those that occur more than once, in no order. */
  repeated: Int32Array
}

/** Multiplier of the rolling polynomial hash modulo 2^32: odd, with bits all over. */
const MULTIPLIER = 0x5bd1e995
/** 2^32 divided by the golden ratio: spreads a hash, so that its upper bits choose a slot well. */
const GOLDEN = 0x9e3779b1
/** Sequences up to this length share one workspace; a longer one gets its own, which is not kept. */
const KEPT_LENGTH = 1 << 20

/** Arrays that every count needs, with room for so many n-grams. */
interface Workspace {
  room: number
  /** The hash of the n-gram at each place. */
  hashes: Int32Array
  /** The first place of the n-gram at a place, where it is known to occur again. */
  first: Int32Array
  /** How often the n-gram that is first at a place occurs. */
  counts: Int32Array
  /** Bits for hashes that were met, and for those that were met again. */
  once: Int32Array
  twice: Int32Array
}

let shared = workspace(1 << 12)

function workspace(room: number): Workspace {
  const words = 2 ** (sieveWidth(room) - 5)
  return {
    room,
    hashes: new Int32Array(room),
    first: new Int32Array(room),
    counts: new Int32Array(room),
    once: new Int32Array(words),
    twice: new Int32Array(words),
  }
}

function workspaceFor(total: number): Workspace {
  if (total > KEPT_LENGTH) return workspace(total)
  if (total > shared.room) shared = workspace(2 ** Math.ceil(Math.log2(total)))
  return shared
}

/** The sieve has at least sixteen bits for each n-gram, 2 to this power in all. */
function sieveWidth(total: number): number {
  return Math.min(Math.max(Math.ceil(Math.log2(total)) + 4, 6), 31)
}

/**
 * Counts the n-grams of a sequence exactly, in time that hardly depends on n: a rolling hash finds n-grams that may be equal,
 * and their symbols decide. Most n-grams of a text occur once: a sieve of hashes sorts these out first. An n below 1 means what
 * Python's slices make of it.
 */
export function countRepetition(symbols: Int32Array, n: number): Repetition {
  if (n < 1) return countBackwardSlices(symbols, -n)
  const total = Math.max(symbols.length - n + 1, 0)
  if (total === 0) return { total, distinct: 0, repeated: new Int32Array(0) }
  const work = workspaceFor(total)
  hashGrams(symbols, n, work.hashes.subarray(0, total))
  const again = sift(work, total)
  const { distinct, repeating } = countGrams({ symbols, n, total, work }, again)
  const repeated = new Int32Array(repeating)
  for (let i = 0, filled = 0; filled < repeating; i++) {
    if ((work.counts[i] as number) > 1) repeated[filled++] = work.counts[i] as number
  }
  return { total, distinct, repeated }
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

/** Fills in the hash of the n-gram at each place. */
function hashGrams(symbols: Int32Array, n: number, hashes: Int32Array): void {
  const multiplier = MULTIPLIER
  let leaving = 1
  let hash = 0
  for (let i = 0; i < n; i++) {
    hash = (Math.imul(hash, multiplier) + (symbols[i] as number)) | 0
    leaving = Math.imul(leaving, multiplier)
  }
  hashes[0] = hash
  for (let i = 1; i < hashes.length; i++) {
    const entering = (symbols[i + n - 1] as number) - Math.imul(symbols[i - 1] as number, leaving)
    hash = (Math.imul(hash, multiplier) + entering) | 0
    hashes[i] = hash
  }
}

/** Marks the hashes that occur more than once, and gives the number of marks. Without branches, which no one could foresee. */
function sift({ hashes, once, twice }: Workspace, total: number): number {
  const golden = GOLDEN
  const shift = 32 - sieveWidth(total)
  const words = 2 ** (sieveWidth(total) - 5)
  once.fill(0, 0, words)
  twice.fill(0, 0, words)
  let again = 0
  for (let i = 0; i < total; i++) {
    const place = Math.imul(hashes[i] as number, golden) >>> shift
    const word = place >>> 5
    const met = once[word] as number
    const metAgain = twice[word] as number
    const bit = 1 << place
    again += ((met & ~metAgain) >>> place) & 1
    twice[word] = metAgain | (met & bit)
    once[word] = met | bit
  }
  return again
}

interface Grams {
  symbols: Int32Array
  n: number
  total: number
  work: Workspace
}

/**
 * Counts the n-grams that the sieve let through. In a passage that was met before, the n-gram after a match is the one after
 * the place it matched, if only the next symbol is the same, so that nothing has to be looked up.
 */
function countGrams(grams: Grams, again: number): { distinct: number; repeating: number } {
  const { symbols, n, total, work } = grams
  const { hashes, first, counts, twice } = work
  const golden = GOLDEN
  const shift = 32 - sieveWidth(total)
  const table = gramTable(again)
  counts.fill(0, 0, total)
  let distinct = 0
  let repeating = 0
  let match = -1
  for (let i = 0; i < total; i++) {
    let known = -1
    if (match >= 0 && symbols[match + n] === symbols[i + n - 1]) known = first[++match] as number
    else {
      match = -1
      const place = Math.imul(hashes[i] as number, golden) >>> shift
      if (((twice[place >>> 5] as number) >>> place) & 1) {
        known = lookUp(table, grams, i)
        if (known !== i) match = known
      } else {
        distinct++
        continue
      }
    }
    first[i] = known
    const count = (counts[known] as number) + 1
    counts[known] = count
    if (count === 1) distinct++
    else if (count === 2) repeating++
  }
  return { distinct, repeating }
}

/** An open-addressing table of first places, + 1; 0 is free. */
interface GramTable {
  slots: Int32Array
  held: number
}

/** A table for about so many n-grams; it grows when there are more. */
function gramTable(entries: number): GramTable {
  return { slots: new Int32Array(2 ** Math.ceil(Math.log2(Math.max(entries, 4) * 2.5))), held: 0 }
}

/** The first place of the n-gram at `place`, which is added when it is new. */
function lookUp(table: GramTable, grams: Grams, place: number): number {
  const { hashes } = grams.work
  const { slots } = table
  const hash = hashes[place] as number
  const mask = slots.length - 1
  let slot = slotOf(hash, mask)
  for (let held = slots[slot] as number; held > 0; held = slots[slot] as number) {
    if (hashes[held - 1] === hash && sameGram(grams, held - 1, place)) return held - 1
    slot = (slot + 1) & mask
  }
  slots[slot] = place + 1
  if (++table.held * 4 > slots.length * 3) grow(table, hashes)
  return place
}

function slotOf(hash: number, mask: number): number {
  const spread = Math.imul(hash, GOLDEN)
  return (spread ^ (spread >>> 15)) & mask
}

function sameGram({ symbols, n }: Grams, one: number, other: number): boolean {
  for (let i = 0; i < n; i++) if (symbols[one + i] !== symbols[other + i]) return false
  return true
}

/** Doubles a table that fills up, because several n-grams shared a bit of the sieve. */
function grow(table: GramTable, hashes: Int32Array): void {
  const before = table.slots
  table.slots = new Int32Array(before.length * 2)
  const mask = table.slots.length - 1
  for (const held of before) {
    if (held === 0) continue
    let slot = slotOf(hashes[held - 1] as number, mask)
    while (table.slots[slot] !== 0) slot = (slot + 1) & mask
    table.slots[slot] = held
  }
}

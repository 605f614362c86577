import { slotsFor } from './words.ts'

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

/**
 * Counts the n-grams of a sequence exactly (n is 1 or more), in time that hardly depends on n: a rolling hash finds n-grams
 * that may be equal, and their symbols decide. Most n-grams of a text occur once: a bitmap of hashes sorts these out first.
 */
export function countRepetition(symbols: Int32Array, n: number): Repetition {
  const total = Math.max(symbols.length - n + 1, 0)
  if (total === 0) return { total, distinct: 0, repeated: new Int32Array(0) }
  const hashes = rollingHashes(symbols, n, total)
  const { met, again } = sift(hashes)
  const candidates = gather(hashes, met)
  const { distinct, repeated } = countCandidates({ symbols, n, hashes, candidates, follows: -1 }, again)
  return { total, distinct: total - candidates.length + distinct, repeated }
}

/** The hash of the n-gram at each place. */
function rollingHashes(symbols: Int32Array, n: number, total: number): Int32Array {
  const hashes = new Int32Array(total)
  let leaving = 1
  let hash = 0
  for (let i = 0; i < n; i++) {
    hash = (Math.imul(hash, MULTIPLIER) + (symbols[i] as number)) | 0
    leaving = Math.imul(leaving, MULTIPLIER)
  }
  hashes[0] = hash
  for (let i = 1; i < total; i++) {
    const entering = (symbols[i + n - 1] as number) - Math.imul(symbols[i - 1] as number, leaving)
    hash = (Math.imul(hash, MULTIPLIER) + entering) | 0
    hashes[i] = hash
  }
  return hashes
}

/** A set of hashes in which different ones may share a bit. */
interface Sieve {
  bits: Uint8Array
  shift: number
}

/** The hashes that came up more than once, and how often one came up again. */
function sift(hashes: Int32Array): { met: Sieve; again: number } {
  const width = Math.min(Math.max(Math.ceil(Math.log2(hashes.length)) + 3, 6), 31)
  const shift = 32 - width
  const once = new Uint8Array(2 ** (width - 3))
  const twice = new Uint8Array(2 ** (width - 3))
  let again = 0
  for (let i = 0; i < hashes.length; i++) {
    const place = Math.imul(hashes[i] as number, GOLDEN) >>> shift
    const bit = 1 << (place & 7)
    const byte = once[place >>> 3] as number
    if (byte & bit) {
      twice[place >>> 3] = (twice[place >>> 3] as number) | bit
      again++
    } else once[place >>> 3] = byte | bit
  }
  return { met: { bits: twice, shift }, again }
}

/** The places whose n-gram may occur elsewhere too. */
function gather(hashes: Int32Array, { bits, shift }: Sieve): Int32Array {
  const places = new Int32Array(hashes.length)
  let count = 0
  for (let i = 0; i < hashes.length; i++) {
    const place = Math.imul(hashes[i] as number, GOLDEN) >>> shift
    places[count] = i
    count += ((bits[place >>> 3] as number) >> (place & 7)) & 1
  }
  return places.subarray(0, count)
}

interface Grams {
  symbols: Int32Array
  n: number
  hashes: Int32Array
  candidates: Int32Array
  /** The place after the match of the place before, or -1: an n-gram there is known to be equal but for its last symbol. */
  follows: number
}

/**
 * Counts the n-grams at the candidate places. A slot holds the latest place of an n-gram, so that in a passage that repeats,
 * the n-gram after a match is found one place after it, and only its last symbol is left to compare.
 */
function countCandidates(grams: Grams, again: number): { distinct: number; repeated: Int32Array } {
  const { hashes, candidates } = grams
  const latest = new Int32Array(slotsFor(2 * again))
  const counts = new Int32Array(latest.length)
  const shift = Math.clz32(latest.length) + 1
  const mask = latest.length - 1
  let distinct = 0
  let repeats = 0
  let matched = -2
  for (let k = 0; k < candidates.length; k++) {
    const place = candidates[k] as number
    grams.follows = k > 0 && candidates[k - 1] === place - 1 ? matched + 1 : -1
    let slot = Math.imul(hashes[place] as number, GOLDEN) >>> shift
    let held = (latest[slot] as number) - 1
    while (held >= 0 && !sameGram(grams, place, held)) {
      slot = (slot + 1) & mask
      held = (latest[slot] as number) - 1
    }
    matched = held >= 0 ? held : -2
    latest[slot] = place + 1
    const count = (counts[slot] as number) + 1
    counts[slot] = count
    if (count === 1) distinct++
    if (count === 2) repeats++
  }
  return { distinct, repeated: aboveOne(counts, repeats) }
}

/** Whether the n-grams at two places are equal. */
function sameGram(grams: Grams, place: number, held: number): boolean {
  const { symbols, n, hashes } = grams
  if (hashes[held] !== hashes[place]) return false
  for (let i = held === grams.follows ? n - 1 : 0; i < n; i++) {
    if (symbols[held + i] !== symbols[place + i]) return false
  }
  return true
}

function aboveOne(counts: Int32Array, repeats: number): Int32Array {
  const repeated = new Int32Array(repeats)
  let filled = 0
  for (let i = 0; i < counts.length; i++) if ((counts[i] as number) > 1) repeated[filled++] = counts[i] as number
  return repeated
}

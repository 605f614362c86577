import type { ByteReader } from '../bytes.ts'

/** What a model was trained with, as far as it decides what a text becomes. */
export interface Arguments {
  dimension: number
  wordNgrams: number
  /** Of `LOSSES`. */
  loss: number
  /** 3 for a supervised model. */
  kind: number
  buckets: number
  shortest: number
  longest: number
}

/** The words and labels of a model, and how words become rows of its input matrix. */
export interface Dictionary {
  words: number
  labels: string[]
  /** How often each label was seen in training. */
  labelCounts: number[]
  /** Whether n-grams were taken out of the model. */
  pruned: boolean
  /**
   * Calls back for each row of a word, its own first, then those of its character n-grams; gives their number, or -1 for the
   * token of a label, which is no word.
   */
  eachRow(word: string, take: (row: number) => void): number
  /** Calls back for each row of the word n-grams of a line whose words have these hashes. */
  eachNgramRow(hashes: Int32Array, count: number, take: (row: number) => void): void
}

/** What fastText puts in the place of the end of a line. */
export const END_OF_LINE = '</s>'
const LABEL = '__label__'
const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193
/** By which the hash of a word n-gram is multiplied for each word more. */
const NGRAM_FACTOR = 116_049_371
const IS_LABEL = 1
/** What stands before and behind a word when it is cut into n-grams. */
const WORD_BEGIN = 0x3c
const WORD_END = 0x3e
/** UTF-8 needs at most so many bytes for a code unit of JavaScript. */
const BYTES_PER_UNIT = 3
const LARGEST_BUCKETS = 2 ** 31

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

interface Entries {
  /** Rows of words by their text, and -1 for labels. */
  known: Map<string, number>
  words: number
  labels: string[]
  labelCounts: number[]
  /** What a bucket became when others were taken out; null when none was. */
  kept: Map<number, number> | null
}

/** Reads the dictionary of a model. */
export function readDictionary(file: ByteReader, given: Arguments): Dictionary {
  if (given.buckets < 0 || given.buckets >= LARGEST_BUCKETS) throw file.invalid('has an impossible number of buckets')
  const { known, words, labels, labelCounts, kept } = readEntries(file)
  const rowOf = (bucket: number) => {
    const row = kept ? kept.get(bucket) : bucket
    return row === undefined ? -1 : words + row
  }
  let room = new Uint8Array(1 << 10)
  return {
    words,
    labels,
    labelCounts,
    pruned: kept !== null,
    eachRow(word, take) {
      const own = known.get(word)
      if (own === -1 || (own === undefined && word.startsWith(LABEL))) return -1
      let count = 0
      const add = (row: number) => {
        if (row < 0) return
        count++
        take(row)
      }
      if (own !== undefined) add(own)
      if (word === END_OF_LINE) return count
      const size = word.length * BYTES_PER_UNIT + 2
      if (size > room.length) room = new Uint8Array(2 * size)
      const marked = room.subarray(0, 2 + encoder.encodeInto(word, room.subarray(1)).written)
      marked[0] = WORD_BEGIN
      marked[marked.length - 1] = WORD_END
      eachNgram(marked, given, (hash) => add(rowOf(hash % given.buckets)))
      return count
    },
    eachNgramRow: (hashes, count, take) => {
      const add = (bucket: number) => {
        const row = rowOf(bucket)
        if (row >= 0) take(row)
      }
      for (let i = 0; i < count; i++) eachWordNgram(hashes, { from: i, count, given }, add)
    },
  }
}

function readEntries(file: ByteReader): Entries {
  const size = file.int32()
  const words = file.int32()
  const labelCount = file.int32()
  file.int64()
  const prunedSize = file.int64()
  if (size < 0 || words < 0 || words + labelCount !== size)
    throw file.invalid('has a dictionary whose sizes do not agree')
  const entries: Entries = { known: new Map(), words, labels: [], labelCounts: [], kept: null }
  for (let i = 0; i < size; i++) {
    const text = decoded(file.zeroTerminated())
    const count = file.int64()
    const isLabel = file.byte() === IS_LABEL
    if (isLabel !== i >= words) throw file.invalid('has labels among its words')
    if (isLabel) {
      entries.labels.push(text ?? '')
      entries.labelCounts.push(count)
    }
    if (text !== null) entries.known.set(text, isLabel ? -1 : i)
  }
  if (prunedSize >= 0) entries.kept = readKept(file, prunedSize)
  return entries
}

/** Null for what is no UTF-8: no text holds it. */
function decoded(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes)
  } catch {
    return null
  }
}

function readKept(file: ByteReader, size: number): Map<number, number> {
  const kept = new Map<number, number>()
  for (let i = 0; i < size; i++) kept.set(file.int32(), file.int32())
  return kept
}

/** FNV-1a as fastText has it: bytes are signed. The hash of a word is signed too where it becomes part of a word n-gram. */
export function hashOf(bytes: Uint8Array): number {
  let hash = FNV_OFFSET
  for (const byte of bytes) hash = Math.imul(hash ^ ((byte << 24) >> 24), FNV_PRIME)
  return hash
}

/** The hashes, unsigned, of all runs of characters of a wanted length; the marks at the ends are none by themselves. */
function eachNgram(word: Uint8Array, { shortest, longest }: Arguments, take: (hash: number) => void): void {
  const { length } = word
  for (let start = 0; start < length; start++) {
    if (isContinuation(word[start])) continue
    let hash = FNV_OFFSET
    for (let end = start, characters = 1; end < length && characters <= longest; characters++) {
      do hash = Math.imul(hash ^ (((word[end++] as number) << 24) >> 24), FNV_PRIME)
      while (end < length && isContinuation(word[end]))
      const mark = characters === 1 && (start === 0 || end === length)
      if (characters >= shortest && !mark) take(hash >>> 0)
    }
  }
}

function isContinuation(byte = 0): boolean {
  return (byte & 0xc0) === 0x80
}

interface WordNgrams {
  from: number
  count: number
  given: Arguments
}

/** Hashes of 64 bits, in two halves, modulo the number of buckets. */
function eachWordNgram(hashes: Int32Array, { from, count, given }: WordNgrams, take: (bucket: number) => void): void {
  const first = hashes[from] as number
  let low = first >>> 0
  let high = first < 0 ? 0xffffffff : 0
  const end = Math.min(count, from + given.wordNgrams)
  for (let i = from + 1; i < end; i++) {
    const next = hashes[i] as number
    const right = (low & 0xffff) * NGRAM_FACTOR
    const left = (low >>> 16) * NGRAM_FACTOR + Math.floor(right / 0x10000)
    const product = (left % 0x10000) * 0x10000 + (right % 0x10000)
    const sum = product + (next >>> 0)
    const carried = Math.floor(left / 0x10000) + (sum > 0xffffffff ? 1 : 0) + (next < 0 ? 0xffffffff : 0)
    high = (Math.imul(high, NGRAM_FACTOR) + carried) >>> 0
    low = sum >>> 0
    take(remainder(high, low, given.buckets))
  }
}

function remainder(high: number, low: number, divisor: number): number {
  const upper = ((high % divisor) * 0x10000 + (low >>> 16)) % divisor
  return (upper * 0x10000 + (low & 0xffff)) % divisor
}

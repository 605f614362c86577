import { invalidModel } from '../bytes.ts'
import { ProbingSearch, probingVocabulary, type Table, VOCABULARY_HEADER, VOCABULARY_STRIDE } from './probing.ts'
import type { Search, Vocabulary } from './search.ts'
import { type Level, sortedVocabulary, TrieSearch, type Weights } from './trie.ts'

const MAGIC = 'mmap lm http://kheafield.com/code format version 5\n\0'
/** How a file of KenLM begins, of whichever version. */
const BINARY_START = 'mmap lm http://kheafield.com/code'
/** Behind the magic and numbers that tell the machine's way to write numbers. */
const PARAMETERS_AT = 88
const COUNTS_AT = 108
const ONE_AT = 60
const KINDS = ['probing', 'rest probing', 'trie', 'quantised trie', 'array trie', 'quantised array trie'] as const
type Kind = (typeof KINDS)[number]

const INLINE_WEIGHTS: Weights = { probBits: 31, backoffBits: 32, bins: null, longestBins: null }

interface Header {
  name: string
  bytes: Uint8Array
  view: DataView
  kind: Kind
  multiplier: number
  counts: number[]
  /** Where the vocabulary begins. */
  size: number
}

/** N-grams and their words. */
export interface Parts {
  search: Search
  vocabulary: Vocabulary
  /** The first number that no word has. */
  bound: number
}

/** Whether a file is one of KenLM's own, not text. */
export function isBinary(bytes: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(bytes.subarray(0, BINARY_START.length)) === BINARY_START
}

/**
 * Opens a binary file: probing, or trie, quantised or not, with pointers compressed or not. Nothing of it is copied. Throws
 * Failure `asset_invalid`.
 */
export function openBinary(name: string, bytes: Uint8Array): Parts {
  const header = readHeader(name, bytes)
  return header.kind === 'probing' || header.kind === 'rest probing' ? openProbing(header) : openTrie(header)
}

function readHeader(name: string, bytes: Uint8Array): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < COUNTS_AT) throw invalidModel(name, 'is cut short')
  const magic = new TextDecoder('latin1').decode(bytes.subarray(0, MAGIC.length))
  const isKnown = magic === MAGIC && view.getFloat32(ONE_AT, true) === 1
  if (!isKnown)
    throw invalidModel(name, 'has another version of the format of KenLM than 5, or its building was not finished')
  const order = view.getUint8(PARAMETERS_AT)
  const kind = KINDS[view.getUint32(PARAMETERS_AT + 8, true)]
  const size = align8(COUNTS_AT + 8 * order)
  if (kind === undefined || order < 2 || bytes.length < size) throw invalidModel(name, 'has a broken header')
  const counts = Array.from({ length: order }, (_, i) => Number(view.getBigUint64(COUNTS_AT + 8 * i, true)))
  return { name, bytes, view, kind, multiplier: view.getFloat32(PARAMETERS_AT + 4, true), counts, size }
}

function align8(size: number): number {
  return Math.ceil(size / 8) * 8
}

function requireSize({ name, bytes }: Header, size: number): void {
  if (bytes.length < size) throw invalidModel(name, `is cut short: it has ${bytes.length} of ${size} bytes`)
}

function openProbing(header: Header): Parts {
  const { view, counts, multiplier, kind, size } = header
  const bytes = header.bytes.byteOffset % 4 === 0 ? header.bytes : new Uint8Array(header.bytes)
  const length = Math.floor(bytes.byteLength / 4)
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, length)
  const floats = new Float32Array(bytes.buffer, bytes.byteOffset, length)
  const weights = kind === 'probing' ? 2 : 3
  let start = size / 4
  const table = (entries: number, stride: number): Table => {
    const made = { words, floats, start, buckets: bucketsFor(entries, multiplier), stride }
    start += made.buckets * stride
    return made
  }
  requireSize(header, size + 8)
  const bound = view.getUint32(size + 4, true)
  start += VOCABULARY_HEADER
  const vocabulary = table(counts[0] ?? 0, VOCABULARY_STRIDE)
  const unigrams = { words, floats, start, buckets: 0, stride: weights }
  start += ((counts[0] ?? 0) + 1) * weights
  const middles = counts.slice(1, -1).map((entries) => table(entries, 2 + weights))
  const longest = table(counts.at(-1) ?? 0, 3)
  requireSize(header, start * 4)
  if (bound > (counts[0] ?? 0) + 1) throw invalidModel(header.name, 'has a broken vocabulary')
  const search = new ProbingSearch({ unigrams, middles, longest })
  return { search, vocabulary: probingVocabulary(vocabulary), bound }
}

function bucketsFor(entries: number, multiplier: number): number {
  return Math.max(entries + 1, Math.trunc(Math.fround(multiplier * Math.fround(entries))))
}

function openTrie(header: Header): Parts {
  const { view, counts, kind, size } = header
  const words = counts[0] ?? 0
  requireSize(header, size + 8)
  const known = Number(view.getBigUint64(size, true))
  if (known > words) throw invalidModel(header.name, 'has a broken vocabulary')
  let start = size + 8 + 8 * words
  const weights =
    kind === 'quantised trie' || kind === 'quantised array trie' ? readBins(header, start) : INLINE_WEIGHTS
  if (weights.bins) start += binsSize(weights, counts.length)
  const unigrams = start
  start += (words + 2) * 16
  const isArray = kind === 'array trie' || kind === 'quantised array trie'
  requireSize(header, start + 2)
  const arrayBits = isArray && counts.length > 2 ? readArrayBits(header, start) : null
  const middles: Level[] = []
  for (let i = 1; i + 1 < counts.length; i++) {
    const level = openMiddle(header, {
      start,
      entries: counts[i] ?? 0,
      pointers: counts[i + 1] ?? 0,
      weights,
      arrayBits,
    })
    middles.push(level)
    start = level.start / 8 + packedSize(counts[i] ?? 0, level.totalBits)
  }
  const wordBits = bitsFor(words)
  const longest = {
    start: start * 8,
    wordBits,
    totalBits: wordBits + weights.probBits,
    pointerBits: 0,
    upperStarts: null,
  }
  requireSize(header, start + packedSize(counts.at(-1) ?? 0, longest.totalBits))
  const search = new TrieSearch({ view, unigrams, middles, longest, weights })
  return { search, vocabulary: sortedVocabulary(view, size + 8, known), bound: known + 1 }
}

function bitsFor(largest: number): number {
  return largest === 0 ? 0 : Math.floor(Math.log2(largest)) + 1
}

function packedSize(entries: number, totalBits: number): number {
  return Math.floor(((1 + entries) * totalBits + 7) / 8) + 8
}

function readBins(header: Header, start: number): Weights {
  const { view, counts, bytes } = header
  requireSize(header, start + 8)
  const [version, probBits, backoffBits] = [view.getUint8(start), view.getUint8(start + 1), view.getUint8(start + 2)]
  if (version !== 2 || probBits < 1 || backoffBits < 1 || probBits > 25 || backoffBits > 25)
    throw invalidModel(header.name, 'is quantised in a way that is not known')
  let place = start + 8
  const take = (width: number) => {
    requireSize(header, place + 4 * 2 ** width)
    const values = new Float32Array(new Uint8Array(bytes.subarray(place, place + 4 * 2 ** width)).buffer)
    place += 4 * 2 ** width
    return values
  }
  const bins = counts.slice(2).map(() => ({ probs: take(probBits), backoffs: take(backoffBits) }))
  return { probBits, backoffBits, bins, longestBins: take(probBits) }
}

function binsSize({ probBits, backoffBits }: Weights, order: number): number {
  return (order - 2) * 4 * (2 ** backoffBits + 2 ** probBits) + 4 * 2 ** probBits + 8
}

function readArrayBits({ name, view }: Header, start: number): number {
  if (view.getUint8(start) !== 0)
    throw invalidModel(name, 'has pointers that are compressed in a way that is not known')
  return view.getUint8(start + 1)
}

interface Middle {
  start: number
  entries: number
  /** How many n-grams the next level has. */
  pointers: number
  weights: Weights
  /** By how many bits at most pointers were shortened; null where they are whole. */
  arrayBits: number | null
}

function openMiddle(header: Header, { start, entries, pointers, weights, arrayBits }: Middle): Level {
  const required = bitsFor(pointers)
  const chopped = arrayBits === null ? 0 : bitsToChop(entries + 1, pointers, arrayBits)
  const pointerBits = required - chopped
  let packed = start
  let upperStarts: Float64Array | null = null
  if (arrayBits !== null) {
    const count = Math.floor(pointers / 2 ** pointerBits) + 1
    const array = align8(start) + 8
    requireSize(header, array + 8 * count)
    upperStarts = Float64Array.from({ length: count }, (_, i) => Number(header.view.getBigUint64(array + 8 * i, true)))
    packed = start + 8 * (1 + count) + 7
  }
  const wordBits = bitsFor(header.counts[0] ?? 0)
  const inlineBits = weights.bins ? weights.probBits + weights.backoffBits : 63
  const totalBits = wordBits + inlineBits + pointerBits
  requireSize(header, packed + packedSize(entries, totalBits))
  return { start: packed * 8, wordBits, totalBits, pointerBits, upperStarts }
}

/** How many bits shorter pointers make the file smallest, a table of 64 bits for each upper part included. */
function bitsToChop(entries: number, pointers: number, most: number): number {
  const required = bitsFor(pointers)
  let best = 0
  let least = Number.POSITIVE_INFINITY
  for (let chop = 0; chop <= Math.min(required, most); chop++) {
    const change = Math.floor(pointers / 2 ** (required - chop)) * 64 - entries * chop
    if (change < least) {
      least = change
      best = chop
    }
  }
  return best
}

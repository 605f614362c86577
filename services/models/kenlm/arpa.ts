import { invalidModel } from '../bytes.ts'
import type { Parts } from './binary-file.ts'
import { NgramHash, remainder } from './hashing.ts'
import { ProbingSearch, type Table } from './probing.ts'

/** What a word has that is in no unigram, where there is none for the unknown. */
const UNKNOWN_PROB = -100
const UNKNOWN = '<unk>'
/** Keys, probability and backoff. */
const STRIDE = 4
const LINE_FEED = 0x0a
const SPARE_BUCKETS = 1024

/**
 * Reads a model in ARPA's text format into hash tables. N-grams whose shorter ones are left out get these, with the probability
 * that backing off gives them, as KenLM does. Throws Failure `asset_invalid`.
 */
export function readArpa(name: string, bytes: Uint8Array): Parts {
  const lines = new Lines(name, bytes)
  const counts = readCounts(lines)
  const model = emptyModel(counts)
  readUnigrams(lines, model)
  for (let order = 2; order <= counts.length; order++) readNgrams(lines, order, model)
  if (lines.nextFilled() !== '\\end\\') throw lines.invalid('does not end with \\end\\')
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  return {
    search: new ProbingSearch(model),
    vocabulary: { indexOf: (word) => model.known.get(decoder.decode(word)) ?? 0 },
    bound: model.known.size + 1,
  }
}

/** The lines of a file, read one by one. */
class Lines {
  number = 0
  readonly #name: string
  readonly #bytes: Uint8Array
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  #at = 0

  constructor(name: string, bytes: Uint8Array) {
    this.#name = name
    this.#bytes = bytes
  }

  next(): string {
    if (this.#at >= this.#bytes.length) throw this.invalid('is cut short')
    const found = this.#bytes.indexOf(LINE_FEED, this.#at)
    const end = found < 0 ? this.#bytes.length : found
    const line = this.#decoder.decode(this.#bytes.subarray(this.#at, end))
    this.#at = end + 1
    this.number++
    return line.endsWith('\r') ? line.slice(0, -1) : line
  }

  nextFilled(): string {
    for (;;) {
      const line = this.next()
      if (line.trim() !== '') return line
    }
  }

  invalid(what: string) {
    return invalidModel(this.#name, `${what} (line ${this.number})`)
  }
}

function readCounts(lines: Lines): number[] {
  let line = lines.nextFilled()
  while (line.startsWith('#')) line = lines.nextFilled()
  if (line !== '\\data\\')
    throw lines.invalid('is neither a binary file of KenLM nor one of ARPA: there is no \\data\\')
  const counts: number[] = []
  for (line = lines.next(); line.trim() !== ''; line = lines.next()) {
    const [, order, count] = /^ngram (\d+)=(\d+)\s*$/.exec(line) ?? []
    if (Number(order) !== counts.length + 1) throw lines.invalid('has a broken count of n-grams')
    counts.push(Number(count))
  }
  if (counts.length < 2) throw lines.invalid('has unigrams only')
  return counts
}

interface Model {
  counts: number[]
  known: Map<string, number>
  unigrams: Table
  middles: Table[]
  longest: Table
}

function emptyModel(counts: number[]): Model {
  const table = (buckets: number, stride: number): Table => {
    const words = new Uint32Array(buckets * stride)
    return { words, floats: new Float32Array(words.buffer), start: 0, buckets, stride }
  }
  const hashed = (count: number, stride: number) => table(2 * count + SPARE_BUCKETS, stride)
  return {
    counts,
    known: new Map(),
    unigrams: table((counts[0] ?? 0) + 2, 2),
    middles: counts.slice(1, -1).map((count) => hashed(count, STRIDE)),
    longest: hashed(counts.at(-1) ?? 0, STRIDE),
  }
}

interface Entry {
  prob: number
  words: string[]
  backoff: number
}

function readEntry(lines: Lines, order: number): Entry {
  const line = lines.next()
  const [prob = '', ngram = '', backoff = '0', ...rest] = line.split('\t')
  const words = ngram.split(/[ \r]+/).filter((word) => word !== '')
  const entry = { prob: toFloat(prob), words, backoff: toFloat(backoff) }
  const isSound = words.length === order && rest.length === 0 && entry.prob <= 0 && Number.isFinite(entry.backoff)
  if (!isSound) throw lines.invalid(`has a broken n-gram of ${order} words`)
  return entry
}

function toFloat(text: string): number {
  return text.trim() === '' ? Number.NaN : Math.fround(Number(text))
}

function readUnigrams(lines: Lines, { counts, known, unigrams: { floats } }: Model): void {
  if (lines.nextFilled() !== '\\1-grams:') throw lines.invalid('has no unigrams where they should be')
  floats[0] = UNKNOWN_PROB
  for (let i = 0; i < (counts[0] ?? 0); i++) {
    const { prob, words, backoff } = readEntry(lines, 1)
    const word = words[0] ?? ''
    const isUnknown = word === UNKNOWN || word === UNKNOWN.toUpperCase()
    const number = isUnknown ? 0 : known.size + 1
    if (!isUnknown) known.set(word, number)
    floats[2 * number] = Math.abs(prob)
    floats[2 * number + 1] = backoff
  }
  for (const mark of ['<s>', '</s>']) if (!known.has(mark)) throw lines.invalid(`has no word ${mark}`)
}

function readNgrams(lines: Lines, order: number, model: Model): void {
  if (lines.nextFilled() !== `\\${order}-grams:`) throw lines.invalid(`has no ${order}-grams where they should be`)
  const isLongest = order === model.counts.length
  const hash = new NgramHash()
  for (let i = 0; i < (model.counts[order - 1] ?? 0); i++) {
    const { prob, words, backoff } = readEntry(lines, order)
    const numbers = words.map((word) => numberOf(word, lines, model)).reverse()
    fillIn(numbers, model, lines)
    hashOf(numbers, hash)
    const place = placeFor(isLongest ? model.longest : (model.middles[order - 2] as Table), hash, lines)
    const { floats } = isLongest ? model.longest : (model.middles[order - 2] as Table)
    floats[place + 2] = Math.abs(prob)
    floats[place + 3] = backoff
  }
}

function numberOf(word: string, lines: Lines, { known }: Model): number {
  const number = known.get(word)
  if (number !== undefined) return number
  if (word === UNKNOWN || word === UNKNOWN.toUpperCase()) return 0
  throw lines.invalid(`has the word ${word} in an n-gram that is no unigram`)
}

function hashOf(numbers: number[], hash: NgramHash): void {
  hash.begin(numbers[0] ?? 0)
  for (const number of numbers.slice(1)) hash.extend(number)
}

/** Where a key is, or goes. */
function placeFor(table: Table, { low, high }: NgramHash, lines: Lines): number {
  const place = lookUp(table, { low, high })
  if (place < 0) throw lines.invalid('leaves out too many of the shorter n-grams')
  table.words[place] = low
  table.words[place + 1] = high
  return place
}

/** The bucket of a key, or the free one for it; -1 when there is none. */
function lookUp({ words, buckets, stride }: Table, { low, high }: { low: number; high: number }): number {
  let bucket = remainder(high, low, buckets)
  for (let tried = 0; tried < buckets; tried++) {
    const place = bucket * stride
    const isFree = words[place] === 0 && words[place + 1] === 0
    if (isFree || (words[place] === low >>> 0 && words[place + 1] === high >>> 0)) return place
    bucket = bucket + 1 === buckets ? 0 : bucket + 1
  }
  return -1
}

function isTaken({ words }: Table, place: number): boolean {
  return place >= 0 && (words[place] !== 0 || words[place + 1] !== 0)
}

/** Makes sure that the n-grams of the last words of one are there: those left out get what backing off gives them. */
function fillIn(numbers: number[], model: Model, lines: Lines): void {
  const hash = new NgramHash()
  const missing: number[] = []
  let length = numbers.length - 1
  for (; length > 1; length--) {
    hashOf(numbers.slice(0, length), hash)
    const table = model.middles[length - 2] as Table
    if (isTaken(table, lookUp(table, hash))) break
    missing.unshift(length)
  }
  if (missing.length === 0) return
  let prob = probOf(numbers.slice(0, length), model)
  for (const order of missing) {
    prob = Math.fround(prob + backoffOf(numbers.slice(1, order), model))
    hashOf(numbers.slice(0, order), hash)
    const table = model.middles[order - 2] as Table
    const place = placeFor(table, hash, lines)
    table.floats[place + 2] = Math.abs(prob)
    table.floats[place + 3] = 0
  }
}

function probOf(numbers: number[], model: Model): number {
  return -Math.abs(weightOf(numbers, 0, model))
}

function backoffOf(numbers: number[], model: Model): number {
  return weightOf(numbers, 1, model)
}

function weightOf(numbers: number[], which: 0 | 1, { unigrams, middles }: Model): number {
  if (numbers.length === 1) return unigrams.floats[2 * (numbers[0] ?? 0) + which] as number
  const hash = new NgramHash()
  hashOf(numbers, hash)
  const table = middles[numbers.length - 2] as Table
  const place = lookUp(table, hash)
  return isTaken(table, place) ? (table.floats[place + 2 + which] as number) : 0
}

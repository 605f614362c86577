import { ByteReader } from '../bytes.ts'
import { HASH_START, hashOn, WordMemo } from '../words/memo.ts'
import { type Arguments, type Dictionary, END_OF_LINE, hashOf, readDictionary } from './dictionary.ts'
import { type Ranking, rankingOf } from './losses.ts'
import { type Matrix, readDenseMatrix, readQuantisedMatrix } from './matrix.ts'

/** A label of a text, as it stands in the model, and fastText's score of it, which may exceed 1 by a little. */
export interface Prediction {
  label: string
  score: number
}

/** A supervised model of fastText. */
export interface TextClassifier {
  labels: readonly string[]
  /** The best labels of a line of text, best first; none for a line of which the model knows nothing. */
  predict(line: string, count?: number): Prediction[]
}

const MAGIC = 793_712_314
const NEWEST = 12
/** Supervised models of that version have no character n-grams, whatever their arguments say. */
const WITHOUT_NGRAMS = 11
const SUPERVISED = 3
/** Bytes that remembered words may take. */
const MEMO_BYTES = 16 << 20
const LARGEST_MEMO = 1 << 17

const encoder = new TextEncoder()

/**
 * Reads a model, `.bin` or `.ftz`. Throws Failure `asset_invalid` for a file that is none, is cut short, or is not supervised.
 * Scores are those of fastText to 1e-5: sums are exact here, and rounded at each step there.
 */
export function readTextClassifier(name: string, bytes: Uint8Array): TextClassifier {
  const file = new ByteReader(name, bytes)
  if (file.left < 8 || file.int32() !== MAGIC) throw file.invalid('is none of fastText')
  const version = file.int32()
  if (version > NEWEST)
    throw file.invalid(`has version ${version} of fastText's format, and ${NEWEST} is the newest known`)
  const given = readArguments(file)
  if (given.kind !== SUPERVISED) throw file.invalid('is not a supervised one, so that it has no labels')
  if (version === WITHOUT_NGRAMS) given.longest = 0
  const dictionary = readDictionary(file, given)
  const isQuantised = file.byte() !== 0
  const input = isQuantised ? readQuantisedMatrix(file) : readDenseMatrix(file)
  const hasQuantisedOutput = file.byte() !== 0
  const output = isQuantised && hasQuantisedOutput ? readQuantisedMatrix(file) : readDenseMatrix(file)
  const ranking = rankingOf(given.loss, output, dictionary.labelCounts)
  const agree =
    input.columns === given.dimension && output.columns === given.dimension && input.rows >= dictionary.words
  if (!ranking || !agree || dictionary.labels.length === 0) throw file.invalid('holds parts that do not agree')
  return classifier({ given, dictionary, input, ranking })
}

function readArguments(file: ByteReader): Arguments {
  const [dimension = 0, , , , , wordNgrams = 0, loss = 0, kind = 0, buckets = 0, shortest = 0, longest = 0] =
    Array.from({ length: 12 }, () => file.int32())
  file.float64()
  return { dimension, wordNgrams, loss, kind, buckets, shortest, longest }
}

interface Parts {
  given: Arguments
  dictionary: Dictionary
  input: Matrix
  ranking: Ranking
}

function classifier(parts: Parts): TextClassifier {
  const { given, dictionary, input, ranking } = parts
  const { dimension } = given
  const sum = new Float64Array(dimension)
  const words = rememberedWords(parts)
  let hashes = new Int32Array(1024)
  return {
    labels: dictionary.labels,
    predict(line, count = 1) {
      sum.fill(0)
      let rows = 0
      let tokens = 0
      let tokensSeen = 0
      words.begin()
      const take = (start: number, end: number, hash: number) => {
        tokensSeen++
        rows += words.add(start < 0 ? END_OF_LINE : line, Math.max(start, 0), end, { hash, sum })
        if (given.wordNgrams < 2 || !words.wasWord) return
        if (tokens === hashes.length) hashes = widened(hashes)
        hashes[tokens++] = words.wordHash
      }
      eachWord(line, take)
      if (given.wordNgrams > 1) {
        dictionary.eachNgramRow(hashes, tokens, (row) => {
          input.add(row, sum)
          rows++
        })
      }
      if (rows === 0) return []
      if (needsRounding(rows, tokensSeen, words.distinct)) sum.set(roundedSum(line, parts))
      for (let i = 0; i < dimension; i++) sum[i] = Math.fround((sum[i] as number) / rows)
      return ranking(sum, count).map(({ score, label }) => ({
        label: dictionary.labels[label] ?? '',
        score: Math.fround(Math.exp(score)),
      }))
    },
  }
}

/** From so many rows on, what fastText rounds away at each of them adds up. */
const MANY_ROWS = 1 << 15
/** The same for a text of few words that come again and again: what is rounded away then goes in one direction. */
const SOME_ROWS = 1 << 11
const REPETITION = 8

function needsRounding(rows: number, tokens: number, distinct: number): boolean {
  return rows > MANY_ROWS || (rows > SOME_ROWS && tokens > distinct * REPETITION)
}

/** In the place of the rows of a label's token. */
const NO_WORD = -1

/** The sum of a line's rows as fastText makes it: one by one, each rounded to 32 bits. */
function roundedSum(line: string, { given, dictionary, input }: Parts): Float32Array {
  const sum = new Float32Array(given.dimension)
  const known = new Map<string, number[]>()
  const hashes: number[] = []
  eachWord(line, (start, end) => {
    const word = start < 0 ? END_OF_LINE : line.slice(start, end)
    const rows = known.get(word) ?? []
    if (!known.has(word)) {
      const count = dictionary.eachRow(word, (row) => rows.push(row))
      known.set(word, count < 0 ? [NO_WORD] : rows)
    }
    if (known.get(word)?.[0] === NO_WORD) return
    for (const row of rows) input.add(row, sum)
    if (given.wordNgrams > 1) hashes.push(hashOf(encoder.encode(word)))
  })
  dictionary.eachNgramRow(Int32Array.from(hashes), hashes.length, (row) => input.add(row, sum))
  return sum
}

function widened(array: Int32Array): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(array.length * 2)
  wider.set(array)
  return wider
}

/** Calls back for every word of a line, and for its end with a start of -1, unless the line says itself that it ends. */
function eachWord(line: string, take: (start: number, end: number, hash: number) => void): void {
  const { length } = line
  let start = 0
  let hash = HASH_START
  for (let i = 0; i < length; i++) {
    const unit = line.charCodeAt(i)
    if (unit > 0x20 || !isSeparator(unit)) {
      hash = hashOn(hash, unit)
      continue
    }
    if (i > start) {
      take(start, i, hash)
      if (isEnd(line, start, i)) return
    }
    start = i + 1
    hash = HASH_START
  }
  if (length > start) {
    take(start, length, hash)
    if (isEnd(line, start, length)) return
  }
  take(-1, END_OF_LINE.length, END_HASH)
}

const END_HASH = [...END_OF_LINE].reduce((hash, unit) => hashOn(hash, unit.charCodeAt(0)), HASH_START)

/** Blank, line feed, carriage return, tab, vertical tab, form feed and NUL. */
function isSeparator(unit: number): boolean {
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) || unit === 0
}

function isEnd(line: string, start: number, end: number): boolean {
  return end - start === END_OF_LINE.length && line.startsWith(END_OF_LINE, start)
}

interface Summing {
  hash: number
  sum: Float64Array
}

/** Remembers for each word the sum of its rows. */
function rememberedWords({ given, dictionary, input }: Parts) {
  const { dimension } = given
  const memo = new WordMemo(Math.min(LARGEST_MEMO, Math.ceil(MEMO_BYTES / (dimension * 4))))
  const vectors = new Float32Array(memo.capacity * dimension)
  /** How many rows a word's vector is the sum of; -1 for a label, which is no word. */
  const counts = new Int32Array(memo.capacity)
  const fnvHashes = new Int32Array(memo.capacity)
  const own = new Float64Array(dimension)
  /** The text in which a word was met last. */
  const metIn = new Int32Array(memo.capacity)
  let current = 0
  const words = {
    /** How many different words the text has so far; too many where the memo was emptied meanwhile. */
    distinct: 0,
    begin(): void {
      current = (current + 1) | 0
      words.distinct = 0
    },
    /** Whether the last word was no label. */
    wasWord: true,
    /** The last word's hash, as fastText has it. */
    wordHash: 0,
    /** Adds a word's rows to a sum; gives their number. */
    add(text: string, start: number, end: number, { hash, sum }: Summing): number {
      let number = memo.find(text, start, end, hash)
      if (number < 0) number = learn(text, start, end, hash)
      if (number < 0) {
        const count = sumOf(text.slice(start, end), own)
        for (let i = 0; i < dimension; i++) sum[i] = (sum[i] as number) + (own[i] as number)
        return words.told(count, hashOf(encoder.encode(text.slice(start, end))))
      }
      if (metIn[number] !== current) {
        metIn[number] = current
        words.distinct++
      }
      const place = number * dimension
      for (let i = 0; i < dimension; i++) sum[i] = (sum[i] as number) + (vectors[place + i] as number)
      return words.told(counts[number] as number, fnvHashes[number] as number)
    },
    told(count: number, hash: number): number {
      words.wasWord = count >= 0
      words.wordHash = hash
      return Math.max(count, 0)
    },
  }

  function sumOf(word: string, vector: Float64Array): number {
    vector.fill(0)
    return dictionary.eachRow(word, (row) => input.add(row, vector))
  }

  function learn(text: string, start: number, end: number, hash: number): number {
    const number = memo.add(text, start, end, { hash })
    if (number < 0) return number
    const word = text.slice(start, end)
    counts[number] = sumOf(word, own)
    if (given.wordNgrams > 1) fnvHashes[number] = hashOf(encoder.encode(word))
    vectors.set(own, number * dimension)
    return number
  }
  return words
}

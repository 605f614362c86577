import { hashOf } from '../../../services/models/fasttext/dictionary.ts'

/** What a language is known by. */
export interface Traits {
  label: string
  words?: readonly string[]
  /** Every character of these ranges. */
  characters?: readonly [first: number, last: number][]
}

const MAGIC = 793_712_314
const VERSION = 12
const SOFTMAX = 3
const SUPERVISED = 3
const BUCKETS = 200_003
/** How much a word says, and a character. A word is as many rows as it has characters, and one more. */
const WORD = 120
const CHARACTER = 15
const SILENT = 16

/**
 * A model in fastText's format that nobody trained: a word that is known by heart speaks for its language, and so does a character
 * that no other language has. A text that says nothing to it is a bit of everything.
 */
export function languageModel(languages: readonly Traits[]): Buffer {
  const labels = [...languages.map(({ label }) => label), ...Array.from({ length: SILENT }, (_, i) => `x${i}`)]
  const words = wordsOf(languages)
  const input = new Float32Array((words.size + BUCKETS) * languages.length)
  for (const [row, language] of [...words.values()].entries()) input[row * languages.length + language] = WORD
  const latin = new Set(Array.from({ length: 0x250 }, (_, i) => bucketOf(i)))
  for (const [language, { characters = [] }] of languages.entries()) {
    for (const bucket of bucketsOf(characters))
      if (!latin.has(bucket)) input[(words.size + bucket) * languages.length + language] = CHARACTER
  }
  const output = Float32Array.from({ length: labels.length * languages.length }, (_, i) =>
    Math.floor(i / languages.length) === i % languages.length ? 1 : 0,
  )
  return Buffer.concat([
    int32(MAGIC, VERSION),
    int32(languages.length, 5, 5, 1, 5, 1, SOFTMAX, SUPERVISED, BUCKETS, 1, 1, 100),
    Buffer.alloc(8),
    int32(words.size + labels.length, words.size, labels.length),
    int64(words.size, -1),
    ...Array.from(words.keys(), (word) => entry(word, 0)),
    ...labels.map((label) => entry(`__label__${label}`, 1)),
    matrix(input, languages.length),
    matrix(output, languages.length),
  ])
}

/** The number of the language of each word; what two languages share says nothing. */
function wordsOf(languages: readonly Traits[]): Map<string, number> {
  const words = new Map<string, number>()
  const shared = new Set<string>()
  for (const [language, { words: own = [] }] of languages.entries()) {
    for (const word of own) {
      if ((words.get(word) ?? language) !== language) shared.add(word)
      words.set(word, language)
    }
  }
  for (const word of shared) words.delete(word)
  return words
}

function bucketsOf(ranges: readonly [number, number][]): number[] {
  return ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => bucketOf(first + i)))
}

function bucketOf(character: number): number {
  return (hashOf(Buffer.from(String.fromCodePoint(character))) >>> 0) % BUCKETS
}

function int32(...values: number[]): Buffer {
  return Buffer.from(Int32Array.from(values).buffer)
}

function int64(...values: number[]): Buffer {
  return Buffer.from(BigInt64Array.from(values, BigInt).buffer)
}

function entry(text: string, kind: number): Buffer {
  return Buffer.concat([Buffer.from(`${text}\0`), int64(1), Buffer.from([kind])])
}

/** Not quantised. */
function matrix(values: Float32Array, columns: number): Buffer {
  return Buffer.concat([Buffer.from([0]), int64(values.length / columns, columns), Buffer.from(values.buffer)])
}

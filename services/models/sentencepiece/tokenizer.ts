import { HASH_START, hashOn, LONGEST_REMEMBERED, WordMemo } from '../words/memo.ts'
import { bytePairSegmenter } from './byte-pairs.ts'
import { BYTE, BYTE_PAIRS, isInText, type ModelFile, readModelFile } from './model-file.ts'
import { BLANK_MARK, type Normalizer, normalizerOf } from './normalizer.ts'
import type { Cut, Segmenter } from './segmenting.ts'
import { unigramSegmenter } from './unigram.ts'

/** The pieces of a text. */
export interface Pieces {
  ids: Int32Array
  /** For each unknown piece, in their order, what it stands for; several unknown ones in a row are one. */
  unknowns: string[]
}

/** A model of SentencePiece. */
export interface PieceTokenizer {
  /** The number of the unknown piece. */
  unknown: number
  /** Every piece, by its number. */
  pieces: readonly string[]
  /** Cuts a text, which must be well formed. */
  encode(text: string): Pieces
}

/** Words that are remembered, and pieces of them. */
const MEMO_SIZE = 1 << 17
const MEMO_PIECES = MEMO_SIZE * 8
const MARK = '\u2581'
const BLANK = 0x20
/** UTF-8 needs at most so many bytes for a code unit of JavaScript. */
const BYTES_PER_UNIT = 3

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Reads a model, unigram or byte pairs. Pieces are those of SentencePiece 0.2.3, whatever the text. Throws Failure
 * `asset_invalid`.
 */
export function readPieceTokenizer(name: string, bytes: Uint8Array): PieceTokenizer {
  const model = readModelFile(name, bytes)
  const normalizer = normalizerOf(name, model)
  const segmenter = model.algorithm === BYTE_PAIRS ? bytePairSegmenter(model) : unigramSegmenter(model)
  const stretches = stretchesOf(model, normalizer, segmenter)
  const byWords =
    normalizer.blanks && stretches.areApart
      ? wordEncoder(normalizer.blanks, stretches, {
          scores: segmenter.scores,
          unknown: model.unknown,
          asBytes: model.byteFallback,
        })
      : null
  return {
    unknown: model.unknown,
    pieces: model.pieces.map((piece) => decoder.decode(piece.bytes)),
    encode(text) {
      const output = new Output(model)
      if (byWords && !text.includes(MARK)) byWords(text, output)
      else stretches.append(stretches.normalize(text, 0, text.length), output)
      return output.pieces()
    },
  }
}

/** The stretches of a text: what is between the begins of two words. */
interface Stretches {
  /** Whether no piece reaches over the begin of a stretch: what is in one does not depend on others, but for sums. */
  areApart: boolean
  /** A part of a text, normalised. Good until the next one is. */
  normalize(text: string, start: number, end: number): Uint8Array
  /** Cuts the stretches of a normalised text and adds their pieces. */
  append(normalized: Uint8Array, output: Output): void
  /** Each stretch of a normalised text, as it is cut where the sum is 0, and its bytes. */
  each(normalized: Uint8Array, take: (cut: Cut, bytes: Uint8Array) => void): void
}

function stretchesOf(model: ModelFile, normalizer: Normalizer, segmenter: Segmenter): Stretches {
  const asSuffix = model.blanksAsSuffix
  const areApart = !model.pieces.some(
    ({ bytes, type }) => isInText(type) && stretchEnd(bytes, 0, asSuffix) < bytes.length,
  )
  const endOf = (bytes: Uint8Array, start: number) => (areApart ? stretchEnd(bytes, start, asSuffix) : bytes.length)
  let room = new Uint8Array(1 << 12)
  return {
    areApart,
    normalize(text, start, end) {
      const size = (end - start) * BYTES_PER_UNIT
      if (size > room.length) room = new Uint8Array(2 * size)
      const { written } = encoder.encodeInto(text.slice(start, end), room)
      const normalized = normalizer.normalize(room.subarray(0, written))
      if (room.length > LARGEST_ROOM) room = new Uint8Array(1 << 12)
      return normalized
    },
    append(normalized, output) {
      for (let start = 0; start < normalized.length; ) {
        const end = endOf(normalized, start)
        const cut = segmenter.cut(normalized, { start, end, sum: output.sum })
        output.addPath(cut, normalized.subarray(start, end))
        output.sum = cut.sum
        start = end
      }
    },
    each(normalized, take) {
      for (let start = 0; start < normalized.length; ) {
        const end = endOf(normalized, start)
        take(segmenter.cut(normalized, { start, end, sum: 0 }), normalized.subarray(start, end))
        start = end
      }
    },
  }
}

const LARGEST_ROOM = 1 << 20

/** Up to the next mark that has none before it; or, where marks end words, up to behind the next ones. */
function stretchEnd(bytes: Uint8Array, start: number, asSuffix: boolean): number {
  let wasMark = true
  for (let at = start; at < bytes.length; ) {
    const isMark = isMarkAt(bytes, at)
    const begins = asSuffix ? wasMark && !isMark : isMark && !wasMark
    if (begins && at > start) return at
    wasMark = isMark
    at += isMark ? BLANK_MARK.length : 1
  }
  return bytes.length
}

function isMarkAt(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === BLANK_MARK[0] && bytes[at + 1] === BLANK_MARK[1] && bytes[at + 2] === BLANK_MARK[2]
}

/** For a word that is cut anew each time. */
const NEVER_STEADY = -1

/** What the unknown pieces of a cut stand for, several in a row together. */
function surfacesOf({ count, path, ends }: Cut, bytes: Uint8Array, unknown: number): string[] {
  const surfaces: string[] = []
  for (let i = 0; i < count; i++) {
    if (path[i] !== unknown) continue
    const start = i === 0 ? 0 : (ends[i - 1] as number)
    while (i + 1 < count && path[i + 1] === unknown) i++
    surfaces.push(decoder.decode(bytes.subarray(start, ends[i])))
  }
  return surfaces
}

/** Encodes a text word by word, and remembers what words became. */
function wordEncoder(
  blanks: Uint8Array,
  stretches: Stretches,
  { scores, unknown, asBytes }: { scores: Float32Array; unknown: number; asBytes: boolean },
): (text: string, output: Output) => void {
  const memo = new WordMemo(MEMO_SIZE)
  const pieces = new Int32Array(MEMO_PIECES + LONGEST_REMEMBERED * BYTES_PER_UNIT)
  /** By the number of a word: where its pieces begin; those of the next one begin where they end. */
  const starts = new Int32Array(MEMO_SIZE + 1)
  const steadyBelow = new Float64Array(MEMO_SIZE)
  /** By the number of a word: what its unknown pieces stand for, where it has some. */
  const unknowns = new Map<number, string[]>()
  const holdsUnknown = new Uint8Array(MEMO_SIZE)

  /** Notes what a word becomes; gives its number, or -1 for one that is not remembered. */
  function learn(text: string, start: number, end: number, hash: number): number {
    if ((starts[memo.size] as number) > MEMO_PIECES) memo.empty()
    const number = memo.add(text, start, end, { hash })
    if (number < 0) return number
    if (number === 0) unknowns.clear()
    const surfaces: string[] = []
    let place = starts[number] as number
    let steady = Number.POSITIVE_INFINITY
    let before = 0
    stretches.each(stretches.normalize(text, start, end), (cut, bytes) => {
      const { count, path, sum, steadyBelow: own } = cut
      steady = Math.min(steady, own - 2 * before)
      before += Math.abs(sum)
      // an unknown begin may become one with what is before it
      if (
        place + count > pieces.length ||
        path[0] === unknown ||
        (asBytes && path.subarray(0, count).includes(unknown))
      )
        steady = NEVER_STEADY
      for (let i = 0; i < count; i++) pieces[place++] = path[i] as number
      surfaces.push(...surfacesOf(cut, bytes, unknown))
    })
    if (surfaces.length > 0) unknowns.set(number, surfaces)
    holdsUnknown[number] = surfaces.length > 0 ? 1 : 0
    starts[number + 1] = place
    steadyBelow[number] = steady
    return number
  }

  function add(text: string, range: { start: number; end: number; hash: number }, output: Output): void {
    const { start, end, hash } = range
    let number = memo.find(text, start, end, hash)
    if (number < 0) number = learn(text, start, end, hash)
    if (number >= 0 && Math.abs(output.sum) < (steadyBelow[number] as number)) {
      const from = starts[number] as number
      const to = starts[number + 1] as number
      if (holdsUnknown[number] === 0) output.addKnown(pieces, { from, to }, scores)
      else output.addWithUnknown(pieces.subarray(from, to), unknowns.get(number) ?? [], scores)
    } else stretches.append(stretches.normalize(text, start, end), output)
  }
  return (text, output) => eachWord(text, blanks, (start, end, hash) => add(text, { start, end, hash }, output))
}

function eachWord(text: string, blanks: Uint8Array, take: (start: number, end: number, hash: number) => void): void {
  const { length } = text
  let start = 0
  let hash = HASH_START
  for (let i = 0; i <= length; i++) {
    const unit = i < length ? text.charCodeAt(i) : BLANK
    if (unit > BLANK || blanks[unit] === 0) {
      hash = hashOn(hash, unit)
      continue
    }
    if (i > start) take(start, i, hash)
    start = i + 1
    hash = HASH_START
  }
}

/** The pieces of a text so far, and the sum of their scores. */
class Output {
  sum = 0
  readonly #model: ModelFile
  readonly #bytePieces: Int32Array | null
  #ids = new Int32Array(256)
  #count = 0
  #isBehindUnknown = false
  readonly #unknowns: string[] = []

  constructor(model: ModelFile) {
    this.#model = model
    this.#bytePieces = model.byteFallback ? bytePiecesOf(model) : null
  }

  pieces(): Pieces {
    return { ids: this.#ids.slice(0, this.#count), unknowns: this.#unknowns }
  }

  /** Adds pieces none of which is unknown, and their scores to the sum. */
  addKnown(pieces: Int32Array, { from, to }: { from: number; to: number }, scores: Float32Array): void {
    if (this.#count + to - from > this.#ids.length) this.#reserve(to - from)
    const ids = this.#ids
    let count = this.#count
    let sum = this.sum
    for (let i = from; i < to; i++) {
      const id = pieces[i] as number
      ids[count++] = id
      sum = Math.fround(sum + (scores[id] as number))
    }
    this.#count = count
    this.sum = sum
    if (to > from) this.#isBehindUnknown = false
  }

  /** Adds the pieces of a word that begins with a known one, what its unknown ones stand for, and their scores to the sum. */
  addWithUnknown(pieces: Int32Array, surfaces: string[], scores: Float32Array): void {
    const { unknown } = this.#model
    this.#reserve(pieces.length)
    for (let i = 0; i < pieces.length; i++) {
      const id = pieces[i] as number
      this.sum = Math.fround(this.sum + (scores[id] as number))
      if (id !== unknown || pieces[i - 1] !== unknown) this.#ids[this.#count++] = id
    }
    this.#unknowns.push(...surfaces)
    this.#isBehindUnknown = pieces.at(-1) === unknown
  }

  /** Adds pieces of these bytes. */
  addPath({ count, path, ends }: Cut, bytes: Uint8Array): void {
    for (let i = 0; i < count; i++) {
      const id = path[i] as number
      if (id === this.#model.unknown) this.#addUnknown(bytes.subarray(i === 0 ? 0 : ends[i - 1], ends[i]))
      else {
        this.#reserve(1)
        this.#ids[this.#count++] = id
        this.#isBehindUnknown = false
      }
    }
  }

  /** As its bytes, or as one piece with the unknown one before it. */
  #addUnknown(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    if (this.#bytePieces) {
      for (const byte of bytes) this.#ids[this.#count++] = this.#bytePieces[byte] as number
      return
    }
    const surface = decoder.decode(bytes)
    const last = this.#unknowns.length - 1
    if (this.#isBehindUnknown) this.#unknowns[last] += surface
    else {
      this.#ids[this.#count++] = this.#model.unknown
      this.#unknowns.push(surface)
    }
    this.#isBehindUnknown = true
  }

  #reserve(more: number): void {
    if (this.#count + more <= this.#ids.length) return
    const wider = new Int32Array(2 * (this.#count + more))
    wider.set(this.#ids)
    this.#ids = wider
  }
}

const BYTE_PIECES = new WeakMap<ModelFile, Int32Array>()

/** The numbers of the pieces for single bytes, `<0x00>` to `<0xFF>`. */
function bytePiecesOf(model: ModelFile): Int32Array {
  const known = BYTE_PIECES.get(model)
  if (known) return known
  const pieces = new Int32Array(256).fill(model.unknown)
  for (const [id, { bytes, type }] of model.pieces.entries()) {
    if (type === BYTE) pieces[Number.parseInt(decoder.decode(bytes).slice(3, 5), 16)] = id
  }
  BYTE_PIECES.set(model, pieces)
  return pieces
}

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

/** Stretches that are remembered. */
const MEMO_SIZE = 1 << 16
const MARK = '\u2581'
const BLANK = 0x20

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Reads a model, unigram or byte pairs. Pieces are those of SentencePiece 0.2, whatever the text. Throws Failure
 * `asset_invalid`.
 */
export function readPieceTokenizer(name: string, bytes: Uint8Array): PieceTokenizer {
  const model = readModelFile(name, bytes)
  const normalizer = normalizerOf(name, model)
  const segmenter = model.algorithm === BYTE_PAIRS ? bytePairSegmenter(model) : unigramSegmenter(model)
  const stretches = stretchesOf(model, segmenter)
  const byWords = normalizer.isPiecewise && stretches.areApart ? wordEncoder(normalizer, stretches) : null
  return {
    unknown: model.unknown,
    pieces: model.pieces.map((piece) => decoder.decode(piece.bytes)),
    encode(text) {
      const output = new Output(model)
      if (byWords && !text.includes(MARK)) byWords(text, output)
      else stretches.append(normalizer.normalize(encoder.encode(text)), output)
      return output.pieces()
    },
  }
}

/** A cut, with what it comes out as. */
interface Known extends Cut {
  bytes: Uint8Array
  /** The pieces that come out; null where an unknown one makes them depend on what is before. */
  ids: Int32Array | null
}

interface Stretches {
  /** Whether no piece reaches over the begin of a stretch: what is in one does not depend on others, but for sums. */
  areApart: boolean
  append(normalized: Uint8Array, output: Output): void
  /** The stretches of a normalised part of a text, as cut where the sum is 0. */
  known(normalized: Uint8Array): Known[]
  add(stretch: Known, output: Output): void
}

function stretchesOf(model: ModelFile, segmenter: Segmenter): Stretches {
  const areApart = !model.pieces.some(({ bytes, type }) => isInText(type) && holdsEnd(bytes, model.blanksAsSuffix))
  const known = (bytes: Uint8Array): Known => {
    const cut = segmenter.cut(bytes, { start: 0, end: bytes.length, sum: 0 })
    return { ...cut, bytes, ids: cut.path.includes(model.unknown) ? null : cut.path }
  }
  const stretches: Stretches = {
    areApart,
    append(normalized, output) {
      if (normalized.length === 0) return
      for (const [start, end] of areApart
        ? rangesOf(normalized, model.blanksAsSuffix)
        : ([[0, normalized.length]] as const)) {
        const cut = segmenter.cut(normalized, { start, end, sum: output.sum })
        output.addPath(cut, normalized.subarray(start, end))
        output.sum = cut.sum
      }
    },
    known: (normalized) =>
      normalized.length === 0
        ? []
        : rangesOf(normalized, model.blanksAsSuffix).map(([start, end]) => known(normalized.slice(start, end))),
    add(stretch, output) {
      if (Math.abs(output.sum) >= stretch.steadyBelow) return stretches.append(stretch.bytes, output)
      if (stretch.ids) output.addIds(stretch.ids)
      else output.addPath(stretch, stretch.bytes)
      output.sum = segmenter.sumBehind(stretch.path, output.sum)
    },
  }
  return stretches
}

/** Whether something else than a mark is right before one, or right behind it where marks end words. */
function holdsEnd(bytes: Uint8Array, asSuffix: boolean): boolean {
  return rangesOf(bytes, asSuffix).length > 1
}

/** From each mark that has none before it up to the next one; or, where marks end words, from behind them. */
function rangesOf(bytes: Uint8Array, asSuffix: boolean): [start: number, end: number][] {
  const ranges: [number, number][] = []
  let start = 0
  let wasMark = !asSuffix
  for (let at = 0; at < bytes.length; ) {
    const isMark = isMarkAt(bytes, at)
    const begins = asSuffix ? wasMark && !isMark : isMark && !wasMark
    if (begins && at > start) {
      ranges.push([start, at])
      start = at
    }
    wasMark = isMark
    at += isMark ? BLANK_MARK.length : 1
  }
  if (start < bytes.length) ranges.push([start, bytes.length])
  return ranges
}

function isMarkAt(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === BLANK_MARK[0] && bytes[at + 1] === BLANK_MARK[1] && bytes[at + 2] === BLANK_MARK[2]
}

/** Encodes a text word by word, and remembers what words became. */
function wordEncoder(normalizer: Normalizer, stretches: Stretches): (text: string, output: Output) => void {
  const memo = new WordMemo(MEMO_SIZE)
  const remembered: Known[][] = []
  const learn = (text: string, start: number, end: number, hash: number): Known[] => {
    const known = stretches.known(normalizer.normalize(encoder.encode(text.slice(start, end))))
    const number = memo.add(text, start, end, { hash })
    remembered[number] = known
    return known
  }
  const add = (text: string, range: { start: number; end: number; hash: number }, output: Output) => {
    const { start, end, hash } = range
    if (end - start > LONGEST_REMEMBERED) {
      stretches.append(normalizer.normalize(encoder.encode(text.slice(start, end))), output)
      return
    }
    const number = memo.find(text, start, end, hash)
    const known = number < 0 ? learn(text, start, end, hash) : (remembered[number] as Known[])
    for (let i = 0; i < known.length; i++) stretches.add(known[i] as Known, output)
  }
  return (text, output) => {
    const { length } = text
    let start = 0
    let hash = HASH_START
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i)
      if (unit !== BLANK) {
        hash = hashOn(hash, unit)
        continue
      }
      if (i > start) add(text, { start, end: i, hash }, output)
      start = i + 1
      hash = HASH_START
    }
    if (length > start) add(text, { start, end: length, hash }, output)
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

  /** Adds pieces none of which is unknown. */
  addIds(ids: Int32Array): void {
    this.#reserve(ids.length)
    for (let i = 0; i < ids.length; i++) this.#ids[this.#count++] = ids[i] as number
    this.#isBehindUnknown = false
  }

  /** Adds pieces of these bytes. */
  addPath({ path, ends }: Cut, bytes: Uint8Array): void {
    for (let i = 0; i < path.length; i++) {
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

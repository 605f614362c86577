import { ByteReader } from '../bytes.ts'
import { type Field, nextField } from '../protobuf.ts'

/** What kind of piece one is. */
export const NORMAL = 1
export const UNKNOWN = 2
export const CONTROL = 3
export const USER_DEFINED = 4
export const UNUSED = 5
export const BYTE = 6

export const UNIGRAM = 1
export const BYTE_PAIRS = 2

export interface Piece {
  bytes: Uint8Array
  score: number
  type: number
}

/** A model of SentencePiece, as its file has it. */
export interface ModelFile {
  pieces: Piece[]
  /** The number of the piece for what is in no other. */
  unknown: number
  /** `UNIGRAM` or `BYTE_PAIRS`. */
  algorithm: number
  blanksAsSuffix: boolean
  byteFallback: boolean
  /** Empty where texts stay as they are. */
  charsmap: Uint8Array
  addsDummyPrefix: boolean
  removesExtraBlanks: boolean
  escapesBlanks: boolean
}

const ALGORITHMS = new Map([
  [3, 'words'],
  [4, 'characters'],
])

/** Reads a model. Throws Failure `asset_invalid` for a file that is none, is cut short, or is of a kind that is not known. */
export function readModelFile(name: string, bytes: Uint8Array): ModelFile {
  const file = new ByteReader(name, bytes)
  const model: ModelFile = {
    pieces: [],
    unknown: -1,
    algorithm: UNIGRAM,
    blanksAsSuffix: false,
    byteFallback: false,
    charsmap: new Uint8Array(0),
    addsDummyPrefix: true,
    removesExtraBlanks: true,
    escapesBlanks: true,
  }
  const parts = (part: Field, take: (field: Field) => void) => {
    const inner = new ByteReader(name, part.bytes)
    for (let field = nextField(inner); field; field = nextField(inner)) take(field)
  }
  const seen = new Set<number>()
  for (let field = nextField(file); field; field = nextField(file)) {
    seen.add(field.number)
    if (field.number === 1) model.pieces.push(readPiece(field, parts))
    else if (field.number === 2) parts(field, (part) => setTraining(model, part))
    else if (field.number === 3) parts(field, (part) => setNormalizing(model, part))
  }
  check(model, file)
  // they stand behind the pieces, in every model
  if (!seen.has(2) || !seen.has(3)) throw file.invalid('is cut short, or none of SentencePiece: it has no settings')
  return model
}

function readPiece(field: Field, parts: (part: Field, take: (field: Field) => void) => void): Piece {
  const piece: Piece = { bytes: field.bytes.subarray(0, 0), score: 0, type: NORMAL }
  parts(field, ({ number, value, bytes }) => {
    if (number === 1) piece.bytes = bytes
    else if (number === 2) piece.score = value
    else if (number === 3) piece.type = value
  })
  return piece
}

function setTraining(model: ModelFile, { number, value }: Field): void {
  if (number === 3) model.algorithm = value
  else if (number === 24) model.blanksAsSuffix = value !== 0
  else if (number === 35) model.byteFallback = value !== 0
}

function setNormalizing(model: ModelFile, { number, value, bytes }: Field): void {
  if (number === 2) model.charsmap = bytes
  else if (number === 3) model.addsDummyPrefix = value !== 0
  else if (number === 4) model.removesExtraBlanks = value !== 0
  else if (number === 5) model.escapesBlanks = value !== 0
}

function check(model: ModelFile, file: ByteReader): void {
  const kind = ALGORITHMS.get(model.algorithm)
  if (kind) throw file.invalid(`splits into ${kind}; only unigram models and byte-pair models can be read`)
  if (model.algorithm !== UNIGRAM && model.algorithm !== BYTE_PAIRS) throw file.invalid('is none of SentencePiece')
  const unknowns = [...model.pieces.keys()].filter((id) => model.pieces[id]?.type === UNKNOWN)
  if (unknowns.length !== 1) throw file.invalid('has not exactly one unknown piece')
  model.unknown = unknowns[0] ?? 0
  if (model.pieces.some(({ bytes }) => bytes.length === 0)) throw file.invalid('has an empty piece')
  const byteCount = model.pieces.filter(({ type }) => type === BYTE).length
  if (byteCount !== (model.byteFallback ? 256 : 0)) throw file.invalid('has a number of byte pieces that does not fit')
  if (!model.pieces.some(({ type }) => isInText(type))) throw file.invalid('has no pieces')
}

/** Whether pieces of a type can stand in a text. */
export function isInText(type: number): boolean {
  return type === NORMAL || type === USER_DEFINED || type === UNUSED
}

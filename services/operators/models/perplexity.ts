import { Failure } from '../../../topologies/failure.ts'
import type { LanguageModel } from '../../models/kenlm/model.ts'
import type { Pieces, PieceTokenizer } from '../../models/sentencepiece/tokenizer.ts'
import { classesOf, IS_LINE_END, IS_SPACE } from '../text/character-classes.ts'
import { pieceStrings } from './pieces.ts'

const LINE_END = /\r\n|[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]/
/** Where KenLM splits a line, and where it ends for it. */
const WORD_END = /[\t\n\v\f\r ]+/
const TEXT_END = '\0'

/** For a piece that is no word of a language model, but parts a line, or is parted. */
const NOT_PLAIN = -1

/**
 * Data-Juicer's perplexity of the pieces of a text, rounded to a decimal: each line of the pieces joined by blanks is a sentence.
 * Throws Failure `operator_failed` where it is beyond the largest number.
 */
export function perplexityOf(tokenizer: PieceTokenizer, model: LanguageModel): (pieces: Pieces) => number {
  const numbers = Int32Array.from(tokenizer.pieces, (piece) => (isPlain(piece) ? model.indexOf(piece) : NOT_PLAIN))
  numbers[tokenizer.unknown] = NOT_PLAIN
  let words = new Int32Array(1024)
  const scoreOf = (line: string[]): number => {
    if (line.length > words.length) words = new Int32Array(2 * line.length)
    for (const [i, word] of line.entries()) words[i] = model.indexOf(word)
    return model.score(words, line.length)
  }
  const byLines = (pieces: Pieces) => {
    const text = pieceStrings(pieces, tokenizer).join(' ')
    let logarithm = 0
    let length = 0
    for (const line of linesOf(text)) {
      logarithm += scoreOf((line.split(TEXT_END, 1)[0] ?? '').split(WORD_END).filter((word) => word !== ''))
      length += wordCount(line) + 1
    }
    return rounded(logarithm, length)
  }
  return (pieces) => {
    const { ids, unknowns } = pieces
    if (ids.length === 0) return 0
    if (ids.length > words.length) words = new Int32Array(2 * ids.length)
    let next = 0
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i] as number
      let number = numbers[id] as number
      if (number === NOT_PLAIN) {
        if (id !== tokenizer.unknown) return byLines(pieces)
        const unknown = unknowns[next++] ?? ''
        if (!isPlain(unknown)) return byLines(pieces)
        number = model.indexOf(unknown)
      }
      words[i] = number
    }
    return rounded(model.score(words, ids.length), ids.length + 1)
  }
}

function rounded(logarithm: number, length: number): number {
  if (length === 0) return 0
  const perplexity = 10 ** (-logarithm / length)
  if (perplexity === Number.POSITIVE_INFINITY)
    throw new Failure('operator_failed', 'The perplexity is beyond the largest number.')
  return toOneDecimal(perplexity)
}

/** `round(value, 1)`: the nearest, and of two equally near the even one. */
function toOneDecimal(value: number): number {
  const fixed = Number(value.toFixed(1))
  const isTie = Number.isInteger(value * 4) && !Number.isInteger(value * 2)
  if (!isTie) return fixed
  const tenths = Math.floor(value * 10)
  return (tenths % 2 === 0 ? tenths : tenths + 1) / 10
}

function isPlain(piece: string): boolean {
  if (piece === '') return false
  for (let i = 0; i < piece.length; i++) {
    const unit = piece.charCodeAt(i)
    if (unit === 0 || classesOf(unit) & (IS_SPACE | IS_LINE_END)) return false
  }
  return true
}

/** `str.splitlines()`. */
function linesOf(text: string): string[] {
  const lines = text.split(LINE_END)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** `len(str.split())`. */
function wordCount(line: string): number {
  let count = 0
  let isApart = true
  for (let i = 0; i < line.length; i++) {
    const isBlank = (classesOf(line.charCodeAt(i)) & IS_SPACE) !== 0
    if (isApart && !isBlank) count++
    isApart = isBlank
  }
  return count
}

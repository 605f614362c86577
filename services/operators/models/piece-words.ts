import { z } from 'zod'
import type { OperatorContext } from '../../../topologies/operator.ts'
import type { View } from '../../../topologies/text.ts'
import { plainWords } from '../text/census.ts'
import { CLASSES, IS_SPECIAL } from '../text/character-classes.ts'
import { refine } from '../words/refining.ts'
import { numberOf, spanOf, type Vocabulary, vocabulary } from '../words/vocabulary.ts'
import { refinedWords, type Words } from '../words/words.ts'
import { type PieceModel, pieceModelOf } from './pieces.ts'

/** The parameters of an operator that may look at pieces in the place of words. */
export const wordParameters = {
  lang: z
    .string()
    .default('en')
    .describe('language of the tokenizer, with tokenization: that of en is en.sp.model among the assets'),
  tokenization: z
    .boolean()
    .nullable()
    .default(false)
    .describe('whether the pieces that a SentencePiece model cuts a text into count as its words'),
}

/** The asset that such an operator reads. */
export function pieceAssets({ lang, tokenization }: { lang: string; tokenization: boolean | null }): string[] {
  return tokenization ? [`${lang}.sp.model`] : []
}

/** What is asked of the words of a text. */
export interface WordViews {
  /** Lower-cased, without special characters around them. */
  refined: View<Words>
  /** How many are more than special characters. */
  plain: View<number>
}

const ofWords: WordViews = { refined: refinedWords, plain: plainWords }
const ofPieces = new WeakMap<PieceModel, WordViews>()

/** The words that an operator looks at: those between blanks, or the pieces of a model. Throws `asset_missing` or `asset_invalid`. */
export function wordViewsOf(
  { lang, tokenization }: { lang: string; tokenization: boolean | null },
  context: OperatorContext,
): WordViews {
  if (!tokenization) return ofWords
  const model = pieceModelOf(lang, context)
  const known = ofPieces.get(model) ?? pieceViews(model)
  ofPieces.set(model, known)
  return known
}

const UNASKED = -1

function pieceViews({ tokenizer: { pieces, unknown }, view }: PieceModel): WordViews {
  const isPlain = Uint8Array.from(pieces, (piece) => (holdsPlain(piece) ? 1 : 0))
  let current: Vocabulary | null = null
  /** By the number of a piece, that of its word; 0 when nothing is left of it. */
  const numbers = new Int32Array(pieces.length)
  return {
    plain: (text) => {
      const { ids, unknowns } = text.view(view)
      let count = unknowns.filter(holdsPlain).length
      for (let i = 0; i < ids.length; i++) if (ids[i] !== unknown) count += isPlain[ids[i] as number] as number
      return count
    },
    refined: (text) => {
      const { ids, unknowns } = text.view(view)
      const words = vocabulary()
      if (current !== words) numbers.fill(UNASKED)
      current = words
      const found = new Int32Array(ids.length)
      let count = 0
      let next = 0
      for (let i = 0; i < ids.length; i++) {
        const id = ids[i] as number
        let number = id === unknown ? refinedNumber(words, unknowns[next++] ?? '') : (numbers[id] as number)
        if (number === UNASKED) {
          number = refinedNumber(words, pieces[id] ?? '')
          numbers[id] = number
        }
        if (number > 0) found[count++] = number
      }
      return { vocabulary: words, numbers: found.subarray(0, count) }
    },
  }
}

function refinedNumber(words: Vocabulary, piece: string): number {
  const refined = refine(spanOf(piece))
  return refined.start === refined.end ? 0 : numberOf(words, refined)
}

function holdsPlain(piece: string): boolean {
  for (const symbol of piece) if (((CLASSES[symbol.codePointAt(0) ?? 0] as number) & IS_SPECIAL) === 0) return true
  return false
}

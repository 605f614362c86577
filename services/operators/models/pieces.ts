import type { OperatorContext } from '../../../topologies/operator.ts'
import type { Text, View } from '../../../topologies/text.ts'
import { type Pieces, type PieceTokenizer, readPieceTokenizer } from '../../models/sentencepiece/tokenizer.ts'
import { requireWellFormed } from '../text/bare-text.ts'
import { modelOf } from './loading.ts'

/** A model of SentencePiece, and texts as it cuts them: once, whoever asks. */
export interface PieceModel {
  tokenizer: PieceTokenizer
  view: View<Pieces>
}

const known = new WeakMap<PieceTokenizer, PieceModel>()

/** The model of a language, `{lang}.sp.model`. Throws Failure `asset_missing` or `asset_invalid`. */
export function pieceModelOf(language: string, context: OperatorContext): PieceModel {
  return pieceModelNamed(`${language}.sp.model`, context)
}

/** A model by its name among the assets. Its view throws `operator_failed` for a text that has no UTF-8. */
export function pieceModelNamed(name: string, context: OperatorContext): PieceModel {
  const tokenizer = modelOf(name, context, readPieceTokenizer)
  const made = known.get(tokenizer) ?? {
    tokenizer,
    view: ({ value }: Text) => {
      requireWellFormed(value)
      return tokenizer.encode(value)
    },
  }
  known.set(tokenizer, made)
  return made
}

/** The pieces of a text as strings. */
export function pieceStrings({ ids, unknowns }: Pieces, { pieces, unknown }: PieceTokenizer): string[] {
  const strings: string[] = new Array(ids.length)
  let next = 0
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number
    strings[i] = (id === unknown ? unknowns[next++] : pieces[id]) ?? ''
  }
  return strings
}

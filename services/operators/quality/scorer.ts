import { createHash } from 'node:crypto'
import type { OperatorContext } from '../../../topologies/operator.ts'
import { type LinearModel, readLinearModel, type Score, scorerOf } from '../../models/quality/classifier.ts'
import type { Words } from '../../models/quality/features.ts'
import { eachSparkWord } from '../../models/quality/words.ts'
import { modelOf } from '../models/loading.ts'
import { pieceModelNamed, pieceStrings } from '../models/pieces.ts'
import { requireWellFormed } from '../text/bare-text.ts'

/** A linear model of the assets at work. */
export interface QualityScorer {
  /** The probability that a text is of the positive class. Throws `operator_failed` for a text that has no UTF-8. */
  score: Score
  /** The model's version and the begin of its SHA-256: what a score names. */
  version: string
}

/** A model of the assets, and the version that its scores name. Throws `asset_missing` or `asset_invalid`. */
export function qualityScorer(name: string, context: OperatorContext): QualityScorer {
  const { model, version } = modelOf(name, context, readVersioned)
  return { score: scorerIn(model, context), version }
}

/** The same of a file's bytes, which is not remembered. */
export function readScorer(name: string, bytes: Uint8Array, context: OperatorContext): QualityScorer {
  const { model, version } = readVersioned(name, bytes)
  return { score: scorerIn(model, context), version }
}

function readVersioned(name: string, bytes: Uint8Array): { model: LinearModel; version: string } {
  const model = readLinearModel(name, bytes)
  const sum = createHash('sha256').update(bytes).digest('hex')
  return { model, version: `${model.version}@${sum.slice(0, 12)}` }
}

function scorerIn(model: LinearModel, context: OperatorContext): Score {
  const score = scorerOf(model, wordsBy(model.tokenizer, context))
  return (text) => {
    requireWellFormed(text)
    return score(text)
  }
}

/** The words that a model counts: those between blanks, or the pieces of a SentencePiece model among the assets. */
export function wordsBy(tokenizer: string, context: OperatorContext): Words {
  if (tokenizer === '') return eachSparkWord
  const { tokenizer: pieces } = pieceModelNamed(tokenizer, context)
  return (text, take) => {
    for (const piece of pieceStrings(pieces.encode(text), pieces)) take(piece)
  }
}

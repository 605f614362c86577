import { Failure } from '../../../topologies/failure.ts'
import type { OperatorContext } from '../../../topologies/operator.ts'
import { type Row, type TextModelOptions, textModel } from './text-model.ts'

/** How the vectors of tokens become one: that of the last token, their mean, or a mean in which later tokens weigh more. */
export type Pooling = 'mean' | 'weighted_mean' | null

/** Texts as directions: vectors of length 1. */
export interface EmbeddingModel {
  ready(): Promise<void>
  embed(texts: readonly string[]): Promise<(Float64Array | Failure)[]>
  close(): Promise<void>
}

/** Vectors of whole texts, which need no pooling, come first. */
const WHOLE = ['text_embeds', 'sentence_embedding']
const TOKENS = ['last_hidden_state', 'token_embeddings']

export interface EmbeddingOptions extends Omit<TextModelOptions, 'outputs'> {
  pooling: Pooling
  /** Whether a vector of the whole text is taken where the model gives one besides those of the tokens. */
  prefersWhole: boolean
}

/** Opens a model that gives vectors. Throws as textModel does. */
export function embeddingModel(options: EmbeddingOptions, context: OperatorContext): EmbeddingModel {
  const outputs = options.prefersWhole ? [...WHOLE, ...TOKENS] : [...TOKENS, ...WHOLE]
  const model = textModel({ ...options, outputs }, context)
  return {
    ready: () => model.ready(),
    close: () => model.close(),
    async embed(texts) {
      const rows = await model.rows(texts)
      return rows.map((row) => (row instanceof Failure ? row : directionOf(row, options.pooling)))
    },
  }
}

/** Gives the direction of a row, or a Failure where the model gave something that is no number. */
function directionOf(row: Row, pooling: Pooling): Float64Array | Failure {
  const vector = pooled(row, pooling)
  const length = Math.sqrt(dot(vector, vector))
  if (!Number.isFinite(length)) return new Failure('operator_failed', 'The model gave no numbers for this text.')
  // The least length of torch's `normalize`.
  return vector.map((value) => value / Math.max(length, 1e-12))
}

/** A factor common to all numbers goes when the vector is brought to length 1, so that sums do for means. */
function pooled({ values, length }: Row, pooling: Pooling): Float64Array {
  const width = values.length / length
  if (pooling === null || length === 1) return Float64Array.from(values.subarray(values.length - width))
  const sum = new Float64Array(width)
  for (let token = 0; token < length; token++) {
    const weight = pooling === 'weighted_mean' ? token + 1 : 1
    for (let i = 0; i < width; i++) sum[i] = (sum[i] as number) + weight * (values[token * width + i] as number)
  }
  return sum
}

/** The cosine of two directions. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

import { invalidModel } from '../bytes.ts'
import { DOUBLE, INT64, onnxFile } from '../onnx/model.ts'
import { readOnnx } from '../onnx/reading.ts'
import { bucketCounter, type Counts, type Words } from './features.ts'
import { eachSparkWord } from './words.ts'

/** Buckets of Spark's HashingTF. */
export const BUCKETS = 2 ** 18

/** A logistic regression over the counts of hashed words. */
export interface LinearModel {
  /** One per bucket. */
  weights: Float64Array
  bias: number
  /** Name of the SentencePiece model among the assets whose pieces are the words; '' where words lie between blanks. */
  tokenizer: string
  /** What it is, for people and for whoever reads a score: counted up, or a name. */
  version: string
  /** What else there is to say of it. */
  about: { [key: string]: string }
}

const KIND = 'hashed words, logistic regression'

/**
 * A linear model as an ONNX file. It takes `buckets` and `counts`, a row per text, filled up with counts of 0; and gives
 * `scores`, the probability that a text is of the positive class.
 */
export function linearModelFile({ weights, bias, tokenizer, version, about }: LinearModel): Uint8Array {
  return onnxFile({
    name: 'quality',
    inputs: [
      { name: 'buckets', type: INT64, shape: ['texts', 'words'] },
      { name: 'counts', type: DOUBLE, shape: ['texts', 'words'] },
    ],
    outputs: [{ name: 'scores', type: DOUBLE, shape: ['texts'] }],
    weights: [
      { name: 'weights', dims: [weights.length], data: weights },
      { name: 'bias', dims: [1], data: Float64Array.of(bias) },
      { name: 'columns', dims: [1], data: BigInt64Array.of(1n) },
    ],
    steps: [
      { operator: 'Gather', inputs: ['weights', 'buckets'], outputs: ['weight_of'], attributes: { axis: 0 } },
      { operator: 'Mul', inputs: ['weight_of', 'counts'], outputs: ['parts'] },
      { operator: 'ReduceSum', inputs: ['parts', 'columns'], outputs: ['sums'], attributes: { keepdims: 0 } },
      { operator: 'Add', inputs: ['sums', 'bias'], outputs: ['margins'] },
      { operator: 'Sigmoid', inputs: ['margins'], outputs: ['scores'] },
    ],
    properties: { ...about, kind: KIND, tokenizer, version },
  })
}

/** Reads such a file. Throws Failure `asset_invalid` for any other, and for weights that are no numbers. */
export function readLinearModel(name: string, bytes: Uint8Array): LinearModel {
  const { properties, doubles } = readOnnx(name, bytes)
  const weights = doubles.get('weights')
  const bias = doubles.get('bias')?.[0]
  if (properties.get('kind') !== KIND || !weights?.length || bias === undefined)
    throw invalidModel(name, 'is none that `millrace quality train` has made')
  if (!Number.isFinite(bias) || !weights.every(Number.isFinite))
    throw invalidModel(name, 'has weights that are no numbers')
  const { kind: _, tokenizer = '', version = '', ...about } = Object.fromEntries(properties)
  return { weights, bias, tokenizer, version, about }
}

/** The probability that a text is of the positive class. */
export type Score = (text: string) => number

/** Scores texts by a model; words are those between blanks unless a tokenizer gives others. */
export function scorerOf(model: LinearModel, eachWord: Words = eachSparkWord): Score {
  const count = bucketCounter(model.weights.length, eachWord)
  return (text) => probability(model, count(text))
}

/** The probability of the positive class for counted words. */
export function probability({ weights, bias }: LinearModel, { buckets, counts }: Counts): number {
  let margin = bias
  for (let i = 0; i < buckets.length; i++) margin += (weights[buckets[i] as number] as number) * (counts[i] as number)
  return 1 / (1 + Math.exp(-margin))
}

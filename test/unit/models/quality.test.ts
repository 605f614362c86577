import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { linearModelFile, readLinearModel, scorerOf } from '../../../services/models/quality/classifier.ts'
import { bucketCounter } from '../../../services/models/quality/features.ts'
import { bucketOf, murmur3 } from '../../../services/models/quality/hashing.ts'
import { logisticRegression, TrainingSet } from '../../../services/models/quality/training.ts'
import { eachSparkWord } from '../../../services/models/quality/words.ts'
import { failureOf } from '../../support/failures.ts'

interface Recorded {
  /** A word, its hash, and its bucket of 2^18. */
  hashes: [word: string, hash: number, bucket: number][]
  texts: string[]
  labels: number[]
  /** What scikit-learn's LogisticRegression made of the counts, to full convergence. */
  fits: { l2: number; bias: number; weights: [bucket: number, weight: number][]; scores: number[] }[]
}

const BUCKETS = 2 ** 18
const recorded: Recorded = JSON.parse(
  gunzipSync(readFileSync(new URL('../../vectors/quality-classifier.json.gz', import.meta.url))).toString(),
)

function fitted(l2: number) {
  const count = bucketCounter(BUCKETS, eachSparkWord)
  const set = new TrainingSet()
  for (const [i, text] of recorded.texts.entries()) set.add(count(text), recorded.labels[i] === 1)
  return logisticRegression(set, BUCKETS, { l2, iterations: 1000, tolerance: 1e-14 })
}

test('words have the hashes and buckets of MurmurHash3 as HashingTF takes them', () => {
  expect(recorded.hashes.length).toBeGreaterThan(10)
  for (const [word, hash, bucket] of recorded.hashes) {
    const bytes = Buffer.from(word)
    expect([word, murmur3(bytes, bytes.length, 42), bucketOf(word, BUCKETS)]).toEqual([word, hash, bucket])
  }
})

describe.each(recorded.fits)('a regression with l2 $l2', ({ l2, bias, weights, scores }) => {
  test('has the weights and scores that scikit-learn finds', () => {
    const model = fitted(l2)
    expect(model.bias).toBeCloseTo(bias, 5)
    expect(weights.length).toBeGreaterThan(10)
    for (const [bucket, weight] of weights) expect(model.weights[bucket]).toBeCloseTo(weight, 5)
    const score = scorerOf({ ...model, tokenizer: '', version: '1', about: {} })
    for (const [i, text] of recorded.texts.entries()) expect(score(text)).toBeCloseTo(scores[i] ?? Number.NaN, 6)
  })
})

describe('the file of a classifier', () => {
  const model = { weights: Float64Array.of(0.5, -2), bias: 0.25, tokenizer: '', version: '7', about: { l2: '0' } }

  test('gives back what it was made of', () => {
    expect(readLinearModel('quality.onnx', linearModelFile(model))).toEqual(model)
  })

  test('that is cut short, foreign or without numbers is refused by name', () => {
    const whole = linearModelFile(model)
    const broken = [
      whole.subarray(0, whole.length / 2),
      Buffer.from('no model at all'),
      linearModelFile({ ...model, bias: Number.NaN }),
      Buffer.alloc(0),
    ]
    for (const bytes of broken) {
      const failure = failureOf(() => readLinearModel('quality.onnx', bytes))
      expect(failure).toMatchObject({ code: 'asset_invalid', message: expect.stringContaining('quality.onnx') })
    }
  })
})

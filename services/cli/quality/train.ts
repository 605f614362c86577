import { Failure } from '../../../topologies/failure.ts'
import { assetDirectory } from '../../assets/directory.ts'
import { probability } from '../../models/quality/classifier.ts'
import { bucketCounter, type Counts } from '../../models/quality/features.ts'
import { logisticRegression, TrainingSet } from '../../models/quality/training.ts'
import { wordsBy } from '../../operators/quality/scorer.ts'
import { assetsPath } from '../settings.ts'
import { print, printJson, tell } from '../terminal/standard-output.ts'
import { isForTraining, textsOf } from './labelled.ts'
import { type Measures, measuresOf, measuresText } from './measures.ts'
import { writeModel } from './model-files.ts'

export interface TrainOptions {
  positive: string[]
  negative: string[]
  output: string
  samples?: number
  split: number
  seed: number
  iterations: number
  l2: number
  buckets: number
  tokenizer: string
  version: string
  textKey: string
  assets?: string
  json?: boolean
}

/** Trains a classifier, tells how it does on the texts that it was not shown, and writes it. */
export async function train(options: TrainOptions): Promise<void> {
  const { iterations, l2, buckets, tokenizer, version } = options
  const context = assetDirectory(assetsPath(options.assets))
  const count = bucketCounter(buckets, wordsBy(tokenizer, context))
  const set = new TrainingSet()
  const held: { counts: Counts; positive: boolean }[] = []
  let skipped = 0
  for (const positive of [true, false]) {
    const paths = positive ? options.positive : options.negative
    const texts = await textsOf(paths, options, (place, { message }) => {
      if (skipped++ < 5) tell(`${place} is left out: ${message}`)
    })
    if (texts.length === 0) throw new Failure('input_invalid', `There is no text in ${paths.join(', ')}.`)
    for (const text of texts) {
      const counts = count(text)
      if (isForTraining(text, options.split, options.seed)) set.add(counts, positive)
      else held.push({ counts: { buckets: counts.buckets.slice(), counts: counts.counts.slice() }, positive })
    }
  }
  const fitted = logisticRegression(set, buckets, { iterations, l2, tolerance: 1e-6 })
  const about = { texts: String(set.size), l2: String(l2), iterations: String(fitted.iterations) }
  const model = { weights: fitted.weights, bias: fitted.bias, tokenizer, version, about }
  const scored = held.map(({ counts, positive }) => ({ score: probability(model, counts), positive }))
  const evaluation: Measures | null = held.length > 0 ? measuresOf(scored) : null
  await writeModel(options.output, model)
  const report = {
    model: options.output,
    version,
    trained_on: set.size,
    held_back: held.length,
    skipped,
    words: set.buckets.length,
    iterations: fitted.iterations,
    evaluation,
  }
  if (options.json) return printJson(report)
  const told = `${options.output}: trained on ${set.size} texts with ${report.words} buckets of words in ${fitted.iterations} iterations`
  const tested = evaluation ? `\nOn ${held.length} texts that it was not shown: ${measuresText(evaluation)}` : ''
  await print(`${told}${skipped > 0 ? `; ${skipped} lines had no text` : ''}${tested}\n`)
}

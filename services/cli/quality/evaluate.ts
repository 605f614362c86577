import { Failure } from '../../../topologies/failure.ts'
import { qualityScorer } from '../../operators/quality/scorer.ts'
import { assetsPath } from '../settings.ts'
import { print, printJson, tell } from '../terminal/standard-output.ts'
import { textsOf } from './labelled.ts'
import { measuresOf, measuresText } from './measures.ts'
import { placeOf } from './model-files.ts'

export interface EvaluateOptions {
  model: string
  positive: string[]
  negative: string[]
  textKey: string
  assets?: string
  json?: boolean
}

/** Tells how a classifier does on texts of which the class is known. */
export async function evaluate(options: EvaluateOptions): Promise<void> {
  const { positive, negative } = options
  if (positive.length + negative.length === 0)
    throw new Failure('usage', 'Name files by --positive, by --negative, or both.')
  const { name, context } = placeOf(options.model, assetsPath(options.assets))
  const { score, version } = qualityScorer(name, context)
  const reading = { textKey: options.textKey, seed: 0 }
  const skip = (place: string, { message }: Failure) => tell(`${place} is left out: ${message}`)
  const good = positive.length > 0 ? await textsOf(positive, reading, skip) : []
  const bad = negative.length > 0 ? await textsOf(negative, reading, skip) : []
  const measures = measuresOf([
    ...good.map((text) => ({ score: score(text), positive: true })),
    ...bad.map((text) => ({ score: score(text), positive: false })),
  ])
  if (options.json) return printJson({ model: options.model, version, ...measures })
  await print(`${options.model} ${version}: ${measuresText(measures)}\n`)
}

import { randomUUID } from 'node:crypto'
import { Numeral } from '../../../schemas/json/exact.ts'
import { readSample, writeFields, writeSample } from '../../../schemas/sample.ts'
import { classify, Failure } from '../../../topologies/failure.ts'
import { openOutput } from '../../connectors/jsonl-writer.ts'
import { isKept, type Keeping, type KeepMethod } from '../../operators/quality/keeping.ts'
import { type QualityScorer, qualityScorer } from '../../operators/quality/scorer.ts'
import type { FeedLine } from '../../pipeline/feed.ts'
import { inputLines } from '../input-lines.ts'
import { assetsPath, userPath } from '../settings.ts'
import { print, printJson, tell } from '../terminal/standard-output.ts'
import { placeOf } from './model-files.ts'

export interface PredictOptions {
  model: string
  input: string[]
  output: string
  keep: KeepMethod
  alpha: number
  seed: number
  onlyKept?: boolean
  textKey: string
  assets?: string
  json?: boolean
}

interface Report {
  documents: number
  kept: number
  failed: number
  mean: number | null
  least: number | null
  largest: number | null
}

const MAX_DEPTH = 512

/** Writes documents with their scores, and whether each should be kept. */
export async function predict(options: PredictOptions): Promise<void> {
  const { name, context } = placeOf(options.model, assetsPath(options.assets))
  const scorer = qualityScorer(name, context)
  const keeping = { method: options.keep, alpha: options.alpha, seed: options.seed }
  const output = await openOutput(userPath(options.output), randomUUID())
  const report: Report = { documents: 0, kept: 0, failed: 0, mean: null, least: null, largest: null }
  let sum = 0
  try {
    for await (const lines of await inputLines(options.input, { suffixes: [] })) {
      const written = lines.flatMap((line) => {
        const predicted = predictionOf(line, scorer, { keeping, textKey: options.textKey })
        if (predicted instanceof Failure) {
          if (report.failed++ < 5) tell(`${line.place} is left out: ${predicted.message}`)
          return []
        }
        const { score, kept, bytes } = predicted
        report.documents++
        sum += score
        report.least = Math.min(report.least ?? score, score)
        report.largest = Math.max(report.largest ?? score, score)
        if (kept) report.kept++
        return kept || !options.onlyKept ? [bytes] : []
      })
      if (written.length > 0) await output.write(written)
    }
    await output.commit()
  } catch (thrown) {
    await output.abort()
    throw thrown
  }
  if (report.documents > 0) report.mean = sum / report.documents
  if (options.output === '-') return
  if (options.json) return printJson({ model: options.model, version: scorer.version, ...report })
  const failed = report.failed > 0 ? `; ${report.failed} lines had no text` : ''
  await print(
    `${report.documents} documents, ${report.kept} to be kept, mean score ${report.mean?.toFixed(4)}${failed}\n`,
  )
}

interface Prediction {
  score: number
  kept: boolean
  bytes: Uint8Array
}

function predictionOf(
  { bytes, oversize }: FeedLine,
  { score }: QualityScorer,
  { keeping, textKey }: { keeping: Keeping; textKey: string },
): Prediction | Failure {
  try {
    if (oversize) throw new Failure('document_too_large', `The line has ${oversize.length} bytes.`)
    const sample = readSample(bytes, { textKey, maxDepth: MAX_DEPTH })
    const value = score(sample.text)
    const kept = isKept(value, sample.text, keeping)
    const spelt = new Numeral(Number.isInteger(value) ? value.toFixed(1) : String(value))
    const fields = writeFields(sample, { doc_score: spelt, should_keep: kept ? 1 : 0 })
    return { score: value, kept, bytes: writeSample({ ...sample, ...fields }) }
  } catch (thrown) {
    return classify(thrown)
  }
}

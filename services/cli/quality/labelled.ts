import { readSample } from '../../../schemas/sample.ts'
import { classify, Failure } from '../../../topologies/failure.ts'
import { draws, reservoir } from '../../analysis/draws.ts'
import { murmur3 } from '../../models/quality/hashing.ts'
import { inputLines } from '../input-lines.ts'

/** A text of which the class is known. */
export interface LabelledText {
  text: string
  positive: boolean
}

export interface TextOptions {
  textKey: string
  /** Most texts, drawn at random; all of them when not given. */
  samples?: number | undefined
  seed: number
}

const MAX_DEPTH = 512

/** The texts of files, or a sample of them, in order. What holds no text is told to `onSkipped`. */
export async function textsOf(
  paths: readonly string[],
  { textKey, samples, seed }: TextOptions,
  onSkipped: (place: string, failure: Failure) => void,
): Promise<string[]> {
  const texts: string[] = []
  const takes = samples === undefined ? null : reservoir(samples, draws(seed))
  for await (const lines of await inputLines([...paths], { suffixes: [] })) {
    for (const { bytes, place, oversize } of lines) {
      try {
        if (oversize) throw new Failure('document_too_large', `The line has ${oversize.length} bytes.`)
        const { text } = readSample(bytes, { textKey, maxDepth: MAX_DEPTH })
        if (!text.isWellFormed()) throw new Failure('operator_failed', 'The text holds half of a surrogate pair.')
        const at = takes ? takes() : texts.length
        if (at !== null) texts[at] = text
      } catch (thrown) {
        onSkipped(place, classify(thrown))
      }
    }
  }
  return texts
}

const encoder = new TextEncoder()

/** Whether a text is among those that a model learns from: the same text always is or never, so that none is on both sides. */
export function isForTraining(text: string, ratio: number, seed: number): boolean {
  const bytes = encoder.encode(text)
  return (murmur3(bytes, bytes.length, seed ^ 0x5eed) >>> 0) / 2 ** 32 < ratio
}

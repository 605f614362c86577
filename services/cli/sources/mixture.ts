import { readSample } from '../../../schemas/sample.ts'
import { classify, Failure } from '../../../topologies/failure.ts'
import { permutation } from '../../operators/selection/pcg64.ts'
import type { FeedLine } from '../../pipeline/feed.ts'
import { Shelf } from './shelf.ts'

/** The seed of Data-Juicer's `random_sample`. */
const SEED = 42
/** Depth is judged by the door: here it only matters whether there is a text. */
const MOST_DEPTH = 1_000
const GROUP = 256

/**
 * So many samples of each source, together `most`: shares by weight, rounded up one after the other until none are left, as in
 * Data-Juicer's `get_sample_numbers`. May be zero or less.
 */
export function sampleNumbers(weights: readonly number[], most: number): number[] {
  const sum = pairwiseSum(weights)
  let taken = 0
  return weights.map((weight) => {
    const number = Math.min(Math.ceil(most * (weight / sum)), most - taken)
    taken += number
    return number
  })
}

/** NumPy's sum of floats, whose order of additions decides the last bit. */
function pairwiseSum(values: readonly number[]): number {
  if (values.length < 8) return values.reduce((sum, value) => sum + value, 0)
  if (values.length > 128) {
    const half = Math.floor(values.length / 2)
    const cut = half - (half % 8)
    return pairwiseSum(values.slice(0, cut)) + pairwiseSum(values.slice(cut))
  }
  const whole = values.length - (values.length % 8)
  const lanes = Array.from({ length: 8 }, () => 0)
  for (let at = 0; at < whole; at++) lanes[at % 8] = (lanes[at % 8] ?? 0) + (values[at] ?? 0)
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = lanes
  const sum = a + b + (c + d) + (e + f + (g + h))
  return values.slice(whole).reduce((all, value) => all + value, sum)
}

/** Which of `count` samples are taken when `wanted` are, in order, as Data-Juicer's `random_sample` picks and repeats them. */
export function* sampleIndexes(count: number, wanted: number): Generator<number> {
  if (wanted === count) {
    for (let at = 0; at < count; at++) yield at
    return
  }
  const order = permutation(SEED, count)
  for (let at = 0; at < wanted; at++) yield order[at % count] ?? 0
}

/**
 * `wanted` samples of a source: it is laid on disk, since the order is known only when all are counted. Lines without a text, which
 * Data-Juicer does not count, go by as they are, for the door to refuse. Rejects with `input_invalid` when there is no sample.
 */
export async function* sampled(
  source: { name: string; lines: AsyncIterable<FeedLine[]>; textKey: string },
  wanted: number,
): AsyncGenerator<FeedLine[]> {
  const shelf = await Shelf.open()
  try {
    for await (const lines of source.lines) {
      const asides: FeedLine[] = []
      for (const line of lines) {
        if (isSample(line, source.textKey)) await shelf.add(line)
        else asides.push(line)
      }
      if (asides.length > 0) yield asides
    }
    if (shelf.count === 0) {
      throw new Failure('input_invalid', `${source.name} holds no sample, and the mixture wants ${wanted} of it.`)
    }
    let group: FeedLine[] = []
    for (const index of sampleIndexes(shelf.count, wanted)) {
      group.push(await shelf.read(index))
      if (group.length < GROUP) continue
      yield group
      group = []
    }
    if (group.length > 0) yield group
  } finally {
    await shelf.close()
  }
}

function isSample(line: FeedLine, textKey: string): boolean {
  if (line.oversize) return false
  try {
    readSample(line.bytes, { textKey, maxDepth: MOST_DEPTH })
    return true
  } catch (thrown) {
    return classify(thrown).code === 'text_not_a_string'
  }
}

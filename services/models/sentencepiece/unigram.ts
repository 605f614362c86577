import { isInText, type ModelFile, NORMAL, UNUSED, USER_DEFINED } from './model-file.ts'
import { characterLength } from './normalizer.ts'
import type { Cut, Segmenter } from './segmenting.ts'
import { ROOT, type Trie, trieOf } from './trie.ts'

/** By how much an unknown character is worse than the worst piece. */
const UNKNOWN_PENALTY = 10
/** The score of a symbol of the user for each byte behind its first. */
const SYMBOL_SCORE = 0.1
/** Where a sum gets beyond that, either way, it begins anew at 0. */
const LARGEST_SUM = 100_000
const LARGEST_FLOAT = 3.4028234663852886e38
/** A sum of 32 bits is off by up to half of that part of itself. */
const HALF_STEP = 2 ** -24
/** For what the bound on errors leaves out: products of errors. */
const CAUTION = 1.1

/** Where the best way to a place comes from. */
interface Ways {
  scores: Float32Array
  /** How much worse the second best way is. */
  margins: Float32Array
  starts: Int32Array
  pieces: Int32Array
}

const KEPT_LENGTH = 1 << 14
const kept = waysFor(KEPT_LENGTH)

function waysFor(length: number): Ways {
  return {
    scores: new Float32Array(length + 1),
    margins: new Float32Array(length + 1),
    starts: new Int32Array(length + 1),
    pieces: new Int32Array(length + 1),
  }
}

/**
 * The segmenter of a unigram model: Viterbi's algorithm, as `EncodeOptimized` of SentencePiece does it, in the same order and
 * with the same roundings.
 */
export function unigramSegmenter(model: ModelFile): Segmenter {
  const { scores, unknownScore } = scoresOf(model)
  const entries = model.pieces.flatMap(({ bytes, type }, value) =>
    isInText(type) && type !== UNUSED ? [{ bytes, value }] : [],
  )
  const trie = trieOf(entries)
  const search = { trie, scores, unknown: model.unknown, unknownScore }
  return {
    cut(text, { start, end, sum }) {
      const ways = end - start > KEPT_LENGTH ? waysFor(end - start) : kept
      findWays(text, { start, end, sum }, ways, search)
      return bestWay(ways, end - start, sum)
    },
    scores,
  }
}

function scoresOf(model: ModelFile): { scores: Float32Array; unknownScore: number } {
  const normal = model.pieces.filter(({ type }) => type === NORMAL).map(({ score }) => score)
  const least = normal.reduce((a, b) => Math.min(a, b), LARGEST_FLOAT)
  const unknownScore = Math.fround(least - UNKNOWN_PENALTY)
  const scores = Float32Array.from(model.pieces, ({ bytes, score, type }) =>
    type === USER_DEFINED ? Math.fround(SYMBOL_SCORE * (bytes.length - 1)) : score,
  )
  scores[model.unknown] = unknownScore
  return { scores, unknownScore }
}

interface Search {
  trie: Trie
  scores: Float32Array
  unknown: number
  unknownScore: number
}

function findWays(
  text: Uint8Array,
  { start, end, sum }: { start: number; end: number; sum: number },
  ways: Ways,
  { trie, scores, unknown, unknownScore }: Search,
): void {
  const { bases, checks, values } = trie
  const length = end - start
  ways.starts.fill(-1, 0, length + 1)
  ways.scores[0] = sum
  let reached = 0
  for (let from = 0; from < length; ) {
    if (Math.abs(ways.scores[from] as number) > LARGEST_SUM) beginAnew(ways, from, reached)
    const before = ways.scores[from] as number
    const next = Math.min(from + characterLength(text[start + from] as number), length)
    let isKnown = false
    let state = ROOT
    for (let at = from; at < length; ) {
      const behind = (bases[state] as number) + (text[start + at++] as number)
      if (checks[behind] !== state || behind === ROOT) break
      state = behind
      const piece = values[state] as number
      if (piece < 0) continue
      if (at > reached) reached = at
      offer(ways, at, { from, piece, score: Math.fround(before + (scores[piece] as number)) })
      if (at === next) isKnown = true
    }
    if (next > reached) reached = next
    if (!isKnown) offer(ways, next, { from, piece: unknown, score: Math.fround(before + unknownScore) })
    from = next
  }
}

function beginAnew(ways: Ways, from: number, reached: number): void {
  const sum = ways.scores[from] as number
  for (let at = from; at <= Math.max(reached, from); at++)
    if (at === from || ways.starts[at] !== -1) ways.scores[at] = (ways.scores[at] as number) - sum
}

function offer(ways: Ways, at: number, { from, piece, score }: { from: number; piece: number; score: number }): void {
  const isFirst = ways.starts[at] === -1
  const lead = isFirst ? Number.POSITIVE_INFINITY : score - (ways.scores[at] as number)
  if (lead > 0) {
    ways.scores[at] = score
    ways.starts[at] = from
    ways.pieces[at] = piece
    ways.margins[at] = lead
  } else if (-lead < (ways.margins[at] as number)) {
    ways.margins[at] = -lead
  }
}

const found: Cut = { count: 0, path: new Int32Array(256), ends: new Int32Array(256), sum: 0, steadyBelow: 0 }

function bestWay(ways: Ways, length: number, sum: number): Cut {
  let count = 0
  let margin = Number.POSITIVE_INFINITY
  let reach = 0
  for (let at = length; at > 0; at = ways.starts[at] as number) {
    count++
    margin = Math.min(margin, ways.margins[at] as number)
  }
  for (let at = 1; at <= length; at++)
    if (ways.starts[at] !== -1) reach = Math.max(reach, Math.abs((ways.scores[at] as number) - sum))
  if (count > found.path.length)
    Object.assign(found, { path: new Int32Array(2 * count), ends: new Int32Array(2 * count) })
  found.count = count
  for (let at = length; at > 0; at = ways.starts[at] as number) {
    found.path[--count] = ways.pieces[at] as number
    found.ends[count] = at
  }
  const errors = 2 * (length + 1) * HALF_STEP * CAUTION
  found.steadyBelow = Math.min(margin / errors - 2 * reach, LARGEST_SUM - CAUTION * reach) - Math.abs(sum)
  found.sum = ways.scores[length] as number
  return found
}

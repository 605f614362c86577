import type { Deduplicator } from '../../../topologies/dataset/operator.ts'
import { Failure } from '../../../topologies/failure.ts'
import type { OperatorContext, Subject } from '../../../topologies/operator.ts'
import { pieceModelNamed, pieceStrings } from '../models/pieces.ts'
import { numberOf } from '../python/numbers.ts'
import { type Cutter, cutter, layOut } from '../shingles/cutting.ts'
import { lower } from '../text/python-strings.ts'
import { bestBands } from './bands.ts'
import { type MinHashParameters, pieceModelName } from './parameters.ts'
import { minHash } from './signature.ts'

/** The field that ranks documents for the deduplicators `_with_uid`. */
const UID = '__dj__uid'

/** Of every number of a signature so much is kept for the report. Values. */
const BYTE_VALUES = 256

/** Documents that agree in a whole band are duplicates. `ranked`: of a cluster that of the least `__dj__uid` stays. */
export function minHashDeduplicator(
  parameters: MinHashParameters,
  context: OperatorContext,
  options: { ranked?: boolean } = {},
): Deduplicator<Subject> {
  const { num_permutations: permutations, jaccard_threshold: threshold } = parameters
  const { num_bands: bands, num_rows_per_band: rows } = parameters
  const chosen = bands && rows ? { bands, rows } : bestBands(threshold, permutations)
  const hashes = minHash({ ...parameters, cut: cutterOf(parameters, context) }, permutations, chosen)
  return {
    probe(subject) {
      const rank = options.ranked ? rankOf(subject) : undefined
      hashes.take(subject.text().value)
      const probe = { keys: hashes.keys(), signature: new Uint8Array(hashes.values()) }
      return rank === undefined ? probe : { ...probe, rank }
    },
    similarity,
  }
}

function cutterOf(parameters: MinHashParameters, context: OperatorContext): Cutter {
  const { tokenization, lowercase, ignore_pattern: ignored } = parameters
  // what a pattern is taken out of is in lower case already
  const lowers = lowercase && !ignored
  if (tokenization !== 'sentencepiece') return cutter(tokenization, lowers)
  const { tokenizer } = pieceModelNamed(pieceModelName(parameters), context)
  return (value, bench) => {
    const pieces = tokenizer.encode(lowers ? lower(value) : value)
    return layOut(pieceStrings(pieces, tokenizer), bench, { apart: false })
  }
}

/**
 * The share of equal values, from one byte of each: of those that differ, 1 in 256 agree there by chance (Li and König, b-bit
 * minwise hashing, 2010).
 */
function similarity(a: Uint8Array, b: Uint8Array): number {
  let equal = 0
  for (let i = 0; i < a.length; i++) if (a[i] === b[i]) equal++
  const byChance = 1 / BYTE_VALUES
  return Math.max(0, (equal / a.length - byChance) / (1 - byChance))
}

function rankOf(subject: Subject): bigint {
  const value = subject.exact(UID)
  const number = value === undefined ? null : numberOf(value)
  if (typeof number === 'bigint') return number
  throw new Failure('operator_failed', `The sample needs a whole number under "${UID}", which ranks it.`)
}

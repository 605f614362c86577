import { addTally } from '../chain/tally.ts'
import type { BatchResult } from '../chain/work.ts'

/** The results of pieces of one batch, in their order, as one. There must be one piece at least. */
export function mergeResults(results: BatchResult[]): BatchResult {
  const [first, ...others] = results
  if (!first) throw new Error('a batch was cut into no pieces')
  return others.reduce(
    (all, one) => ({
      output: [...all.output, ...one.output],
      rejected: [...all.rejected, ...one.rejected],
      deadLetters: [...all.deadLetters, ...one.deadLetters],
      elsewhere: [...all.elsewhere, ...one.elsewhere],
      tally: addTally(all.tally, one.tally),
    }),
    first,
  )
}

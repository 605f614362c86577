import type { LedgerEntry } from '../../../schemas/ledger.ts'
import type { PlannedOperator } from '../../../topologies/topology.ts'

/** What one operator did to the documents of one batch. */
export type OperatorTally = LedgerEntry['operators'][number]

/** What became of the records of one batch: one row of the ledger, less its place and time. */
export interface BatchTally {
  records: number
  documents: number
  output: number
  rejected: number
  duplicates: number
  dead_letters: number
  split: number
  merged: number
  repaired: number
  bytes_in: number
  bytes_out: number
  ended: string[]
  operators: OperatorTally[]
}

/** A tally with nothing in it. */
export function emptyTally(operators: PlannedOperator[]): BatchTally {
  return {
    records: 0,
    documents: 0,
    output: 0,
    rejected: 0,
    duplicates: 0,
    dead_letters: 0,
    split: 0,
    merged: 0,
    repaired: 0,
    bytes_in: 0,
    bytes_out: 0,
    ended: [],
    operators: operators.map(({ index, name }) => ({
      index,
      name,
      in: 0,
      kept: 0,
      dropped: {},
      failed: 0,
      skipped: 0,
      seconds: 0,
    })),
  }
}

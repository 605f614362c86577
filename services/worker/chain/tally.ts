import type { LedgerEntry } from '../../../schemas/ledger.ts'
import type { PlannedOperator } from '../../../topologies/topology.ts'

/** What became of the records of one batch: a row of the ledger, less its place, time and writer. */
export type BatchTally = Omit<
  LedgerEntry,
  'pipeline' | 'recipe' | 'stage' | 'topic' | 'partition' | 'from' | 'to' | 'at' | 'worker'
>

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

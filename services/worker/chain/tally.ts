import type { LedgerEntry, OperatorTally } from '../../../schemas/ledger.ts'
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
    replayed: 0,
    letters: null,
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

/** Two tallies of one stage as one. */
export function addTally(a: BatchTally, b: BatchTally): BatchTally {
  return {
    records: a.records + b.records,
    documents: a.documents + b.documents,
    output: a.output + b.output,
    rejected: a.rejected + b.rejected,
    duplicates: a.duplicates + b.duplicates,
    dead_letters: a.dead_letters + b.dead_letters,
    split: a.split + b.split,
    merged: a.merged + b.merged,
    repaired: a.repaired + b.repaired,
    bytes_in: a.bytes_in + b.bytes_in,
    bytes_out: a.bytes_out + b.bytes_out,
    ended: [...a.ended, ...b.ended],
    replayed: a.replayed + b.replayed,
    letters: null,
    operators: a.operators.map((operator, i) => addOperator(operator, b.operators[i])),
  }
}

function addOperator(a: OperatorTally, b: OperatorTally | undefined): OperatorTally {
  if (!b) return a
  const dropped = { ...a.dropped }
  for (const [reason, count] of Object.entries(b.dropped)) dropped[reason] = (dropped[reason] ?? 0) + count
  return {
    ...a,
    in: a.in + b.in,
    kept: a.kept + b.kept,
    dropped,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    seconds: a.seconds + b.seconds,
  }
}

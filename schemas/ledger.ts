/** What one operator did to the documents of one checkpoint. */
export interface OperatorTally {
  /** Place in the recipe's process list, from 0. */
  index: number
  name: string
  in: number
  kept: number
  /** Documents by reason. */
  dropped: Record<string, number>
  failed: number
  /** Documents that passed unprocessed, because the operator was broken. */
  skipped: number
  seconds: number
}

/**
 * What one checkpoint did to one input partition of a stage, written in the same transaction as its outputs and offsets.
 * The account balances when documents + split = output + rejected + duplicates + dead letters + merged.
 */
export interface LedgerEntry {
  pipeline: string
  /** First 16 hex digits of the SHA-256 of the recipe's meaning. */
  recipe: string
  stage: string
  topic: string
  partition: number
  /** First offset, and the offset behind the last. */
  from: bigint
  to: bigint
  /** Records read, end markers among them. */
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
  /** Ids of the runs whose end marker was passed. */
  ended: string[]
  /** Milliseconds since the epoch. */
  at: number
  worker: string
  operators: OperatorTally[]
}

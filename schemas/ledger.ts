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

/** What was done with dead letters in one transaction; the entry's topic and partition say where they lie. */
export interface LetterMark {
  action: 'replayed' | 'discarded'
  offsets: bigint[]
}

/** The stage under which the ledger has what was done with dead letters: no stage has this name. */
export const LETTERS_STAGE = 'dead-letters'

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
  /** Documents among `documents` that were dead letters and came once more. */
  replayed: number
  /** Dead letters that were settled by a person; null in an entry of a stage. */
  letters: LetterMark | null
}

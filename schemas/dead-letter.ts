/**
 * Why a record was set aside. It travels in one header of the dead letter (`DEAD_LETTER_HEADER`); key, value and the other
 * headers of that record are the original's, byte for byte. Times are milliseconds since the epoch.
 */
export interface DeadLetter {
  pipeline: string
  /** First 16 hex digits of the SHA-256 of the recipe's meaning. */
  recipe: string
  stage: string
  /** Null when the record never reached an operator. */
  operator: string | null
  /** Place of the operator in the recipe's process list, from 0; -1 without an operator. */
  operator_index: number
  /** Code of the failure, from the table of failures. */
  code: string
  message: string
  /** Cut to `STACK_BYTES` bytes of UTF-8 when it is encoded. */
  stack: string | null
  /** Where the record was read. */
  topic: string
  partition: number
  offset: bigint
  timestamp: number
  attempts: number
  first_time: number
  last_time: number
  /** Id of the document; null when the record did not decode. */
  document: string | null
  source: string | null
  /** Whether replay can go on at the operator: with `before`, or else with the document that the record's value says. */
  resumable: boolean
  /**
   * The document as it stood before the operator, in wire format. Null when the record's value says the same; and when it
   * would have made the letter too large, which is then not resumable.
   */
  before: Buffer | null
  /** Place of the stage's first operator in the recipe's process list; -1 when it has none, or that is not known. */
  stage_start: number
  /** Headers of the record whose names the story took for itself. */
  displaced: Record<string, Buffer>
}

/** The header that carries an encoded DeadLetter. */
export const DEAD_LETTER_HEADER = 'millrace.dead-letter'

/** Longest stack trace that a dead letter carries. */
export const STACK_BYTES = 4096

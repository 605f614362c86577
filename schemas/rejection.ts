import type { Original } from './dataset.ts'
import type { Document } from './document.ts'

/** A document that an operator dropped on purpose, as it was at that moment, its stats included. */
export interface Rejection {
  document: Document
  pipeline: string
  /** First 16 hex digits of the SHA-256 of the recipe's meaning. */
  recipe: string
  stage: string
  operator: string
  /** Place of the operator in the recipe's process list, from 0. */
  operator_index: number
  /** One of the operator's closed set of reasons. */
  reason: string
  /** Of a duplicate: the document that stays in its place. */
  duplicate_of: Original | null
}

import type { Original } from '../../schemas/dataset.ts'
import type { Stats } from '../../schemas/document.ts'
import type { StatBounds } from './bounds.ts'

/** A document that an operator dropped. */
export interface Dropped {
  id: string
  source: string
  reason: string
  /** The stats by which it was judged; all that were measured where those are not known. */
  stats: Stats
  /** Of a duplicate: what stays in its place. */
  duplicate_of: Original | null
  text: string
}

/** A text that a mapper changed. */
export interface Changed {
  id: string
  source: string
  before: string
  /** Several where the document was split, none where nothing was left of it. */
  after: string[]
}

/** What one operator of a recipe did to documents: all that were seen are counted, some are shown. */
export interface OperatorTrace {
  /** Place in the recipe's process list, from 0; null where it is not known. */
  index: number | null
  name: string
  bounds: StatBounds | null
  /** How many documents went, by reason. */
  dropped: Record<string, number>
  /** How many documents passed in memory, and of those the changed and the failed ones; null where none were tried. */
  tried: { in: number; changed: number; failed: Record<string, number> } | null
  drops: Dropped[]
  changes: Changed[]
}

/** All that `trace` finds out. */
export interface TraceReport {
  pipeline: string
  /** Where the dropped documents are from. */
  rejected_from: string
  /** Where the documents are from whose texts are followed; null where the operators are not known. */
  changes_from: string | null
  operators: OperatorTrace[]
  /** What could not be followed, and why. */
  left_out: { name: string; why: string }[]
}

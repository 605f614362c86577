import type { StatBounds } from './bounds.ts'
import type { Correlations } from './correlation.ts'
import type { Summary } from './summary.ts'
import type { FilterLosses } from './verdicts.ts'

/** All that `analyze` finds out: what it prints as JSON, and what its table and its page are made of. */
export interface AnalysisReport {
  /** Name of the recipe's pipeline. */
  recipe: string
  /** Where the documents came from, for people. */
  input: string
  /** How they were chosen; null for all of them. */
  sample: string | null
  documents: number
  /** Documents that could not be read, by code. */
  unreadable: Record<string, number>
  /** False beyond so many documents that quantiles, histograms and correlations come from a uniform sample of them. */
  exact: boolean
  /** The documents from which those come. */
  kept_for_quantiles: number
  stats: (Summary & { bounds: (StatBounds & { operator: string; index: number })[] })[]
  correlations: Correlations
  filters: FilterLosses[]
  /** Documents that all filters would keep. */
  kept: number
  /** Operators that took no part, and why. */
  left_out: { name: string; why: string }[]
  seconds: number
}

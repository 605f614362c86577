/** `pause`: take nothing in until it works again. `pass_through`: let documents pass unprocessed, marked. `dead_letter`: set them aside. */
export type OutagePolicy = 'pause' | 'pass_through' | 'dead_letter'

/** How much a stage bears of one operator before the recipe's policies apply. Times in milliseconds. */
export interface Tolerance {
  /** What to do while the operator is out of order; null: there is no such state, every document is tried. */
  onOutage: OutagePolicy | null
  /** Trying a document again on which an operator that waits failed for the moment: pauses grow from `wait` to `longest`. */
  retry: { attempts: number; wait: number; longest: number }
  /** So many failures in a row are an outage; after `coolDown` the next document shows whether it is over. */
  breaker: { failures: number; coolDown: number }
  /** Longest that one document may keep an operator busy before its thread is stopped. */
  timeBudget: number
}

/** What holds where a recipe says nothing. */
export const TOLERANCE: Tolerance = {
  onOutage: null,
  retry: { attempts: 3, wait: 200, longest: 5_000 },
  breaker: { failures: 20, coolDown: 5_000 },
  timeBudget: 60_000,
}

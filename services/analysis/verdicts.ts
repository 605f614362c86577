/** What one filter says of a document: a reason to drop it, nothing, or the code of its failure. */
export type FilterVerdict = { dropped: string } | { failed: string } | null

/** How many documents a filter would drop or fail on, by reason and by code. */
export interface Losses {
  dropped: Record<string, number>
  failed: Record<string, number>
}

/** One filter of a recipe: what it does to all documents, and to those that the filters before it leave. */
export interface FilterLosses {
  /** Place in the recipe's process list, from 0. */
  index: number
  name: string
  alone: Losses
  /** `in`: the documents that reach it. */
  inOrder: Losses & { in: number }
}

/** Counts of what a recipe's filters would do, all of which judge every document. */
export class VerdictCounts {
  kept = 0
  readonly filters: FilterLosses[]

  constructor(operators: readonly { index: number; name: string }[]) {
    this.filters = operators.map(({ index, name }) => ({
      index,
      name,
      alone: { dropped: {}, failed: {} },
      inOrder: { in: 0, dropped: {}, failed: {} },
    }))
  }

  /** @param verdicts one for each filter, in their order */
  add(verdicts: readonly FilterVerdict[]): void {
    let goesOn = true
    for (const [i, filter] of this.filters.entries()) {
      const verdict = verdicts[i] ?? null
      if (goesOn) filter.inOrder.in++
      if (verdict === null) continue
      note(filter.alone, verdict)
      if (goesOn) note(filter.inOrder, verdict)
      goesOn = false
    }
    if (goesOn) this.kept++
  }
}

/** How many documents are lost in all. */
export function lostIn({ dropped, failed }: Losses): number {
  return [...Object.values(dropped), ...Object.values(failed)].reduce((sum, count) => sum + count, 0)
}

function note({ dropped, failed }: Losses, verdict: Exclude<FilterVerdict, null>): void {
  if ('dropped' in verdict) dropped[verdict.dropped] = (dropped[verdict.dropped] ?? 0) + 1
  else failed[verdict.failed] = (failed[verdict.failed] ?? 0) + 1
}

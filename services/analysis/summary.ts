import type { Column, Frame, StatKind } from './frame.ts'
import { quantile } from './quantile.ts'
import { type Box, boxOf, type Histogram, histogramOf } from './shape.ts'

/** The shares at which quantiles are given. */
export const SHARES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]
const MOST_FREQUENT = 20

/** What can be said of one stat, in the terms of pandas' `describe`. Numbers are null where pandas has NaN. */
export interface Summary {
  stat: string
  kind: StatKind
  /** Values; the items of all lists for a stat that is a list. */
  count: number
  /** Documents without a value, or with one of another kind than the first document's. */
  missing: number
  numbers: NumberSummary | null
  values: ValueSummary | null
}

export interface NumberSummary {
  mean: number | null
  /** Standard deviation of a sample. */
  std: number | null
  min: number | null
  max: number | null
  /** By linear interpolation between neighbours. */
  quantiles: { share: number; value: number | null }[]
  histogram: Histogram
  box: Box | null
}

export interface ValueSummary {
  unique: number
  top: string | null
  freq: number
  most: { value: string; count: number }[]
}

/** Every stat of which a document had a value, in the order in which they came. */
export function summaries(frame: Frame): Summary[] {
  return Array.from(frame.columns, ([stat, column]) => summaryOf(stat, column, frame)).filter((found) => found !== null)
}

function summaryOf(stat: string, column: Column, frame: Frame): Summary | null {
  const { kind, moments, counts } = column
  if (kind === null) return null
  const numeric = kind === 'number' || kind === 'list'
  const rows = frame.numbers(column)
  return {
    stat,
    kind,
    count: numeric ? moments.count : counts.total,
    missing: frame.documents - column.documents,
    numbers: numeric ? numberSummary(column, kind === 'list' ? column.items.upTo(column.items.length) : rows) : null,
    values: numeric ? null : valueSummary(column),
  }
}

function numberSummary({ moments }: Column, kept: Float64Array): NumberSummary {
  const sorted = kept.filter((value) => !Number.isNaN(value)).sort()
  const empty = moments.count === 0
  return {
    mean: empty ? null : moments.mean,
    std: orNull(moments.deviation),
    min: empty ? null : moments.min,
    max: empty ? null : moments.max,
    quantiles: SHARES.map((share) => ({ share, value: orNull(quantile(sorted, share)) })),
    histogram: histogramOf(sorted),
    box: boxOf(sorted),
  }
}

function valueSummary({ counts }: Column): ValueSummary {
  const most = counts.most(MOST_FREQUENT)
  return { unique: counts.unique, top: most[0]?.value ?? null, freq: most[0]?.count ?? 0, most }
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value
}

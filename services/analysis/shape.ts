import { quantile } from './quantile.ts'

/** Fewest and most bars; between them the square root of the number of values, as in Data-Juicer. */
const FEWEST = 10
const MOST = 100
/** Whiskers reach to the last value within so many ranges between the quartiles (Tukey). */
const REACH = 1.5

/** Bars of one width from `from` to `to`. A value on the border of two bars is in the upper one; the last bar has both its ends. */
export interface Histogram {
  from: number
  to: number
  counts: number[]
}

/** A box plot: quartiles, the last values within the whiskers' reach, and how many lie beyond them. */
export interface Box {
  low: number
  q1: number
  median: number
  q3: number
  high: number
  below: number
  above: number
}

/** The histogram of sorted numbers; infinite ones are left out. */
export function histogramOf(sorted: Float64Array): Histogram {
  const finite = sorted.filter(Number.isFinite)
  const least = finite[0] ?? 0
  const greatest = finite.at(-1) ?? 0
  const [from, to] = least === greatest ? around(least) : [least, greatest]
  const bars = Math.min(Math.max(Math.floor(Math.sqrt(finite.length)), FEWEST), MOST)
  const counts = new Array<number>(bars).fill(0)
  for (const value of finite) {
    const at = Math.floor(shareOf(value, from, to) * bars)
    const bar = Math.min(Math.max(at, 0), bars - 1)
    counts[bar] = (counts[bar] ?? 0) + 1
  }
  return { from, to, counts }
}

/** Ends for numbers that are all the same, so far apart that a great number, too, lies between them. */
function around(value: number): [number, number] {
  const half = Math.max(0.5, Math.abs(value) * 1e-9)
  return [Math.max(value - half, -Number.MAX_VALUE), Math.min(value + half, Number.MAX_VALUE)]
}

/** How far a value lies on the way between two ends, from 0 to 1. */
function shareOf(value: number, from: number, to: number): number {
  const range = to - from
  // Halved where the way is longer than the greatest double.
  return Number.isFinite(range) ? (value - from) / range : (value / 2 - from / 2) / (to / 2 - from / 2)
}

/** The box plot of sorted numbers; null of none. */
export function boxOf(sorted: Float64Array): Box | null {
  if (sorted.length === 0) return null
  const at = (share: number) => quantile(sorted, share)
  const [q1, median, q3] = [at(0.25), at(0.5), at(0.75)]
  const range = REACH * (q3 - q1)
  const low = sorted.findIndex((value) => value >= q1 - range)
  const high = sorted.findLastIndex((value) => value <= q3 + range)
  return {
    low: sorted[low] ?? q1,
    q1,
    median,
    q3,
    high: sorted[high] ?? q3,
    below: Math.max(low, 0),
    above: high < 0 ? 0 : sorted.length - 1 - high,
  }
}

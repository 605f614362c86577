import type { Frame } from './frame.ts'

/** How stats go together, pair by pair: null where one of the two does not vary, or no document has both. */
export interface Correlations {
  stats: string[]
  pearson: (number | null)[][]
  spearman: (number | null)[][]
}

/** Correlations of all stats that are numbers, booleans or lists of numbers (by their means), as Data-Juicer takes them. */
export function correlations(frame: Frame): Correlations {
  const found = [...frame.columns].filter(([, { kind }]) => kind !== null && kind !== 'text')
  const columns = found.map(([, column]) => frame.numbers(column))
  return {
    stats: found.map(([stat]) => stat),
    pearson: pairwise(columns, pearson),
    spearman: pairwise(columns, spearmanOf()),
  }
}

type Coefficient = (a: Float64Array, b: Float64Array) => number | null

function pairwise(columns: Float64Array[], coefficient: Coefficient): (number | null)[][] {
  const matrix = columns.map(() => new Array<number | null>(columns.length).fill(null))
  for (const [i, a] of columns.entries()) {
    for (const [j, b] of columns.entries()) {
      if (j < i) continue
      const value = coefficient(a, b)
      for (const [row, column] of [
        [i, j],
        [j, i],
      ] as const)
        matrix[row]?.splice(column, 1, value)
    }
  }
  return matrix
}

/** Pearson's coefficient over the places where both have a number. */
export function pearson(a: Float64Array, b: Float64Array): number | null {
  let count = 0
  let meanA = 0
  let meanB = 0
  let squaresA = 0
  let squaresB = 0
  let products = 0
  for (let i = 0; i < a.length; i++) {
    const x = a[i] ?? Number.NaN
    const y = b[i] ?? Number.NaN
    if (Number.isNaN(x) || Number.isNaN(y)) continue
    count++
    const fromA = x - meanA
    const fromB = y - meanB
    meanA += fromA / count
    meanB += fromB / count
    squaresA += fromA * (x - meanA)
    squaresB += fromB * (y - meanB)
    products += fromA * (y - meanB)
  }
  const scale = Math.sqrt(squaresA) * Math.sqrt(squaresB)
  return scale > 0 ? Math.min(Math.max(products / scale, -1), 1) : null
}

/** Pearson's coefficient of ranks; equals share the mean of theirs. Ranks of whole columns are remembered. */
export function spearmanOf(): Coefficient {
  const known = new Map<Float64Array, Float64Array>()
  const ranked = (column: Float64Array) => {
    const ranks = known.get(column) ?? ranksOf(column)
    known.set(column, ranks)
    return ranks
  }
  return (a, b) => {
    const both = (i: number) => !Number.isNaN(a[i] ?? Number.NaN) && !Number.isNaN(b[i] ?? Number.NaN)
    const places = Array.from(a.keys()).filter(both)
    if (places.length === a.length) return pearson(ranked(a), ranked(b))
    const among = (column: Float64Array) => ranksOf(Float64Array.from(places, (i) => column[i] ?? Number.NaN))
    return pearson(among(a), among(b))
  }
}

/** Ranks from 1; equals share the mean of theirs. */
export function ranksOf(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((i, j) => (values[i] ?? 0) - (values[j] ?? 0))
  const ranks = new Float64Array(values.length)
  for (let from = 0; from < order.length; ) {
    let to = from + 1
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to++
    for (let at = from; at < to; at++) ranks[order[at] ?? 0] = (from + 1 + to) / 2
    from = to
  }
  return ranks
}

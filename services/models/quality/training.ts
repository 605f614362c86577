import { type DescentLimits, descend } from './descent.ts'
import type { Counts } from './features.ts'

/** Counted texts with their classes: rows of a matrix of which most members are 0. */
export class TrainingSet {
  #starts = [0]
  #columns = new Int32Array(1 << 16)
  #values = new Float64Array(1 << 16)
  readonly #labels: number[] = []
  /** Buckets that occur, by their columns, and the other way round. */
  readonly buckets: number[] = []
  readonly #columnOf = new Map<number, number>()

  get size(): number {
    return this.#labels.length
  }

  add({ buckets, counts }: Counts, positive: boolean): void {
    let at = this.#starts.at(-1) ?? 0
    while (at + buckets.length > this.#columns.length) this.#widen()
    for (let i = 0; i < buckets.length; i++) {
      this.#columns[at] = this.#columnFor(buckets[i] as number)
      this.#values[at++] = counts[i] as number
    }
    this.#starts.push(at)
    this.#labels.push(positive ? 1 : 0)
  }

  rows(): Rows {
    return {
      starts: Int32Array.from(this.#starts),
      columns: this.#columns,
      values: this.#values,
      labels: Float64Array.from(this.#labels),
      width: this.buckets.length,
    }
  }

  #columnFor(bucket: number): number {
    const known = this.#columnOf.get(bucket)
    if (known !== undefined) return known
    this.#columnOf.set(bucket, this.buckets.length)
    return this.buckets.push(bucket) - 1
  }

  #widen(): void {
    const columns = new Int32Array(this.#columns.length * 2)
    const values = new Float64Array(columns.length)
    columns.set(this.#columns)
    values.set(this.#values)
    this.#columns = columns
    this.#values = values
  }
}

interface Rows {
  starts: Int32Array
  columns: Int32Array
  values: Float64Array
  labels: Float64Array
  width: number
}

export interface TrainingOptions extends DescentLimits {
  /** How much large weights cost: half of it times their squares, each in units of its column's standard deviation. */
  l2: number
}

/** Spark's defaults for a logistic regression. */
export const SPARK_OPTIONS: TrainingOptions = { iterations: 100, tolerance: 1e-6, l2: 0 }

/**
 * Fits a logistic regression as Spark's does: columns are brought to the standard deviation 1, and weights brought back. Gives
 * weights for so many buckets. Texts of one class alone give a bias of plus or minus infinity in Spark, and a large one here.
 */
export function logisticRegression(
  set: TrainingSet,
  buckets: number,
  options: TrainingOptions = SPARK_OPTIONS,
): { weights: Float64Array; bias: number; iterations: number } {
  const rows = scaled(set.rows())
  const { width } = rows.rows
  // The bias stands behind the weights, and costs nothing.
  const point = new Float64Array(width + 1)
  point[width] = priorOf(rows.rows.labels)
  const iterations = descend(lossOf(rows.rows, options.l2), point, options)
  const weights = new Float64Array(buckets)
  for (let column = 0; column < width; column++) {
    const deviation = rows.deviations[column] as number
    if (deviation > 0) weights[set.buckets[column] as number] = (point[column] as number) / deviation
  }
  return { weights, bias: point[width] as number, iterations }
}

/** The logarithm of the odds of the positive class. */
function priorOf(labels: Float64Array): number {
  const positive = labels.reduce((sum, label) => sum + label, 0)
  return Math.log((positive + 1e-9) / (labels.length - positive + 1e-9))
}

function scaled(rows: Rows): { rows: Rows; deviations: Float64Array } {
  const { starts, columns, width, labels } = rows
  const end = starts[labels.length] as number
  const sums = new Float64Array(width)
  const squares = new Float64Array(width)
  for (let i = 0; i < end; i++) {
    const column = columns[i] as number
    const value = rows.values[i] as number
    sums[column] = (sums[column] as number) + value
    squares[column] = (squares[column] as number) + value * value
  }
  const count = labels.length
  const deviations = sums.map((sum, column) => {
    const spread = (squares[column] as number) - (sum * sum) / count
    return Math.sqrt(Math.max(0, spread / Math.max(1, count - 1)))
  })
  const values = new Float64Array(end)
  for (let i = 0; i < end; i++) {
    const deviation = deviations[columns[i] as number] as number
    values[i] = deviation > 0 ? (rows.values[i] as number) / deviation : 0
  }
  return { rows: { ...rows, values }, deviations }
}

/** The mean loss of all rows, and what the weights cost. */
function lossOf({ starts, columns, values, labels, width }: Rows, l2: number) {
  const count = labels.length
  return (point: Float64Array, slope: Float64Array): number => {
    slope.fill(0)
    const bias = point[width] as number
    let loss = 0
    let biasSlope = 0
    for (let row = 0; row < count; row++) {
      const end = starts[row + 1] as number
      let margin = bias
      for (let i = starts[row] as number; i < end; i++)
        margin += (point[columns[i] as number] as number) * (values[i] as number)
      const label = labels[row] as number
      loss += softplus(label === 1 ? -margin : margin)
      const error = (1 / (1 + Math.exp(-margin)) - label) / count
      for (let i = starts[row] as number; i < end; i++) {
        const column = columns[i] as number
        slope[column] = (slope[column] as number) + error * (values[i] as number)
      }
      biasSlope += error
    }
    slope[width] = biasSlope
    let squares = 0
    for (let column = 0; l2 > 0 && column < width; column++) {
      const weight = point[column] as number
      squares += weight * weight
      slope[column] = (slope[column] as number) + l2 * weight
    }
    return loss / count + (l2 / 2) * squares
  }
}

/** `log(1 + e^x)`, whatever x is. */
function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x))
}

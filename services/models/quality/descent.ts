/** A function of many numbers: its value at a point, with the slope written down. */
export type Objective = (point: Float64Array, slope: Float64Array) => number

export interface DescentLimits {
  iterations: number
  /** It ends when the value got less by less than this share, or the slope is that small. */
  tolerance: number
}

/** How many of the last steps tell the form of the function. */
const MEMORY = 10
/** Conditions of Wolfe: how much less the value must be, and how much flatter the slope. */
const LESS = 1e-4
const FLATTER = 0.9
const MOST_TRIALS = 40

interface Curvature {
  step: Float64Array
  change: Float64Array
  inverse: number
}

/**
 * The lowest point of a smooth function, from a point on, which is changed: L-BFGS (Nocedal and Wright, Numerical
 * Optimization, algorithms 7.4 and 7.5) with a line search by bisection that meets the weak conditions of Wolfe.
 * Gives the number of iterations.
 */
export function descend(objective: Objective, point: Float64Array, { iterations, tolerance }: DescentLimits): number {
  const slope = new Float64Array(point.length)
  const history: Curvature[] = []
  let value = objective(point, slope)
  for (let iteration = 0; iteration < iterations; iteration++) {
    if (norm(slope) <= tolerance * Math.max(1, norm(point))) return iteration
    const direction = directionOf(slope, history)
    const before = { point: point.slice(), slope: slope.slice(), value }
    const next = search(objective, { point, slope, direction, before, first: history.length === 0 })
    if (next === null) return iteration
    value = next
    const step = point.map((x, i) => x - (before.point[i] as number))
    const change = slope.map((x, i) => x - (before.slope[i] as number))
    const curvature = inner(step, change)
    if (curvature > 0) history.push({ step, change, inverse: 1 / curvature })
    if (history.length > MEMORY) history.shift()
    if (Math.abs(before.value - value) <= tolerance * Math.max(Math.abs(value), Math.abs(before.value), 1e-6))
      return iteration + 1
  }
  return iterations
}

function directionOf(slope: Float64Array, history: readonly Curvature[]): Float64Array {
  const direction = slope.map((x) => -x)
  const shares: number[] = []
  for (const { step, change, inverse } of history.toReversed()) {
    const share = inverse * inner(step, direction)
    shares.push(share)
    addTo(direction, change, -share)
  }
  const last = history.at(-1)
  if (last) {
    const scale = 1 / (last.inverse * inner(last.change, last.change))
    for (let i = 0; i < direction.length; i++) direction[i] = (direction[i] as number) * scale
  }
  for (const { step, change, inverse } of history) {
    const share = shares.pop() ?? 0
    addTo(direction, step, share - inverse * inner(change, direction))
  }
  return direction
}

interface Line {
  point: Float64Array
  slope: Float64Array
  direction: Float64Array
  before: { point: Float64Array; slope: Float64Array; value: number }
  /** Nothing is known yet of how long a step may be. */
  first: boolean
}

/** Goes along a direction as far as is good; null where it is no way down. */
function search(objective: Objective, { point, slope, direction, before, first }: Line): number | null {
  const descent = inner(before.slope, direction)
  if (!(descent < 0)) return null
  let low = 0
  let high = Number.POSITIVE_INFINITY
  let length = first ? Math.min(1, 1 / norm(direction)) : 1
  for (let trial = 0; trial < MOST_TRIALS; trial++) {
    for (let i = 0; i < point.length; i++) point[i] = (before.point[i] as number) + length * (direction[i] as number)
    const value = objective(point, slope)
    if (!(value <= before.value + LESS * length * descent)) high = length
    else if (inner(slope, direction) < FLATTER * descent) low = length
    else return value
    length = Number.isFinite(high) ? (low + high) / 2 : 2 * low
  }
  point.set(before.point)
  slope.set(before.slope)
  return null
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

function norm(vector: Float64Array): number {
  return Math.sqrt(inner(vector, vector))
}

function addTo(vector: Float64Array, other: Float64Array, factor: number): void {
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) + factor * (other[i] as number)
}

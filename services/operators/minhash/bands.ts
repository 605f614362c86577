/** Bands of a signature: documents that agree in all rows of one are near duplicates. */
export interface Bands {
  bands: number
  rows: number
}

/** Nodes beyond which the integrals are no longer exact, but closer to it than any two choices are to each other. */
const MOST_NODES = 1024

const chosen = new Map<string, Bands>()

/**
 * The bands that put the least weight, half and half, on what is found below the threshold and what is missed above it: the
 * integrals of P(s) = 1 - (1 - s^r)^b over similarities s up to the threshold and of 1 - P(s) from there on. Of equals the
 * first, by bands and then by rows. Gauss's quadrature with n nodes is exact for these polynomials of degree up to 2n - 1.
 */
export function bestBands(threshold: number, permutations: number): Bands {
  const key = `${threshold} ${permutations}`
  const known = chosen.get(key)
  if (known) return known
  const { nodes, weights } = gauss(Math.min(Math.ceil((permutations + 1) / 2), MOST_NODES))
  const below = side({ from: 0, to: threshold, nodes, weights })
  const above = side({ from: threshold, to: 1, nodes, weights })
  let least = Number.POSITIVE_INFINITY
  let best = { bands: 0, rows: 0 }
  for (let rows = 1; rows <= permutations; rows++) {
    const most = Math.floor(permutations / rows)
    const missed = integrals(above, rows, most)
    const kept = integrals(below, rows, most)
    for (let bands = 1; bands <= most; bands++) {
      const error = (threshold - (kept[bands] as number)) * 0.5 + (missed[bands] as number) * 0.5
      if (error > least || (error === least && bands >= best.bands)) continue
      least = error
      best = { bands, rows }
    }
  }
  chosen.set(key, best)
  return best
}

interface Side {
  points: Float64Array
  weights: Float64Array
}

function side(interval: { from: number; to: number; nodes: Float64Array; weights: Float64Array }): Side {
  const half = (interval.to - interval.from) / 2
  const middle = (interval.to + interval.from) / 2
  return {
    points: interval.nodes.map((node) => middle + half * node),
    weights: interval.weights.map((weight) => half * weight),
  }
}

/** The integrals of (1 - s^r)^b for this r and each b from 1 to the most. */
function integrals({ points, weights }: Side, rows: number, most: number): Float64Array {
  const sums = new Float64Array(most + 1)
  for (let i = 0; i < points.length; i++) {
    const factor = 1 - (points[i] as number) ** rows
    let term = weights[i] as number
    for (let bands = 1; bands <= most; bands++) {
      term *= factor
      sums[bands] = (sums[bands] as number) + term
    }
  }
  return sums
}

/** Nodes and weights of Gauss and Legendre on [-1, 1]: the zeros of the Legendre polynomial, by Newton's method. */
function gauss(count: number): { nodes: Float64Array; weights: Float64Array } {
  const nodes = new Float64Array(count)
  const weights = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    let node = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5))
    let slope = 1
    for (let step = 0; step < 8; step++) {
      const { value, derivative } = legendre(count, node)
      slope = derivative
      node -= value / derivative
    }
    nodes[i] = node
    weights[i] = 2 / ((1 - node * node) * slope * slope)
  }
  return { nodes, weights }
}

function legendre(degree: number, x: number): { value: number; derivative: number } {
  let before = 1
  let value = x
  for (let k = 2; k <= degree; k++) {
    const next = ((2 * k - 1) * x * value - (k - 1) * before) / k
    before = value
    value = next
  }
  return { value, derivative: (degree * (x * value - before)) / (x * x - 1) }
}

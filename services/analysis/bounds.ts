/** The bounds that an operator of a recipe sets to a stat; null for none. */
export interface StatBounds {
  minimum: number | null
  maximum: number | null
}

const MINIMUM = /^min_(?!closed_interval$)/
const MAXIMUM = /^max_(?!closed_interval$)/
/** So many standard deviations to either side of the mean, as in Data-Juicer's tuning. */
const SIGMAS = 3

/** The bounds among an operator's parameters: those that begin with `min_` and `max_`. */
export function boundsOf(parameters: Record<string, unknown>): StatBounds {
  const find = (pattern: RegExp) => Object.entries(parameters).find(([name]) => pattern.test(name))?.[1]
  const [minimum, maximum] = [find(MINIMUM), find(MAXIMUM)]
  return {
    minimum: typeof minimum === 'number' ? minimum : null,
    maximum: typeof maximum === 'number' ? maximum : null,
  }
}

/**
 * An operator's bounds, set anew to the mean less and more 3 standard deviations, by parameter. Data-Juicer writes the numbers
 * over `min_closed_interval` and `max_closed_interval` too, which say whether a bound itself is kept: they stay here.
 */
export function sigmaBounds(
  parameters: Record<string, unknown>,
  { mean, std }: { mean: number | null; std: number | null },
): Record<string, number> {
  if (mean === null || std === null) return {}
  const low = Object.keys(parameters).filter((name) => MINIMUM.test(name))
  const high = Object.keys(parameters).filter((name) => MAXIMUM.test(name))
  return Object.fromEntries([
    ...low.map((name) => [name, mean - SIGMAS * std] as const),
    ...high.map((name) => [name, mean + SIGMAS * std] as const),
  ])
}

import { z } from 'zod'
import type { StatValue } from '../../schemas/document.ts'
import { Failure } from '../../topologies/failure.ts'
import { type FilterParameters, withinRange } from '../../topologies/parameters.ts'

/** Why a filter with bounds drops a document; `inside_range` is for a reversed range. */
export const RANGE_REASONS = ['below_minimum', 'above_maximum', 'inside_range']

/** The ends of what a filter keeps; null for no end. */
export interface Bounds {
  minimum: number | null
  maximum: number | null
}

/** A parameter for one end of a range, with Data-Juicer's default; null takes the end away. */
export function bound(byDefault: number | null, what: string) {
  return z.number().nullable().default(byDefault).describe(what)
}

/** The reason to drop a document with this stat, or null. A stat that is no number fails the document, as in Data-Juicer. */
export function judgeBounds(value: StatValue | undefined, bounds: Bounds, flags: FilterParameters): string | null {
  const minimum = bounds.minimum ?? Number.NEGATIVE_INFINITY
  const maximum = bounds.maximum ?? Number.POSITIVE_INFINITY
  const unbounded = bounds.minimum === null && bounds.maximum === null
  if (unbounded) return flags.reversed_range ? 'inside_range' : null
  if (typeof value !== 'number' && typeof value !== 'boolean') {
    throw new Failure('operator_failed', `The stat ${JSON.stringify(value)} that the document brought is no number.`)
  }
  const number = Number(value)
  if (withinRange(number, minimum, maximum, flags)) return null
  if (flags.reversed_range) return 'inside_range'
  return number < minimum || (number === minimum && !flags.min_closed_interval) ? 'below_minimum' : 'above_maximum'
}

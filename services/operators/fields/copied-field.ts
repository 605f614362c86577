import type { Stats, StatValue } from '../../../schemas/document.ts'
import { Failure } from '../../../topologies/failure.ts'
import type { Subject } from '../../../topologies/operator.ts'
import { asNumber, Collection, isObject, type Value } from '../python/comparison.ts'

/** The member of Data-Juicer's samples that holds the stats. */
export const STATS = '__dj__stats__'

/**
 * The value at a path, taken level by level at its dots; a field with a dot in its own name is not found. Throws
 * `operator_failed` when a level is missing.
 */
export function walk(subject: Subject, path: string): Value {
  const [head = '', ...levels] = path.split('.')
  let value = head === STATS ? statsValue(subject) : subject.field(head)
  for (const level of levels)
    value = value !== undefined && isObject(value) && Object.hasOwn(value, level) ? value[level] : undefined
  if (value !== undefined) return value
  throw new Failure('operator_failed', `The sample has no field ${JSON.stringify(path)}.`)
}

/** The stats as the object that Data-Juicer keeps in the sample. */
export function statsValue(subject: Subject): Value {
  return { ...subject.stats() }
}

/** The value as a stat; undefined for one that no stat can hold. */
export function storable(value: Value): StatValue | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  const number = asNumber(value)
  if (number !== null) return Number(number)
  const items = value instanceof Collection && value.type === 'tuple' ? value.items : value
  if (!Array.isArray(items)) return undefined
  const numbers = items.flatMap((item) => (typeof item === 'number' || typeof item === 'bigint' ? [Number(item)] : []))
  return numbers.length === items.length ? numbers : undefined
}

/** The stat that Data-Juicer copies a field into: the field's path is its key. Objects and mixed lists cannot be copied. */
export function copyField(subject: Subject, path: string): Stats {
  const value = storable(walk(subject, path))
  return value === undefined ? {} : { [path]: value }
}

/**
 * The field as it is judged: from the stat where there is one, even of an earlier run, and throwing as `walk` does. Data-Juicer
 * takes a null under `a.b.c` for none, and goes on to the stats `b.c` and `c`.
 */
export function copiedField(stats: Stats, subject: Subject, path: string): Value {
  const value = walk(subject, path)
  if (!Object.hasOwn(stats, path)) return value
  for (let key: string | null = path; key !== null && Object.hasOwn(stats, key); key = shortened(key)) {
    const stat = stats[key] ?? null
    if (stat !== null) return stat
  }
  return null
}

/** A path without its first level; null when there is no other. */
function shortened(path: string): string | null {
  const dot = path.indexOf('.')
  return dot < 0 ? null : path.slice(dot + 1)
}

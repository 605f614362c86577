import type { View } from '../../../topologies/dataset/operator.ts'
import { Failure } from '../../../topologies/failure.ts'
import type { Subject } from '../../../topologies/operator.ts'
import { STATS, statsValue } from '../fields/copied-field.ts'
import { asNumber, isObject, kindOf, type Value, valueAt } from '../python/comparison.ts'
import { floatOfText } from '../python/float-text.ts'
import { pairwiseMean } from './mean.ts'

/** The largest size of a list in Python: what stands, with either sign, for a value that is no number. */
export const LARGEST = 2n ** 63n - 1n

/**
 * The value at a path, level by level; undefined for a member that is missing. Throws `operator_failed` where a level above it
 * is none, which ends the whole run in Data-Juicer.
 */
function fieldAt(subject: Subject, path: string): Value | undefined {
  const [head = '', ...levels] = path.split('.')
  let value: Value | undefined = head === STATS ? statsValue(subject) : valueAt(subject, head)
  for (const level of levels) {
    if (value === undefined || !isObject(value)) {
      throw new Failure(
        'operator_failed',
        `The sample has no object above "${level}" in "${path}", but ${kindOf(value ?? null)}.`,
      )
    }
    value = Object.hasOwn(value, level) ? value[level] : undefined
  }
  return value
}

/** A text, number, boolean or nothing. Throws `operator_failed` for a value that is none of them. */
export function scalarAt(subject: Subject, path: string): View {
  const value = fieldAt(subject, path) ?? null
  if (value === null || typeof value === 'string' || asNumber(value) !== null) return value as View // a method or collection is none
  throw new Failure(
    'operator_failed',
    `The value of "${path}" is ${kindOf(value)}; it must be a text, a number or null.`,
  )
}

/**
 * The value at a path as Data-Juicer's `stats_to_number` has it: a text as Python's float, a list as the mean of its numbers,
 * lists of numbers in it included, and the largest or least number for what is none; null for a member that is missing.
 * Throws `operator_failed` for NaN, which has no place in an order.
 */
export function numberAt(subject: Subject, path: string, otherwise: bigint): View {
  const value = fieldAt(subject, path)
  if (value === undefined) return null
  const number = numberOf(value)
  if (number === null) return otherwise
  if (!Number.isNaN(number)) return number
  throw new Failure('operator_failed', `The value of "${path}" is not a number, which cannot be ranked.`)
}

function numberOf(value: Value): number | null {
  if (typeof value === 'string') return floatOfText(value)
  const number = asNumber(value)
  if (number !== null) return Number(number)
  return Array.isArray(value) ? mean(value) : null
}

/** The mean of a list of numbers, or of lists of the same length of them; null for others. */
function mean(values: Value[]): number | null {
  if (values.length === 0) return null
  const numbers = flattened(values)
  return numbers && (numbers.length === 0 ? Number.NaN : pairwiseMean(numbers))
}

function flattened(values: Value[]): number[] | null {
  const numbers = values.map((value) => (typeof value === 'string' ? null : asNumber(value)))
  if (numbers.every((number) => number !== null)) return numbers.map(Number)
  const lists = values.map((value) => (Array.isArray(value) ? value : null))
  if (!lists.every((list) => list !== null) || new Set(lists.map((list) => list.length)).size > 1) return null
  const parts = lists.map(flattened)
  return parts.every((part) => part !== null) ? parts.flat() : null
}

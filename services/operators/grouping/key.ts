import { createHash } from 'node:crypto'
import { type Exact, Numeral } from '../../../schemas/json/exact.ts'
import type { Subject } from '../../../topologies/operator.ts'
import { entries, get, isDict } from '../python/values.ts'

/** Stands for the values at these paths: equal for two samples when all of their values are, whatever the order of members. */
export function groupKey(subject: Subject, paths: readonly string[]): string {
  const values = paths.map((path) => spelling(valueAt(subject, path)))
  return createHash('sha256').update(JSON.stringify(values)).digest('base64')
}

/** The value at a path whose levels are members, places in a list or characters of a text; null where it leads nowhere. */
function valueAt(subject: Subject, path: string): Exact {
  const [head = '', ...levels] = path.split('.')
  if (isPlace(head)) return null
  let value = subject.exact(head) ?? null
  for (const level of levels) value = memberOf(value, level)
  return value
}

function memberOf(value: Exact, level: string): Exact {
  if (isPlace(level)) {
    if (typeof value === 'string') return [...value][Number(level)] ?? null
    return Array.isArray(value) ? (value[Number(level)] ?? null) : null
  }
  return isDict(value) ? (get(value, level) ?? null) : null
}

function isPlace(level: string): boolean {
  return /^\d+$/.test(level)
}

/** One spelling for all that is equal in a column of a table: numbers by their size, null for members that are missing. */
function spelling(value: Exact): string {
  if (typeof value === 'number' || value instanceof Numeral) return numberSpelling(value)
  if (Array.isArray(value)) return `[${value.map(spelling).join()}]`
  if (!isDict(value)) return JSON.stringify(value)
  const members = Array.from(entries(value)).filter(([, member]) => member !== null)
  members.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${spelling(member)}`).join()}}`
}

function numberSpelling(value: number | Numeral): string {
  const number = value instanceof Numeral ? Number(value.spelling) : value
  if (Number.isSafeInteger(number) || !(value instanceof Numeral)) return String(number + 0)
  return /[.eE]/.test(value.spelling) ? String(number) : value.spelling
}

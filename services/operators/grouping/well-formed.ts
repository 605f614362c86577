import { type Exact, Numeral } from '../../../schemas/json/exact.ts'

/** Whether every text in a value is free of halves of surrogate pairs, which have no UTF-8: Data-Juicer's tables take no others. */
export function isWellFormed(value: Exact): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value !== 'object' || value === null || value instanceof Numeral) return true
  if (Array.isArray(value)) return value.every(isWellFormed)
  const members = value instanceof Map ? [...value] : Object.entries(value)
  return members.every(([key, member]) => key.isWellFormed() && isWellFormed(member))
}

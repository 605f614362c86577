import { type Exact, Numeral } from '../../../schemas/json/exact.ts'
import type { Json } from '../../../schemas/json/keys.ts'

/** A JSON object: a dict in Python. */
export type Dict = Map<string, Exact> | { [key: string]: Json }

/** Whether a value is a dict. */
export function isDict(value: Exact | undefined): value is Dict {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return !(value instanceof Numeral)
}

/** `dict.get(key)`; undefined when there is none. */
export function get(dict: Dict, key: string): Exact | undefined {
  if (dict instanceof Map) return dict.get(key)
  return Object.hasOwn(dict, key) ? dict[key] : undefined
}

/** The members of a dict, in its order. */
export function entries(dict: Dict): Iterable<[string, Exact]> {
  return dict instanceof Map ? dict : Object.entries(dict)
}

/** What `if value:` asks in Python; what is missing is None. */
export function isTruthy(value: Exact | undefined): value is Exact {
  if (value === undefined || value === null) return false
  if (typeof value !== 'object') return Boolean(value)
  if (value instanceof Numeral) return Number(value.spelling) !== 0
  if (Array.isArray(value)) return value.length > 0
  return value instanceof Map ? value.size > 0 : Object.keys(value).length > 0
}

/** The first value that is true in Python's sense, else the last: `a or b`. */
export function either(first: Exact | undefined, second: Exact | undefined): Exact | undefined {
  return isTruthy(first) ? first : second
}

/** Whether something in a value loses its spelling when JavaScript reads it: a number anywhere, or keys that it reorders. */
export function losesSpelling(value: Json | undefined): boolean {
  if (typeof value === 'number') return true
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(losesSpelling)
  for (const key in value) if (isArrayIndex(key) || losesSpelling(value[key])) return true
  return false
}

/** Keys that JavaScript puts before all others begin with a digit. */
function isArrayIndex(key: string): boolean {
  const unit = key.charCodeAt(0)
  return unit >= 0x30 && unit <= 0x39
}

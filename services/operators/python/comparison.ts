import { type Exact, Numeral } from '../../../schemas/json/exact.ts'
import type { Json } from '../../../schemas/json/keys.ts'
import { Failure } from '../../../topologies/failure.ts'
import type { Subject } from '../../../topologies/operator.ts'

/** What stands in a condition for a bound method of Python's, such as `text.upper`: true, and equal to nothing. */
export const METHOD = Symbol('method')

/** A tuple or a set: no sample holds one, but a condition may. */
export class Collection {
  readonly type: 'tuple' | 'set'
  readonly items: Value[]

  constructor(type: 'tuple' | 'set', items: Value[]) {
    this.type = type
    this.items = items
  }
}

/** A value as Python sees it: JSON, integers beyond the exact doubles, and what only a condition can make. */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | typeof METHOD
  | Collection
  | Value[]
  | { [key: string]: Value }

/** The value of a top-level field or of a path, with large integers exact; undefined when there is none. */
export function valueAt(subject: Subject, key: string): Value | undefined {
  const value = subject.field(key)
  if (value === undefined || !holdsLargeInteger(value)) return value
  return exactValue(subject.exact(key) ?? null)
}

function holdsLargeInteger(value: Json): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value)
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some(holdsLargeInteger)
}

function exactValue(value: Exact): Value {
  if (value instanceof Numeral) return /^-?\d+$/.test(value.spelling) ? BigInt(value.spelling) : Number(value.spelling)
  if (Array.isArray(value)) return value.map(exactValue)
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, member]) => [key, exactValue(member)]))
  return value
}

/** Whether a value is an object of JSON, a dict for Python. */
export function isObject(value: Value): value is { [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Collection)
}

/** A number, with True as 1 and False as 0; null for what is none. */
export function asNumber(value: Value): number | bigint | null {
  if (typeof value === 'boolean') return Number(value)
  return typeof value === 'number' || typeof value === 'bigint' ? value : null
}

/** Whether Python's `if` takes a value for true. */
export function isTrue(value: Value): boolean {
  if (value instanceof Collection) return value.items.length > 0
  if (Array.isArray(value)) return value.length > 0
  if (isObject(value)) return Object.keys(value).length > 0
  return Boolean(value)
}

/** Python's `==`: numbers and booleans of one size are equal, a list and a tuple never are. */
export function equals(left: Value, right: Value): boolean {
  const [a, b] = [asNumber(left), asNumber(right)]
  if (a !== null && b !== null) return !(a < b) && !(a > b)
  if (left instanceof Collection && right instanceof Collection) return equalCollections(left, right)
  if (Array.isArray(left) && Array.isArray(right)) return equalItems(left, right)
  if (isObject(left) && isObject(right)) return equalObjects(left, right)
  return left === right && left !== METHOD
}

function equalItems(left: Value[], right: Value[]): boolean {
  return left.length === right.length && left.every((item, i) => equals(item, right[i] ?? null))
}

function equalCollections(left: Collection, right: Collection): boolean {
  if (left.type !== right.type) return false
  if (left.type === 'tuple') return equalItems(left.items, right.items)
  return left.items.length === right.items.length && isSubset(left, right)
}

function equalObjects(left: { [key: string]: Value }, right: { [key: string]: Value }): boolean {
  const keys = Object.keys(left)
  if (keys.length !== Object.keys(right).length) return false
  return keys.every((key) => Object.hasOwn(right, key) && equals(left[key] ?? null, right[key] ?? null))
}

function isSubset(left: Collection, right: Collection): boolean {
  return left.items.every((item) => right.items.some((other) => equals(item, other)))
}

export type Order = '<' | '<=' | '>' | '>='

/** Python's order: numbers, texts by code point, lists and tuples item by item, sets by inclusion. Throws `operator_failed` for others. */
export function compares(order: Order, left: Value, right: Value): boolean {
  const [a, b] = [asNumber(left), asNumber(right)]
  if (a !== null && b !== null) return holds(order, a < b ? -1 : Number(a > b))
  if (typeof left === 'string' && typeof right === 'string') return holds(order, compareTexts(left, right))
  if (Array.isArray(left) && Array.isArray(right)) return compareItems(order, left, right)
  if (left instanceof Collection && right instanceof Collection && left.type === right.type) {
    return left.type === 'tuple' ? compareItems(order, left.items, right.items) : includes(order, left, right)
  }
  throw new Failure('operator_failed', `${kindOf(left)} and ${kindOf(right)} cannot be compared with ${order}.`)
}

function holds(order: Order, sign: number): boolean {
  if (sign === 0) return order === '<=' || order === '>='
  return sign < 0 === order.startsWith('<')
}

function compareItems(order: Order, left: Value[], right: Value[]): boolean {
  const differs = left.findIndex((item, i) => i >= right.length || !equals(item, right[i] ?? null))
  if (differs < 0 || differs >= right.length) return holds(order, Math.sign(left.length - right.length))
  return compares(order, left[differs] ?? null, right[differs] ?? null)
}

function includes(order: Order, left: Collection, right: Collection): boolean {
  const [small, large] = order.startsWith('<') ? [left, right] : [right, left]
  if (small.items.length > large.items.length) return false
  if (order.length === 1 && small.items.length === large.items.length) return false
  return isSubset(small, large)
}

/** By code point, where JavaScript's own order is by code unit. */
function compareTexts(left: string, right: string): number {
  let i = 0
  while (i < left.length && left.charCodeAt(i) === right.charCodeAt(i)) i++
  if (i > 0 && (left.charCodeAt(i - 1) & 0xfc00) === 0xd800) i--
  return Math.sign((left.codePointAt(i) ?? -1) - (right.codePointAt(i) ?? -1))
}

/** Python's `in`. Throws `operator_failed` where Python raises. */
export function contains(container: Value, value: Value): boolean {
  if (typeof container === 'string') {
    if (typeof value === 'string') return container.includes(value)
    throw new Failure('operator_failed', `Only a text can be in a text, not ${kindOf(value)}.`)
  }
  if (Array.isArray(container)) return container.some((item) => equals(item, value))
  if (container instanceof Collection) {
    // a set may be looked for in a set, though it cannot be put there
    const asked = value instanceof Collection && value.type === 'set' && container.type === 'set'
    if (container.type === 'set' && !asked) checkHashable(value)
    return container.items.some((item) => equals(item, value))
  }
  if (!isObject(container)) throw new Failure('operator_failed', `Nothing can be in ${kindOf(container)}.`)
  checkHashable(value)
  return typeof value === 'string' && Object.hasOwn(container, value)
}

/** A set of these values. Throws `operator_failed` for one that Python cannot put into a set. */
export function setOf(values: Value[]): Collection {
  for (const value of values) checkHashable(value)
  return new Collection(
    'set',
    values.filter((value, i) => values.findIndex((other) => equals(value, other)) === i),
  )
}

function checkHashable(value: Value): void {
  if (typeof value !== 'object' || value === null) return
  if (value instanceof Collection && value.type === 'tuple') {
    for (const item of value.items) checkHashable(item)
    return
  }
  throw new Failure('operator_failed', `${kindOf(value)} cannot be in a set, nor be a key.`)
}

/** The kind of a value, for people. */
export function kindOf(value: Value): string {
  if (value === null) return 'None'
  if (value instanceof Collection) return `a ${value.type}`
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'symbol') return 'a method'
  if (typeof value === 'string') return 'a text'
  return typeof value === 'object' ? 'an object' : `the number ${value}`
}

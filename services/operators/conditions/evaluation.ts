import { Failure } from '../../../topologies/failure.ts'
import {
  asNumber,
  Collection,
  compares,
  contains,
  equals,
  isObject,
  isTrue,
  kindOf,
  METHOD,
  setOf,
  type Value,
} from '../python/comparison.ts'
import { isMethod } from './methods.ts'
import type { Comparison, Expression } from './parser.ts'

/** What a name stands for; undefined when the sample has no such field, which is None. */
export type Scope = (name: string) => Value | undefined

/** The value of a condition, as Data-Juicer's walk over Python's syntax tree gives it. Throws `operator_failed` where that raises. */
export function evaluate(expression: Expression, scope: Scope): Value {
  switch (expression.kind) {
    case 'constant':
      return expression.value
    case 'name':
      return scope(expression.name) ?? null
    case 'attribute':
      return attribute(evaluate(expression.of, scope), expression.name)
    case 'collection':
      return collection(expression, scope)
    case 'sign':
      return signed(expression.sign, evaluate(expression.of, scope))
    case 'not':
      return !isTrue(evaluate(expression.of, scope))
    case 'and':
      return expression.parts.every((part) => isTrue(evaluate(part, scope)))
    case 'or':
      return expression.parts.some((part) => isTrue(evaluate(part, scope)))
    case 'comparison':
      return comparison(expression, scope)
  }
}

/** A member of an object; of other values, the few attributes of Python's that hold a value. */
function attribute(value: Value, name: string): Value {
  if (isObject(value)) return Object.hasOwn(value, name) ? (value[name] ?? null) : null
  const number = asNumber(value)
  if (number !== null && name === 'real') return number
  if (number !== null && name === 'imag') return 0
  if (number !== null && Number.isInteger(Number(number)) && name === 'numerator') return number
  if (number !== null && Number.isInteger(Number(number)) && name === 'denominator') return 1
  return isMethod(value, name) ? METHOD : null
}

function collection({ type, items }: Expression & { kind: 'collection' }, scope: Scope): Value {
  const values = items.map((item) => evaluate(item, scope))
  if (type === 'list') return values
  return type === 'set' ? setOf(values) : new Collection('tuple', values)
}

function signed(sign: '-' | '+', value: Value): Value {
  const number = asNumber(value)
  if (number === null) throw new Failure('operator_failed', `${kindOf(value)} cannot have the sign ${sign}.`)
  return sign === '-' ? -number : number
}

/** All operands are evaluated first. A comparison with None decides the whole chain: `not in` is true, any other false. */
function comparison({ first, rest }: Expression & { kind: 'comparison' }, scope: Scope): boolean {
  let left = evaluate(first, scope)
  const rights = rest.map(({ right }) => evaluate(right, scope))
  for (const [i, right] of rights.entries()) {
    const how = rest[i]?.comparison ?? '=='
    if (left === null || right === null) return how === 'not in'
    if (!compared(how, left, right)) return false
    left = right
  }
  return true
}

function compared(how: Comparison, left: Value, right: Value): boolean {
  if (how === '==') return equals(left, right)
  if (how === '!=') return !equals(left, right)
  if (how === 'in') return contains(right, left)
  if (how === 'not in') return !contains(right, left)
  if (how === 'is' || how === 'is not') throw new Failure('operator_failed', `${how} is not supported; use == or !=.`)
  return compares(how, left, right)
}

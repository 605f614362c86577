import { type Exact, Numeral } from '../../../schemas/json/exact.ts'
import { Failure } from '../../../topologies/failure.ts'
import { strip } from '../text/python-strings.ts'
import { floatOfText } from './float-text.ts'
import { reprFloat } from './spelling.ts'

/** A number as Python has it: an int of any size, or a float. */
export type PythonNumber = bigint | { float: number }

const INTEGER = /^[-+]?\d+(?:_\d+)*$/

/** The number that a value is in Python, where booleans are numbers; null when it is none. */
export function numberOf(value: Exact): PythonNumber | null {
  if (typeof value === 'boolean') return BigInt(value)
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : { float: value }
  if (!(value instanceof Numeral)) return null
  return /[.eE]/.test(value.spelling) ? { float: Number(value.spelling) } : BigInt(value.spelling)
}

/** `int(value)`; null where Python raises TypeError or ValueError. Throws `operator_failed` for an infinite float. */
export function int(value: Exact): bigint | null {
  if (typeof value === 'string') {
    const digits = strip(value)
    return INTEGER.test(digits)
      ? BigInt(digits.replace(/^\+|_/g, '').replace(/^-/, '')) * (digits[0] === '-' ? -1n : 1n)
      : null
  }
  const number = numberOf(value)
  if (number === null || typeof number === 'bigint') return number
  if (Number.isNaN(number.float)) return null
  if (!Number.isFinite(number.float))
    throw new Failure('operator_failed', 'An infinite number cannot be made an integer.')
  return BigInt(Math.trunc(number.float))
}

/** `float(value)`; null where Python raises TypeError or ValueError. Throws `operator_failed` for an int beyond all floats. */
export function float(value: Exact): number | null {
  if (typeof value === 'string') return floatOfText(value)
  const number = numberOf(value)
  if (number === null) return null
  const result = typeof number === 'bigint' ? Number(number) : number.float
  if (typeof number === 'bigint' && !Number.isFinite(result))
    throw new Failure('operator_failed', 'An integer is too large for a float.')
  return result
}

/** `a + b`. */
export function plus(a: PythonNumber, b: PythonNumber): PythonNumber {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a + b
  return { float: floating(a) + floating(b) }
}

function floating(number: PythonNumber): number {
  return typeof number === 'bigint' ? Number(number) : number.float
}

/** The number as a JSON value that is spelt as Python does. */
export function spelt(number: PythonNumber): Exact {
  if (typeof number === 'bigint')
    return Number.isSafeInteger(Number(number)) ? Number(number) : new Numeral(number.toString())
  return Number.isFinite(number.float) ? new Numeral(reprFloat(number.float)) : null
}

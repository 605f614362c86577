/**
 * The type of a column, as pandas would infer it. `floated`: integers, of which missing ones made floats. `raw`: text in which
 * nothing is missing. `empty`: it has nothing but missing values so far.
 */
export type ColumnType = 'int' | 'floated' | 'float' | 'bool' | 'text' | 'raw' | 'empty'

/** What pandas takes for a missing value, quoted or not. */
const MISSING = new Set(
  ',#N/A,#N/A N/A,#NA,-1.#IND,-1.#QNAN,-NaN,-nan,1.#IND,1.#QNAN,<NA>,N/A,NA,NULL,NaN,None,n/a,nan,null'.split(','),
)
const TRUE = new Set(['True', 'TRUE', 'true'])
const FALSE = new Set(['False', 'FALSE', 'false'])
const INTEGER = /^[ \t\n\v\f\r]*([-+]?)(\d+)[ \t\n\v\f\r]*$/
const FLOAT = /^[ \t\n\v\f\r]*([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?[ \t\n\v\f\r]*$/
const INFINITE = /^[-+]?inf(?:inity)?$/i
const MOST_DIGITS = 17
const INT64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n }
const UINT64_MOST = 2n ** 64n - 1n
/** Integers of so many digits, the sign counted, have room in 64 bits. */
const SAFE_DIGITS = 18

export function isMissing(value: string | undefined): boolean {
  return value === undefined || MISSING.has(value)
}

/**
 * The type of a column of these values: integers of 64 bits, of which missing values make floats; else floats; else booleans;
 * else text. Where an integer is larger than that, the column is one of unsigned integers, or text.
 */
export function inferType(values: readonly (string | undefined)[]): ColumnType {
  const present = values.filter((value): value is string => !isMissing(value))
  if (present.length === 0) return 'empty'
  const integers = integerType(values)
  if (integers !== null) return integers
  if (present.every((value) => parseFloat64(value) !== null)) return 'float'
  return present.every((value) => TRUE.has(value) || FALSE.has(value)) ? 'bool' : 'text'
}

/** Null when a value is no integer; but what comes behind one that is too large is looked at as unsigned. */
function integerType(values: readonly (string | undefined)[]): ColumnType | null {
  let missing = false
  for (const value of values) {
    if (value === undefined || MISSING.has(value)) missing = true
    else {
      const integer = integerOf(value)
      if (integer === null) return null
      if (integer.length > SAFE_DIGITS && !isWithin(BigInt(integer), INT64)) return unsignedType(values)
    }
  }
  return missing ? 'floated' : 'int'
}

function unsignedType(values: readonly (string | undefined)[]): ColumnType | null {
  let missing = false
  let negative = false
  let large = false
  for (const value of values) {
    if (value === undefined || MISSING.has(value)) missing = true
    else if (value.trimStart().startsWith('-')) negative = true
    else {
      const integer = integerOf(value)
      if (integer === null) return null
      if (BigInt(integer) > UINT64_MOST) return 'text'
      large ||= BigInt(integer) > INT64.most
    }
  }
  if (large && (negative || missing)) return 'raw'
  return negative ? 'text' : 'int'
}

function isWithin(number: bigint, { least, most }: typeof INT64): boolean {
  return number >= least && number <= most
}

/** The JSON of a value in a column of a type; null when it is none of that type. */
export function jsonOf(value: string | undefined, type: ColumnType): string | null {
  if (type === 'raw') return JSON.stringify(value ?? '')
  if (value === undefined || MISSING.has(value)) return 'null'
  if (type === 'text') return JSON.stringify(value)
  if (type === 'int') return integerOf(value)
  if (type === 'bool') return TRUE.has(value) ? 'true' : falseOrNone(value)
  const number = type === 'float' ? parseFloat64(value) : wholeNumber(value)
  return number === null ? null : floatJson(number)
}

function falseOrNone(value: string): string | null {
  return FALSE.has(value) ? 'false' : null
}

function wholeNumber(value: string): number | null {
  const integer = integerOf(value)
  return integer === null ? null : Number(integer)
}

function integerOf(value: string): string | null {
  const [, sign = '', digits] = INTEGER.exec(value) ?? []
  if (digits === undefined) return null
  const plain = digits.replace(/^0+(?=\d)/, '')
  return sign === '-' && plain !== '0' ? `-${plain}` : plain
}

/** pandas' `precise_xstrtod`: the first 17 digits count, zeros in front too, scaled by one power of ten, so that the last bit may be off. */
export function parseFloat64(value: string): number | null {
  const found = FLOAT.exec(value)
  if (!found) return INFINITE.test(value) ? (value.startsWith('-') ? -1 : 1) * Number.POSITIVE_INFINITY : null
  const [, sign = '', whole = '', fraction = '', power = '0'] = found
  if (whole === '' && fraction === '') return null
  const kept = whole.slice(0, MOST_DIGITS)
  const decimals = fraction.slice(0, MOST_DIGITS - kept.length)
  const exponent = Number(power) + (whole.length - kept.length) - decimals.length
  const number = scaled(accumulated(kept + decimals), exponent)
  return sign === '-' ? -number : number
}

/** Digit by digit, as the original does: above 2^53 each step rounds. */
function accumulated(digits: string): number {
  if (digits.length < 16) return Number(digits)
  let number = 0
  for (let i = 0; i < digits.length; i++) number = number * 10 + (digits.charCodeAt(i) - 48)
  return number
}

function scaled(number: number, exponent: number): number {
  if (number === 0) return 0
  if (exponent > 308) return Number.POSITIVE_INFINITY
  if (exponent > 0) return number * powerOfTen(exponent)
  // Subnormal numbers take two steps.
  if (exponent < -308) return exponent < -616 ? 0 : number / powerOfTen(-308 - exponent) / powerOfTen(308)
  return number / powerOfTen(-exponent)
}

/** Correctly rounded, which `10 ** n` is not everywhere. */
function powerOfTen(exponent: number): number {
  return Number(`1e${exponent}`)
}

/** A float as Python writes it: `1.0`, `1e+16`, `1e-05`. What JSON cannot hold is null. */
export function floatJson(number: number): string {
  if (!Number.isFinite(number)) return 'null'
  const size = Math.abs(number)
  if (number === 0 || (size >= 1e-4 && size < 1e16)) {
    const text = Object.is(number, -0) ? '-0' : String(number)
    return text.includes('.') ? text : `${text}.0`
  }
  const [mantissa = '', power = '0'] = number.toExponential().split('e')
  const exponent = Number(power)
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

import { type Exact, Numeral } from '../../../schemas/json/exact.ts'
import { NEWER_THAN_14 } from '../unicode/unicode-14.ts'
import { entries } from './values.ts'

/** What `str.isprintable` refuses in Python 3.11, whose Unicode is 14: separators but the blank, and whatever is no character. */
const UNPRINTABLE = new RegExp(`[\\p{C}\\p{Zl}\\p{Zp}${NEWER_THAN_14}]|(?! )\\p{Zs}`, 'gu')
const SHORT_ESCAPES: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** `str(value)`. */
export function str(value: Exact): string {
  return typeof value === 'string' ? value : repr(value)
}

/** `repr(value)`. */
export function repr(value: Exact): string {
  if (value === null) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (typeof value === 'string') return reprString(value)
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value).toString() : reprFloat(value)
  if (value instanceof Numeral) return reprNumeral(value)
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`
  return `{${Array.from(entries(value), ([key, member]) => `${repr(key)}: ${repr(member)}`).join(', ')}}`
}

/** `json.dumps(value, ensure_ascii=False)`. */
export function dumps(value: Exact): string {
  if (typeof value === 'string') return dumpString(value)
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number' || value instanceof Numeral) return repr(value).replace('inf', 'Infinity')
  if (Array.isArray(value)) return `[${value.map(dumps).join(', ')}]`
  return `{${Array.from(entries(value), ([key, member]) => `${dumpString(key)}: ${dumps(member)}`).join(', ')}}`
}

/** Python leaves lone surrogates as they are, which JSON.stringify escapes. */
function dumpString(text: string): string {
  if (text.isWellFormed()) return JSON.stringify(text)
  const quoted = text
    .split(/([\ud800-\udfff])/u)
    .map((piece, i) => (i % 2 === 1 ? piece : JSON.stringify(piece).slice(1, -1)))
  return `"${quoted.join('')}"`
}

function reprString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const inside = text.replaceAll('\\', '\\\\').replace(UNPRINTABLE, escaped)
  return quote + (quote === "'" ? inside.replaceAll("'", "\\'") : inside) + quote
}

function escaped(character: string): string {
  const short = SHORT_ESCAPES[character]
  if (short) return short
  const point = character.codePointAt(0) ?? 0
  const digits = point.toString(16)
  if (point < 0x100) return `\\x${digits.padStart(2, '0')}`
  return point < 0x10000 ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`
}

function reprNumeral({ spelling }: Numeral): string {
  return /[.eE]/.test(spelling) ? reprFloat(Number(spelling)) : BigInt(spelling).toString()
}

/** The shortest digits that give the float again, as in JavaScript; exponents from 16 on and below -4, as in Python. */
export function reprFloat(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : value < 0 ? '-inf' : 'nan'
  if (Object.is(value, -0)) return '-0.0'
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power < -4 || power >= 16) return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
  const plain = String(value)
  return plain.includes('.') ? plain : `${plain}.0`
}

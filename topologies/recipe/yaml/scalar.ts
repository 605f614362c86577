/**
 * Plain scalars as Data-Juicer reads them: PyYAML's YAML 1.1 rules, with the numbers of jsonargparse's loader in place of
 * PyYAML's own (`5e5` is a number) and without dates.
 */

const NULL = new Set(['', '~', 'null', 'Null', 'NULL'])
const TRUE = new Set(['true', 'True', 'TRUE', 'yes', 'Yes', 'YES', 'on', 'On', 'ON'])
const FALSE = new Set(['false', 'False', 'FALSE', 'no', 'No', 'NO', 'off', 'Off', 'OFF'])

const BINARY = /^[-+]?0b[01_]+$/
const OCTAL = /^[-+]?0[0-7_]+$/
const DECIMAL = /^[-+]?(?:0|[1-9][0-9_]*)$/
const HEXADECIMAL = /^[-+]?0x[0-9a-fA-F_]+$/
const SEXAGESIMAL = /^[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+$/
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+|\.[0-9_]+(?:[eE][-+][0-9]+)?)$/
const SEXAGESIMAL_FLOAT = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*$/
const INFINITY = /^[-+]?\.(?:inf|Inf|INF)$/
const NOT_A_NUMBER = new Set(['.nan', '.NaN', '.NAN'])

/** No number is longer than this; it keeps the patterns off long texts. */
const LONGEST_NUMBER = 400

/** The value of a plain scalar: null, a boolean, a number, or the text itself. */
export function resolveScalar(text: string): null | boolean | number | string {
  if (NULL.has(text)) return null
  if (TRUE.has(text)) return true
  if (FALSE.has(text)) return false
  return numberOf(text) ?? text
}

function numberOf(text: string): number | null {
  if (text.length > LONGEST_NUMBER) return null
  if (NOT_A_NUMBER.has(text)) return Number.NaN
  const negative = text.startsWith('-')
  const bare = text.replaceAll('_', '').replace(/^[-+]/, '')
  const size = INFINITY.test(text) ? Number.POSITIVE_INFINITY : sizeOf(text, bare)
  if (size === null || Number.isNaN(size)) return null
  return negative ? -size : size
}

function sizeOf(text: string, bare: string): number | null {
  if (DECIMAL.test(text) || FLOAT.test(text)) return bare === '' || bare === '.' ? null : Number(bare)
  if (BINARY.test(text) || HEXADECIMAL.test(text)) return bare.length === 2 ? null : Number(bare)
  if (OCTAL.test(text)) return bare === '0' ? 0 : Number(`0o${bare.slice(1)}`)
  if (SEXAGESIMAL.test(text) || SEXAGESIMAL_FLOAT.test(text)) return sexagesimal(bare)
  return null
}

/** `1:30` is 90: digits of base 60, as YAML 1.1 has them for times. */
function sexagesimal(bare: string): number {
  return bare.split(':').reduce((sum, digit) => sum * 60 + Number(digit), 0)
}

import { asNumber, Collection, type Value } from '../python/comparison.ts'

const words = (text: string) => new Set(text.split(' '))

/** The methods of Python 3.11's types, by which Data-Juicer takes `text.upper` for something that is there. */
const TEXT = words(
  'capitalize casefold center count encode endswith expandtabs find format format_map index isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle isupper join ljust lower lstrip maketrans partition removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate upper zfill',
)
const INTEGER = words('as_integer_ratio bit_count bit_length conjugate from_bytes to_bytes')
const FLOAT = words('as_integer_ratio conjugate fromhex hex is_integer')
const LIST = words('append clear copy count extend index insert pop remove reverse sort')
const TUPLE = words('count index')
const SET = words(
  'add clear copy difference difference_update discard intersection intersection_update isdisjoint issubset issuperset pop remove symmetric_difference symmetric_difference_update union update',
)

/** Whether a value that is no object has a method of this name. Names such as `__len__` count as methods of every value. */
export function isMethod(value: Value, name: string): boolean {
  if (value === null || typeof value === 'symbol') return false
  if (/^__.*__$/.test(name)) return true
  return methodsOf(value).has(name)
}

function methodsOf(value: Value): ReadonlySet<string> {
  if (typeof value === 'string') return TEXT
  if (Array.isArray(value)) return LIST
  if (value instanceof Collection) return value.type === 'set' ? SET : TUPLE
  return Number.isInteger(Number(asNumber(value))) ? INTEGER : FLOAT
}

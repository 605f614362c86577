import type { Json } from './keys.ts'
import { skipBlanks, skipString } from './members.ts'

/** A number that JavaScript would spell otherwise than it came: `1.0`, `1e5`, `12345678901234567890`. */
export class Numeral {
  readonly spelling: string

  constructor(spelling: string) {
    this.spelling = spelling
  }
}

/**
 * A JSON value that loses nothing: numbers keep the spelling that tells an integer from a float, and objects are maps, which
 * keep the order of their keys. What is plain JSON already may stand in it as it is.
 */
export type Exact = Json | Numeral | Exact[] | Map<string, Exact>

const NUMBER = /-?\d+(\.\d+)?([eE][-+]?\d+)?/y

/** A place in a text that is known to be JSON. */
interface Reader {
  text: string
  at: number
}

/** Parses valid JSON without loss. Of members with one key the last counts, in the place of the first, as in Python. */
export function parseExact(text: string): Exact {
  return readValue({ text, at: skipBlanks(text, 0) })
}

/** The JSON of a value: on one line, without blanks, numbers as they are spelt. */
export function writeExact(value: Exact): string {
  if (value instanceof Numeral) return value.spelling
  if (Array.isArray(value)) return `[${value.map(writeExact).join(',')}]`
  if (!(value instanceof Map)) return JSON.stringify(value)
  const members = [...value].map(([key, member]) => `${JSON.stringify(key)}:${writeExact(member)}`)
  return `{${members.join(',')}}`
}

function readValue(reader: Reader): Exact {
  const first = reader.text[reader.at]
  if (first === '"') return readString(reader)
  if (first === '{') return readObject(reader)
  if (first === '[') return readArray(reader)
  if (first === 't') return skip(reader, 4, true)
  if (first === 'f') return skip(reader, 5, false)
  if (first === 'n') return skip(reader, 4, null)
  return readNumber(reader)
}

function readString(reader: Reader): string {
  const from = reader.at
  reader.at = skipString(reader.text, from)
  const quoted = reader.text.slice(from, reader.at)
  return quoted.includes('\\') ? JSON.parse(quoted) : quoted.slice(1, -1)
}

function readNumber(reader: Reader): number | Numeral {
  NUMBER.lastIndex = reader.at
  const [spelling = '', fraction, exponent] = NUMBER.exec(reader.text) ?? []
  if (spelling === '') throw new SyntaxError(`No JSON at character ${reader.at}.`)
  reader.at += spelling.length
  const value = Number(spelling)
  const plain = fraction === undefined && exponent === undefined && Number.isSafeInteger(value) && !Object.is(value, -0)
  return plain ? value : new Numeral(spelling)
}

function readArray(reader: Reader): Exact[] {
  const items: Exact[] = []
  advance(reader)
  while (reader.text[reader.at] !== ']') {
    items.push(readValue(reader))
    reader.at = skipBlanks(reader.text, reader.at)
    if (reader.text[reader.at] === ',') advance(reader)
  }
  return skip(reader, 1, items)
}

function readObject(reader: Reader): Map<string, Exact> {
  const members = new Map<string, Exact>()
  advance(reader)
  while (reader.text[reader.at] !== '}') {
    const key = readString(reader)
    reader.at = skipBlanks(reader.text, reader.at)
    advance(reader)
    members.set(key, readValue(reader))
    reader.at = skipBlanks(reader.text, reader.at)
    if (reader.text[reader.at] === ',') advance(reader)
  }
  return skip(reader, 1, members)
}

/** Past the character here and the blanks behind it. */
function advance(reader: Reader): void {
  reader.at = skipBlanks(reader.text, reader.at + 1)
}

function skip<T>(reader: Reader, length: number, value: T): T {
  reader.at += length
  return value
}

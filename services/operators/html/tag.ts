import { type Attribute, isSelfClosing, readTag } from './lexer.ts'
import { resolveInAttribute } from './references.ts'

const CAPITALS = /[A-Z\0]/
const NULS = /\0/g
/** No element of HTML has a longer name. */
const LONGEST_NAME = 16

/** A start tag: its name in small letters, and where the rest of it is found when something else is asked. */
export interface Tag {
  name: string
  source: string
  nameEnd: number
}

/** Names that were met, each at a place that a few of its units tell: one that is met again is neither cut out nor hashed. */
const NAMES: string[] = new Array(1024).fill('')

/** The name of an element that stands here, in small letters. */
export function nameOf(source: string, from: number, to: number): string {
  const middle = source.charCodeAt(from + ((to - from) >> 1))
  const place = (source.charCodeAt(from) * 5 + middle * 31 + source.charCodeAt(to - 1) * 163 + to - from) & 1023
  const met = NAMES[place] as string
  if (met.length === to - from && source.startsWith(met, from)) return met
  const cut = source.slice(from, to)
  const name = CAPITALS.test(cut) ? lowerCase(cut) : cut
  if (name.length > LONGEST_NAME) return name
  // The key of an object is a string of its own of which V8 knows only one, so that names are compared by their address.
  NAMES[place] = Object.keys({ [name]: null })[0] ?? name
  return NAMES[place]
}

/** Only ASCII capitals have small letters in HTML. */
function lowerCase(name: string): string {
  return name.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase()).replace(NULS, '\ufffd')
}

/** Attributes by name in small letters; of several with one name the first. */
export function attributesOf({ source, nameEnd }: Tag): Map<string, string> {
  const attributes: Attribute[] = []
  readTag(source, nameEnd, attributes)
  const byName = new Map<string, string>()
  for (const { name, value } of attributes) {
    const small = lowerCase(name)
    if (!byName.has(small)) byName.set(small, resolveInAttribute(value).replace(NULS, '\ufffd'))
  }
  return byName
}

/** It ends with a `/`, which counts in SVG and MathML. */
export function closesItself({ source, nameEnd }: Tag): boolean {
  return isSelfClosing(source, nameEnd)
}

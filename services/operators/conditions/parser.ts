import type { Order, Value } from '../python/comparison.ts'
import { refuse } from './refusal.ts'
import { type Token, tokenize } from './tokens.ts'

export type Comparison = Order | '==' | '!=' | 'in' | 'not in' | 'is' | 'is not'

/** A condition taken apart. */
export type Expression =
  | { kind: 'constant'; value: Value }
  | { kind: 'name'; name: string }
  | { kind: 'attribute'; of: Expression; name: string }
  | { kind: 'collection'; type: 'list' | 'tuple' | 'set'; items: Expression[] }
  | { kind: 'sign'; sign: '-' | '+'; of: Expression }
  | { kind: 'not'; of: Expression }
  | { kind: 'and' | 'or'; parts: Expression[] }
  | { kind: 'comparison'; first: Expression; rest: { comparison: Comparison; right: Expression }[] }

interface Reader {
  tokens: Token[]
  at: number
  depth: number
}

/** Python's own parser takes 200 brackets in each other, and its evaluation 1000 calls. */
const DEEPEST = 190

const KEYWORDS = new Set(
  'as assert async await break class continue def del elif else except finally for from global if import lambda nonlocal pass raise return try while with yield'.split(
    ' ',
  ),
)
const WORDS = new Set([...KEYWORDS, 'and', 'or', 'not', 'in', 'is'])
const COMPARISONS = new Set<string>(['<', '<=', '>', '>=', '==', '!=', 'in', 'is'])
const ARITHMETIC = new Set(['+', '-', '*', '/', '//', '%', '@', '**', '<<', '>>', '&', '|', '^', '~'])
const CLOSING: Record<string, string> = { '(': ')', '[': ']', '{': '}' }

/**
 * Parses the part of Python's expressions that Data-Juicer evaluates: names, attributes, constants, lists, tuples, sets, signs,
 * `not`, `and`, `or` and chained comparisons. All else is refused with Failure `parameters_invalid` that names it and its place.
 */
export function parseCondition(source: string): Expression {
  const reader: Reader = { tokens: tokenize(source), at: 0, depth: 0 }
  const first = readExpression(reader)
  const expression = next(reader).text === ',' ? readTuple(reader, first) : first
  const rest = next(reader)
  if (rest.kind !== 'end') refuseToken(rest)
  return expression
}

function next(reader: Reader): Token {
  return reader.tokens[reader.at] ?? { kind: 'end', text: '', at: 0 }
}

/** The next token is this operator or word: goes past it. */
function take(reader: Reader, text: string): boolean {
  const token = next(reader)
  if (token.kind === 'constant' || token.text !== text) return false
  reader.at++
  return true
}

/** Says what stands at a place where no condition can go on. */
function refuseToken({ kind, text, at }: Token): never {
  if (kind === 'end') refuse(at, 'something is missing at the end')
  if (text === '(') refuse(at, 'calls are not supported')
  if (text === '[') refuse(at, 'subscripts are not supported')
  if (text === '{' || kind === 'constant') refuse(at, `${text} is not expected here`)
  if (text === '...') refuse(at, '... is not supported')
  if (ARITHMETIC.has(text)) refuse(at, `arithmetic (${text}) is not supported`)
  if (KEYWORDS.has(text)) refuse(at, `Python's ${text} is not supported`)
  if (text === '=') refuse(at, 'an assignment is not supported; equality is ==')
  refuse(at, `${text} is not expected here`)
}

/** Reads something that may hold itself, unless it is too deep. */
function within<T>(reader: Reader, read: () => T): T {
  if (++reader.depth > DEEPEST) refuse(next(reader).at, `it nests deeper than ${DEEPEST} levels`)
  const result = read()
  reader.depth--
  return result
}

function readExpression(reader: Reader): Expression {
  return readSeries(reader, 'or', () => readSeries(reader, 'and', () => readInversion(reader)))
}

function readSeries(reader: Reader, kind: 'and' | 'or', read: () => Expression): Expression {
  const first = read()
  if (next(reader).text !== kind || next(reader).kind !== 'name') return first
  const parts = [first]
  while (take(reader, kind)) parts.push(read())
  return { kind, parts }
}

function readInversion(reader: Reader): Expression {
  if (!take(reader, 'not')) return readComparison(reader)
  return within(reader, () => ({ kind: 'not', of: readInversion(reader) }))
}

function readComparison(reader: Reader): Expression {
  const first = readOperand(reader)
  const rest: { comparison: Comparison; right: Expression }[] = []
  for (let found = readComparator(reader); found; found = readComparator(reader)) {
    rest.push({ comparison: found, right: readOperand(reader) })
  }
  return rest.length === 0 ? first : { kind: 'comparison', first, rest }
}

function readComparator(reader: Reader): Comparison | null {
  const { kind, text, at } = next(reader)
  if (kind === 'constant') return null
  if (take(reader, 'not')) return take(reader, 'in') ? 'not in' : refuse(at, 'not stands here without in')
  if (!COMPARISONS.has(text)) return null
  reader.at++
  if (text === 'is' && take(reader, 'not')) return 'is not'
  return text as Comparison // a member of COMPARISONS
}

function readOperand(reader: Reader): Expression {
  for (const sign of ['-', '+'] as const) {
    if (take(reader, sign)) return within(reader, () => ({ kind: 'sign', sign, of: readOperand(reader) }))
  }
  let operand = readAtom(reader)
  while (take(reader, '.')) operand = { kind: 'attribute', of: operand, name: readName(reader) }
  const behind = next(reader)
  if (ARITHMETIC.has(behind.text) && behind.kind === 'operator') refuseToken(behind)
  return operand
}

function readName(reader: Reader): string {
  const token = next(reader)
  if (token.kind !== 'name' || WORDS.has(token.text)) refuseToken(token)
  reader.at++
  return token.text.normalize('NFKC')
}

function readAtom(reader: Reader): Expression {
  const token = next(reader)
  if (token.kind === 'constant') return readConstant(reader, token)
  const closing = token.kind === 'operator' ? CLOSING[token.text] : undefined
  if (closing === undefined) return { kind: 'name', name: readName(reader) }
  reader.at++
  return within(reader, () => readBrackets(reader, token, closing))
}

/** A constant; strings behind each other are one. */
function readConstant(reader: Reader, first: Token & { kind: 'constant' }): Expression {
  reader.at++
  if (!first.isString) return { kind: 'constant', value: first.value }
  let value = String(first.value)
  for (let token = next(reader); token.kind === 'constant' && token.isString; token = next(reader)) {
    value += String(token.value)
    reader.at++
  }
  return { kind: 'constant', value }
}

/** What stands in brackets; the opening one has been read. */
function readBrackets(reader: Reader, opening: Token, closing: string): Expression {
  if (take(reader, closing)) {
    if (opening.text === '{') refuse(opening.at, 'dicts are not supported')
    return { kind: 'collection', type: opening.text === '(' ? 'tuple' : 'list', items: [] }
  }
  const first = readExpression(reader)
  if (opening.text === '(' && take(reader, ')')) return first
  if (opening.text === '{' && next(reader).text === ':') refuse(opening.at, 'dicts are not supported')
  const { items } = readTuple(reader, first)
  const end = next(reader)
  if (!take(reader, closing)) refuseToken(end)
  return { kind: 'collection', type: opening.text === '(' ? 'tuple' : opening.text === '[' ? 'list' : 'set', items }
}

/** The items behind the first one, with a comma after each but perhaps the last. */
function readTuple(reader: Reader, first: Expression): Expression & { kind: 'collection' } {
  const items = [first]
  while (take(reader, ',')) {
    const token = next(reader)
    if (token.kind === 'end' || (token.kind === 'operator' && /^[)\]}]$/.test(token.text))) break
    items.push(readExpression(reader))
  }
  return { kind: 'collection', type: 'tuple', items }
}

import { refuse } from './refusal.ts'
import { readStringLiteral } from './string-literal.ts'

/** A token of a condition and where it begins, in code units. */
export type Token =
  | { kind: 'name' | 'operator' | 'end'; text: string; at: number }
  | { kind: 'constant'; value: null | boolean | number | bigint | string; isString: boolean; text: string; at: number }

const BLANK = /[ \t\f]+|#[^\n]*|\\\n/y
const NAME = /[\p{XID_Start}_]\p{XID_Continue}*/uy
const STRING_START = /([rubf]|br|rb|fr|rf|)('''|"""|'|")/iy
const OPERATOR = /\*\*|\/\/|<<|>>|<=|>=|==|!=|:=|->|\.\.\.|[-+*/%@&|^~<>()[\]{},:.;=]/y
const DIGITS = '[0-9](?:_?[0-9])*'
const NUMBER = new RegExp(
  `0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:${DIGITS}\\.?(?:${DIGITS})?|\\.${DIGITS})(?:[eE][-+]?${DIGITS})?`,
  'y',
)
const CONSTANTS = new Map<string, null | boolean>([
  ['None', null],
  ['True', true],
  ['False', false],
])

/** The tokens of a Python expression; line ends count within brackets only as blanks. Throws `parameters_invalid`. */
export function tokenize(source: string): Token[] {
  const text = source.replace(/\r\n?/g, '\n')
  if (/^\s*[ \t][^\s#]/.test(text)) refuse(0, 'Python takes a blank at the start for an indentation')
  const tokens: Token[] = []
  let depth = 0
  let ended = false
  for (let at = 0; at < text.length; ) {
    const blank = match(BLANK, text, at)
    if (blank || text[at] === '\n') {
      if (!blank && depth === 0 && tokens.length > 0) ended = true
      at += blank ? blank[0].length : 1
      continue
    }
    if (ended) refuse(at, 'a second line begins outside of brackets')
    const token = readToken(text, at)
    if (/^[([{]$/.test(token.text)) depth++
    if (/^[)\]}]$/.test(token.text)) depth--
    tokens.push(token)
    at += token.text.length
  }
  tokens.push({ kind: 'end', text: '', at: text.length })
  return tokens
}

function match(expression: RegExp, text: string, at: number): RegExpExecArray | null {
  expression.lastIndex = at
  return expression.exec(text)
}

function readToken(text: string, at: number): Token {
  const opening = match(STRING_START, text, at)
  if (opening) {
    const { value, end } = readStringLiteral(text, at, { prefix: opening[1] ?? '', quote: opening[2] ?? '' })
    return { kind: 'constant', value, isString: true, text: text.slice(at, end), at }
  }
  const number = match(NUMBER, text, at)?.[0]
  if (number !== undefined) return readNumber(text, at, number)
  const name = match(NAME, text, at)?.[0]
  if (name !== undefined) return nameToken(name, at)
  const operator = match(OPERATOR, text, at)?.[0]
  if (operator !== undefined) return { kind: 'operator', text: operator, at }
  return refuse(at, `${JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0))} has no meaning here`)
}

function nameToken(name: string, at: number): Token {
  const value = CONSTANTS.get(name)
  if (value !== undefined) return { kind: 'constant', value, isString: false, text: name, at }
  return { kind: 'name', text: name, at }
}

function readNumber(text: string, at: number, spelling: string): Token {
  const end = at + spelling.length
  if (/[jJ]/.test(text[end] ?? '')) refuse(at, 'complex numbers are not supported')
  if (/[\p{XID_Continue}]/u.test(String.fromCodePoint(text.codePointAt(end) ?? 0)))
    refuse(at, `${spelling} runs into what follows it`)
  const digits = spelling.replaceAll('_', '')
  const whole = /^[0-9]+$/.test(digits) || /^0[xXoObB]/.test(digits)
  if (/^0[0-9]*[1-9]/.test(digits) && whole && !/^0[xXoObB]/.test(digits))
    refuse(at, 'a whole number may not begin with 0')
  const value = whole && !Number.isSafeInteger(Number(digits)) ? BigInt(digits) : Number(digits)
  return { kind: 'constant', value, isString: false, text: spelling, at }
}

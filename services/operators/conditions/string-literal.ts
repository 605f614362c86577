import { refuse } from './refusal.ts'

const ESCAPE = /\\(?:\n|([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/gu
const CONTROLS: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/**
 * Reads a string of Python's from its prefix on: its value, and where it ends. Byte strings, format strings and characters by
 * their names are refused with `parameters_invalid`.
 */
export function readStringLiteral(
  text: string,
  at: number,
  { prefix, quote }: { prefix: string; quote: string },
): { value: string; end: number } {
  if (!/^(?:[rRuU]?|)$/.test(prefix)) refuse(at, `strings with the prefix ${prefix} are not supported`)
  const start = at + prefix.length + quote.length
  const stop = closingQuote(text, start, quote)
  if (stop < 0) refuse(at, 'the string is not closed')
  const body = text.slice(start, stop)
  const value = /r/i.test(prefix) ? body : body.replace(ESCAPE, (whole, ...parts) => unescaped(whole, parts, start))
  return { value, end: stop + quote.length }
}

/** Where the closing quote stands; -1 without one. Only a string in three quotes goes over a line's end. */
function closingQuote(text: string, start: number, quote: string): number {
  for (let i = start; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text.startsWith(quote, i)) return i
    else if (text[i] === '\n' && quote.length === 1) return -1
  }
  return -1
}

function unescaped(whole: string, parts: (string | undefined)[], start: number): string {
  const [octal, byte, short, long, symbol] = parts
  if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8))
  const digits = byte ?? short ?? long
  if (digits !== undefined) return character(Number.parseInt(digits, 16), start)
  if (symbol === undefined) return ''
  if (/[xuUN]/.test(symbol)) refuse(start, `the escape ${whole} in the string is not supported`)
  if (/['"\\]/.test(symbol)) return symbol
  return CONTROLS[symbol] ?? whole
}

function character(codePoint: number, start: number): string {
  if (codePoint > 0x10ffff) refuse(start, 'the string names a character beyond U+10FFFF')
  return String.fromCodePoint(codePoint)
}

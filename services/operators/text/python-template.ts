import type { z } from 'zod'
import { classify, Failure } from '../../../topologies/failure.ts'
import type { Group } from './python-atoms.ts'
import type { PythonModule } from './python-classes.ts'
import { type PythonPattern, translatePattern } from './python-pattern.ts'

/** A replacement template of Python's, taken apart: texts, and numbers of groups whose match stands in between. */
export type Template = (string | number)[]

/** JavaScript names groups in a replacement by two digits at most. */
const MOST_NUMBERED = 99

const CONTROLS: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' }
const PIECE =
  /\\(?:g<(?<reference>[^>]*)>|(?<octal>[0-7]{3}|0[0-7]?)|(?<number>[1-9]\d?)|x(?<hex>[\da-fA-F]{2})|u(?<short>[\da-fA-F]{4})|U(?<long>[\da-fA-F]{8})|(?<symbol>.))|(?<text>[^\\]+)|\\/gsu

/**
 * Takes a template for `sub` apart: `\1`, `\g<1>`, `\g<name>`, `\g<0>`, `\n` and the other escapes. Throws Failure
 * `parameters_invalid` for a group that the pattern does not have and for escapes that Python refuses; re knows no characters
 * by their hexadecimal number, and none above 255 by its octal one.
 */
export function parseTemplate(template: string, groups: Group[], module: PythonModule = 'regex'): Template {
  const parsed: Template = []
  for (const { groups: piece, 0: whole } of template.matchAll(PIECE)) {
    const { reference, octal, number, hex, short, long, symbol, text } = piece ?? {}
    const code = hex ?? short ?? long
    const isUnknown = code !== undefined || Number.parseInt(octal ?? '0', 8) > 0o377
    if (module === 're' && isUnknown) refuseEscape(whole)
    if (text !== undefined) parsed.push(text)
    else if (code !== undefined) parsed.push(String.fromCodePoint(Number.parseInt(code, 16)))
    else if (octal !== undefined) parsed.push(String.fromCharCode(Number.parseInt(octal, 8)))
    else if (reference !== undefined || number !== undefined)
      parsed.push(groupNumber(reference ?? number ?? '', groups))
    else parsed.push(escaped(symbol, whole))
  }
  return parsed
}

function escaped(symbol: string | undefined, whole: string): string {
  if (symbol === undefined)
    throw new Failure('parameters_invalid', 'The replacement ends in a lone backslash; write \\\\.')
  const control = CONTROLS[symbol]
  if (control !== undefined) return control
  if (/[0-9A-Za-z]/.test(symbol)) refuseEscape(whole)
  return whole
}

function refuseEscape(sequence: string): never {
  throw new Failure('parameters_invalid', `The replacement has an unknown escape, ${sequence}.`)
}

function groupNumber(reference: string, groups: Group[]): number {
  const byName = groups.findIndex((group) => group.name === reference) + 1
  const number = /^\d+$/.test(reference) ? Number(reference) : byName
  const known = number > 0 ? number <= groups.length : reference !== '' && /^0+$/.test(reference)
  if (!known)
    throw new Failure('parameters_invalid', `The replacement asks for a group that the pattern has not, ${reference}.`)
  if (groups[number - 1]?.unsteady) {
    throw new Failure(
      'parameters_invalid',
      `The replacement asks for group ${reference}, which Python remembers otherwise.`,
    )
  }
  return number
}

/** A template filled in for a match: the whole match first, then its groups. */
export function expand(template: Template, match: (string | undefined)[]): string {
  let made = ''
  for (const piece of template) made += typeof piece === 'string' ? piece : (match[piece] ?? '')
  return made
}

/** Python's `sub` with a pattern and a template, as a function of the text. */
export function substitution(
  pattern: string,
  template: string,
  module: PythonModule = 'regex',
): (text: string) => string {
  const { regExp, groups }: PythonPattern = translatePattern(pattern, module)
  const parsed = parseTemplate(template, groups, module)
  if (groups.length > MOST_NUMBERED)
    return (text) => text.replace(regExp, (...match) => expand(parsed, match.slice(0, groups.length + 1)))
  const replacement = parsed.map(replacementPiece).join('')
  return (text) => text.replace(regExp, replacement)
}

/** The same in JavaScript's own way of writing it, which V8 fills in by itself. */
function replacementPiece(piece: string | number): string {
  if (typeof piece === 'string') return piece.replaceAll('$', '$$$$')
  return piece === 0 ? '$&' : `$${String(piece).padStart(2, '0')}`
}

/** The groups of a built-in pattern that has so many, all without names. */
export function unnamedGroups(count: number): Group[] {
  return Array.from({ length: count }, () => ({ name: null, optional: true, unsteady: false, closed: true }))
}

/** Parameters of an operator that replaces what a pattern, the user's or its own, matches. */
interface Substitution {
  pattern?: string | null | undefined
  repl: string
}

/** Checks `pattern` and `repl` together, for zod: what is wrong with them is an issue of the parameter at fault. */
export function checkSubstitution(defaultGroups: Group[]) {
  return ({ pattern, repl }: Substitution, context: z.RefinementCtx): void => {
    let groups = defaultGroups
    try {
      if (typeof pattern === 'string') groups = translatePattern(pattern).groups
    } catch (thrown) {
      context.addIssue({ code: 'custom', path: ['pattern'], message: classify(thrown).message })
      return
    }
    try {
      parseTemplate(repl, groups)
    } catch (thrown) {
      context.addIssue({ code: 'custom', path: ['repl'], message: classify(thrown).message })
    }
  }
}

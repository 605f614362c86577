import type { Exact } from '../../../schemas/json/exact.ts'
import { Failure } from '../../../topologies/failure.ts'
import { numberOf } from '../python/numbers.ts'
import { repr, str } from '../python/spelling.ts'
import { either, get, isDict, isTruthy } from '../python/values.ts'
import { strip } from '../text/python-strings.ts'
import type { Message } from './messages.ts'

const MOST_NAMES = 10

/** What a message calls, under either of the names for it; undefined for nothing. */
export function callsOf({ members }: Message): Exact | undefined {
  const calls = either(get(members, 'tool_calls'), get(members, 'tool_use'))
  return isTruthy(calls) ? calls : undefined
}

/** One line that names the tools that are called, ten at most; empty without names. Throws `operator_failed` for a name that is no string. */
export function summaryOf(calls: Exact): string {
  if (!Array.isArray(calls)) return ''
  const names = distinct(calls.map(nameOf))
  if (names.length === 0) return ''
  const shown = names.slice(0, MOST_NAMES).map((name) => {
    if (typeof name === 'string') return name
    throw new Failure('operator_failed', 'A tool call of the sample has a name that is no string.')
  })
  if (names.length > MOST_NAMES) shown.push(`...+${names.length - MOST_NAMES}`)
  return `[Tool calls: ${shown.join(', ')}]`
}

/** The names of all tools that messages call, each once. Throws `operator_failed` for calls or names of a wrong kind. */
export function toolsOf(messages: Message[]): string[] {
  const names = distinct(messages.flatMap((message) => namesIn(callsOf(message))))
  return names.map((name) => strip(str(name))).filter((name) => name !== '')
}

function namesIn(calls: Exact | undefined): (Exact | undefined)[] {
  if (calls === undefined) return []
  if (!Array.isArray(calls)) {
    if (isDict(calls) || typeof calls === 'string') return []
    throw new Failure('operator_failed', 'The tool calls of a message are no list.')
  }
  const names = calls.map(nameOf)
  if (names.some((name) => isTruthy(name) && (Array.isArray(name) || isDict(name))))
    throw new Failure('operator_failed', 'A tool call of the sample has a name that is a list or an object.')
  return names
}

function nameOf(call: Exact): Exact | undefined {
  if (!isDict(call)) return undefined
  const called = either(get(call, 'function'), get(call, 'function_call'))
  return either(isDict(called) ? get(called, 'name') : undefined, get(call, 'name'))
}

/** Values that are true, each once; numbers that are equal are one. */
function distinct(names: (Exact | undefined)[]): Exact[] {
  const seen = new Map<string, Exact>()
  for (const name of names) {
    if (!isTruthy(name)) continue
    const key = keyOf(name)
    if (!seen.has(key)) seen.set(key, name)
  }
  return [...seen.values()]
}

function keyOf(name: Exact): string {
  const number = numberOf(name)
  if (number === null) return repr(name)
  return `number ${Number(typeof number === 'bigint' ? number : number.float)}`
}

import type { Exact } from '../../../schemas/json/exact.ts'
import { type Dict, entries, get, isDict, isTruthy } from '../python/values.ts'
import type { Redact } from './redaction.ts'

/** Members whose strings are redacted wherever they lie. */
const PRIVATE_KEYS = new Set(['file_path', 'path', 'file', 'arguments', 'file_paths'])
const DIALOG = 'dialog_history'

/** Which members of a sample are redacted in full. */
export interface Fields {
  /** In this order; a key that stands here twice is redacted twice. */
  keys: string[]
  /** The key of a list of chat messages. */
  messages: string | null
}

/**
 * The value of a sample's member, redacted: first by what its key says, then every string in a list and every private one,
 * however deep. The same value when nothing changed.
 */
export function redactMember(key: string, value: Exact, redact: Redact, fields: Fields): Exact {
  let made = value
  for (const listed of fields.keys) if (listed === key) made = redactField(key, made, redact, fields)
  if (typeof made === 'string') return PRIVATE_KEYS.has(key) ? redact(made) : made
  const isDialog = key === DIALOG && key !== fields.messages && fields.keys.includes(key)
  return isDialog && Array.isArray(made) ? redactBetweenPairs(made, redact) : redactNested(made, redact)
}

function redactField(key: string, value: Exact, redact: Redact, { messages }: Fields): Exact {
  if (typeof value === 'string') return redact(value)
  if (!Array.isArray(value)) return value
  if (key === messages) return changed(value, (message) => redactMessage(message, redact))
  if (key === DIALOG) return changed(value, (pair) => redactPair(pair, redact))
  return value.length === 2 ? changed(value, (item) => redactString(item, redact)) : value
}

/** A pair of question and answer; Data-Juicer loses what else stands with them. */
function redactPair(pair: Exact, redact: Redact): Exact {
  if (!Array.isArray(pair) || pair.length < 2) return pair
  const both = pair.length === 2 ? pair : pair.slice(0, 2)
  return changed(both, (item) => redactString(item, redact))
}

/** Pairs are tuples by now, into which Data-Juicer does not look. */
function redactBetweenPairs(items: Exact[], redact: Redact): Exact {
  return changed(items, (item) => (Array.isArray(item) && item.length >= 2 ? item : redactItem(item, redact)))
}

function redactString(value: Exact, redact: Redact): Exact {
  return typeof value === 'string' ? redact(value) : value
}

function redactNested(value: Exact, redact: Redact): Exact {
  if (Array.isArray(value)) return changed(value, (item) => redactItem(item, redact))
  if (!isDict(value)) return value
  return withMembers(value, (key, member) =>
    PRIVATE_KEYS.has(key) && typeof member === 'string' ? redact(member) : redactNested(member, redact),
  )
}

/** An item of a list: every string is redacted. */
function redactItem(item: Exact, redact: Redact): Exact {
  return typeof item === 'string' ? redact(item) : redactNested(item, redact)
}

/** A chat message: its content, as text or in blocks, and the arguments of its tool calls. */
function redactMessage(message: Exact, redact: Redact): Exact {
  if (!isDict(message)) return message
  return withMembers(message, (key, member) => {
    if (key === 'content') return redactContent(member, redact)
    if ((key === 'tool_calls' || key === 'tool_use') && Array.isArray(member))
      return changed(member, (call) => redactCall(call, redact))
    return member
  })
}

function redactContent(content: Exact, redact: Redact): Exact {
  if (typeof content === 'string') return redact(content)
  if (!Array.isArray(content)) return content
  return changed(content, (block) => {
    if (!isDict(block)) return redactString(block, redact)
    return withMembers(block, (key, member) =>
      key === 'text' || key === 'content' ? redactString(member, redact) : member,
    )
  })
}

function redactCall(call: Exact, redact: Redact): Exact {
  if (!isDict(call)) return call
  const holder = isTruthy(get(call, 'function')) ? 'function' : 'function_call'
  return withMembers(call, (key, member) => {
    if (key === 'arguments') return redactArguments(member, redact)
    if (key !== holder || !isDict(member)) return member
    return withMembers(member, (name, value) => (name === 'arguments' ? redactArguments(value, redact) : value))
  })
}

function redactArguments(value: Exact, redact: Redact): Exact {
  if (typeof value === 'string') return redact(value)
  return isDict(value) ? redactNested(value, redact) : value
}

/** The items made anew; the same list when none changed. */
function changed(items: Exact[], make: (item: Exact) => Exact): Exact[] {
  const made = items.map(make)
  return made.every((item, i) => item === items[i]) ? items : made
}

/** The members made anew; the same object when none changed. */
function withMembers(dict: Dict, make: (key: string, member: Exact) => Exact): Dict {
  let isSame = true
  const made = new Map<string, Exact>()
  for (const [key, member] of entries(dict)) {
    const value = make(key, member)
    if (value !== member) isSame = false
    made.set(key, value)
  }
  return isSame ? dict : made
}

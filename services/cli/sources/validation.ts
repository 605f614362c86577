import { type Exact, Numeral, parseExact } from '../../../schemas/json/exact.ts'
import { Failure } from '../../../topologies/failure.ts'
import type { FieldType, Validator } from '../../../topologies/recipe/validators.ts'

type Sample = Map<string, Exact>
type Of<T extends Validator['type']> = Extract<Validator, { type: T }>

/** So many samples of a source the validators look at. */
export function samplesNeeded(validators: readonly Validator[]): number {
  return Math.max(0, ...validators.map((validator) => (validator.type === 'code' ? 0 : validator.sample_size)))
}

/**
 * Holds the first samples of a source against the validators, as Data-Juicer does; lines that are no samples are passed over.
 * Throws Failure `input_invalid`, naming the source and what is wrong.
 */
export function validate(source: string, lines: readonly Uint8Array[], validators: readonly Validator[]): void {
  const samples = lines.flatMap(sampleOf)
  const fields = new Set(samples.flatMap((sample) => [...sample.keys()]))
  for (const validator of validators) {
    const fault = faultOf(samples, fields, validator)
    if (fault !== null)
      throw new Failure('input_invalid', `${source} is not what ${validator.type} asks for: ${fault}.`)
  }
}

function sampleOf(line: Uint8Array): Sample[] {
  const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString()
  try {
    JSON.parse(text)
  } catch {
    return []
  }
  const value = parseExact(text)
  return value instanceof Map ? [value] : []
}

function faultOf(samples: readonly Sample[], fields: ReadonlySet<string>, validator: Validator): string | null {
  if (validator.type === 'code') return null
  const head = samples.slice(0, validator.sample_size)
  if (validator.type === 'required_fields') return requiredFault(head, fields, validator)
  for (const sample of head) {
    const fault =
      validator.type === 'swift_messages'
        ? messagesFault(sample, validator)
        : conversationFault({ sample, fields }, validator)
    if (fault !== null) return fault
  }
  return null
}

function requiredFault(
  samples: readonly Sample[],
  fields: ReadonlySet<string>,
  validator: Of<'required_fields'>,
): string | null {
  if (samples.length === 0) return null
  for (const field of validator.required_fields) {
    if (!fields.has(field)) return `the field ${field} is missing`
    const values = samples.map((sample) => sample.get(field) ?? null)
    const missing = values.filter((value) => value === null).length / values.length
    if (missing > validator.allow_missing) {
      const allowed = `only ${(100 * validator.allow_missing).toFixed(1)} % may be`
      return `the field ${field} is missing in ${(100 * missing).toFixed(1)} % of the samples, and ${allowed}`
    }
    const type = validator.field_types[field]
    const wrong = type === undefined ? null : wrongType(values, type)
    if (wrong !== null) return `the field ${field} must be of type ${type}, and is ${wrong}`
  }
  return null
}

/** The type of the first value that is of another one; null when all are right or missing. */
function wrongType(values: readonly Exact[], type: FieldType): string | null {
  const present = values.filter((value) => value !== null).map(typeOf)
  // A column with one float is a column of floats.
  const types = present.includes('float') ? present.map((one) => (one === 'int' ? 'float' : one)) : present
  // To Python a bool is an int.
  return types.find((one) => one !== type && !(type === 'int' && one === 'bool')) ?? null
}

function typeOf(value: Exact): string {
  if (value instanceof Numeral) return /[.eE]/.test(value.spelling) ? 'float' : 'int'
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'string') return 'str'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'number' ? 'int' : 'dict'
}

const ROLES: ReadonlySet<unknown> = new Set(['system', 'user', 'assistant'])

function messagesFault(sample: Sample, { min_turns, max_turns }: Of<'swift_messages'>): string | null {
  const messages = sample.get('messages')
  if (messages === undefined) return 'the field messages is missing'
  if (!Array.isArray(messages)) return 'messages must be an array'
  if (messages.length < min_turns || messages.length > max_turns)
    return `a conversation must have between ${min_turns} and ${max_turns} messages`
  for (const message of messages) {
    const role = message instanceof Map ? (message.get('role') ?? null) : null
    if (role === null) return 'a message has no role'
    if (!ROLES.has(role)) return 'a role must be system, user or assistant'
    if (message instanceof Map && (message.get('content') ?? null) === null) return 'a message has no content'
  }
  return null
}

interface Conversation {
  sample: Sample
  fields: ReadonlySet<string>
}

function conversationFault(
  { sample, fields }: Conversation,
  { min_turns, max_turns }: Of<'dj_conversation'>,
): string | null {
  if (fields.has('system') && typeof sample.get('system') !== 'string') return 'system must be a string'
  for (const field of ['instruction', 'query', 'response']) {
    if (!fields.has(field)) return `the field ${field} is missing`
    if (typeof sample.get(field) !== 'string') return `${field} must be a string`
  }
  if (!fields.has('history')) return null
  const history = sample.get('history')
  if (!Array.isArray(history)) return 'history must be an array'
  const turns = history.length + 1
  if (turns < min_turns || turns > max_turns)
    return `a conversation must have between ${min_turns} and ${max_turns} turns, history included`
  const wrong = history.findIndex((turn) => !isTurn(turn))
  return wrong === -1 ? null : `turn ${wrong} of history must be a query and a response`
}

function isTurn(turn: Exact): boolean {
  return Array.isArray(turn) && turn.length === 2 && turn.every((half) => typeof half === 'string')
}

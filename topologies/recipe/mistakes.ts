import { z } from 'zod'
import { nearestHint } from '../nearest.ts'
import type { Path } from './problem.ts'

/** What a schema has against a value: the path inside of the value, a sentence without subject, and a guess at what is meant. */
export interface Mistake {
  path: Path
  message: string
  hint?: string
  /** The mistake is the key at the end of the path, not its value. */
  key?: true
}

type Issue = z.core.$ZodIssue

/** Stands for the library's own message, so that a message which a schema brings along is told from it. */
const UNSAID = ''

/** Checks a value; every mistake comes back at once, in the words of this house rather than the library's. */
export function check<T>(schema: z.ZodType<T>, value: unknown): { value: T } | { mistakes: Mistake[] } {
  const result = schema.safeParse(value, { error: () => UNSAID })
  if (result.success) return { value: result.data }
  return { mistakes: result.error.issues.flatMap((issue) => mistakesOf(issue, schema, value)) }
}

function mistakesOf(issue: Issue, schema: z.ZodType, value: unknown): Mistake[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)))
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue.keys, path, schema)
  if (issue.code === 'invalid_union') return unionMistakes(issue, path, schema, value)
  const found = valueAt(value, path)
  return [{ path, message: messageOf(issue, found), ...hintOf(issue, found) }]
}

function unknownKeys(keys: readonly string[], path: Path, schema: z.ZodType): Mistake[] {
  const known = keysAt(schema, path)
  return keys.map((key) => ({
    path: [...path, key],
    message: 'is not known here',
    key: true,
    ...nearestHint(key, known),
  }))
}

type UnionIssue = Extract<Issue, { code: 'invalid_union' }>

/** The mistakes of the branch that was meant, when one fits from outside; otherwise what any branch would take. */
function unionMistakes(issue: UnionIssue, path: Path, schema: z.ZodType, value: unknown): Mistake[] {
  const found = valueAt(value, path)
  const meant = issue.errors.find(
    (branch) => branch.length > 0 && branch.every((inner) => inner.path.length > 0 || !isKind(inner)),
  )
  if (meant) {
    return meant.flatMap((inner) => mistakesOf({ ...inner, path: [...issue.path, ...inner.path] }, schema, value))
  }
  const wanted = new Set(issue.errors.flatMap((branch) => branch.slice(0, 1).map(expectation)))
  return [{ path, message: `must be ${[...wanted].join(' or ')}, not ${shown(found)}` }]
}

/** Whether an issue says that the value is of the wrong kind, so that its branch was not the one meant. */
function isKind(issue: Issue): boolean {
  return issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union'
}

function messageOf(issue: Issue, found: unknown): string {
  if (issue.message !== UNSAID) return issue.message
  if (issue.code === 'invalid_type' && typeof found === 'number' && !Number.isFinite(found))
    return `must be finite, not ${found}`
  if (issue.code === 'invalid_type' && found === undefined) return `is missing: it must be ${expectation(issue)}`
  if (issue.code === 'invalid_type' || issue.code === 'invalid_value')
    return `must be ${expectation(issue)}, not ${shown(found)}`
  if (issue.code === 'too_small')
    return `${bound(issue.origin, issue.inclusive ? 'at least' : 'more than', issue.minimum)}, not ${measured(found)}`
  if (issue.code === 'too_big')
    return `${bound(issue.origin, issue.inclusive ? 'at most' : 'less than', issue.maximum)}, not ${measured(found)}`
  return 'is not valid'
}

function hintOf(issue: Issue, found: unknown): { hint?: string } {
  if (issue.code !== 'invalid_value' || typeof found !== 'string') return {}
  return nearestHint(found, issue.values.map(String))
}

const KINDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'nothing (null)',
  undefined: 'left out',
}

function expectation(issue: Issue): string {
  if (issue.code === 'invalid_type') return KINDS[issue.expected] ?? issue.expected
  if (issue.code === 'invalid_value')
    return oneOf(issue.values.map((value) => (value === null ? 'null' : String(value))))
  if (issue.code === 'invalid_union')
    return [...new Set(issue.errors.flatMap((branch) => branch.slice(0, 1).map(expectation)))].join(' or ')
  return issue.message === UNSAID ? 'something else' : issue.message.replace(/^must be /, '')
}

function oneOf(values: readonly string[]): string {
  return values.length === 1 ? (values[0] ?? '') : `one of ${values.join(', ')}`
}

function bound(origin: string, relation: string, limit: number | bigint): string {
  if (origin === 'string') return `must have ${relation} ${limit} character${Number(limit) === 1 ? '' : 's'}`
  if (origin === 'array' || origin === 'set')
    return `must have ${relation} ${limit} entr${Number(limit) === 1 ? 'y' : 'ies'}`
  return `must be ${relation} ${limit}`
}

function measured(found: unknown): string {
  if (Array.isArray(found)) return String(found.length)
  return typeof found === 'string' && found === '' ? 'empty' : shown(found)
}

/** Characters of a value that a message repeats. */
const SHOWN = 40

/** A value for people: its kind, and itself when it is short. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing (null)'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object') return 'a mapping'
  if (typeof value !== 'string') return String(value)
  return value.length > SHOWN ? `"${value.slice(0, SHOWN)}…"` : `"${value}"`
}

function valueAt(value: unknown, path: Path): unknown {
  let found = value
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return undefined
    found = Object.getOwnPropertyDescriptor(found, step)?.value
  }
  return found
}

/** The keys that an object schema knows, at a path below a schema; of a union, those of all its branches. */
export function keysAt(schema: unknown, path: Path = []): string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return keysAt(schema.unwrap(), path)
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return keysAt(schema.unwrap(), path)
  if (schema instanceof z.ZodPipe) return keysAt(schema.in, path)
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => keysAt(option, path))
  const [step, ...rest] = path
  if (schema instanceof z.ZodObject)
    return step === undefined ? Object.keys(schema.shape) : keysAt(schema.shape[step], rest)
  if (step === undefined) return []
  if (schema instanceof z.ZodRecord) return keysAt(schema.valueType, rest)
  return schema instanceof z.ZodArray ? keysAt(schema.element, rest) : []
}

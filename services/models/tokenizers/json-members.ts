import { invalidModel } from '../bytes.ts'

/** A value of JSON, as a file may have it. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value }
export type Members = { [key: string]: Value }

/** What a file holds. Throws Failure `asset_invalid`. */
export function parsed(name: string, bytes: Uint8Array): Value {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw Object.assign(invalidModel(name, 'is no JSON, or is cut short'), { cause })
  }
}

/** The members of an object; none for anything else. */
export function members(value: Value | undefined): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

/** The values of an array; none for anything else. */
export function list(value: Value | undefined): Value[] {
  return Array.isArray(value) ? value : []
}

/** The parts of a sequence, or the only one; none where there is nothing. */
export function stepsOf(value: Value | undefined, key: string): Members[] {
  const step = members(value)
  if (step.type === undefined) return []
  return step.type === 'Sequence' ? list(step[key]).flatMap((part) => stepsOf(part, key)) : [step]
}

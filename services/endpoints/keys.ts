import { readFileSync } from 'node:fs'
import { classify, Failure } from '../../topologies/failure.ts'

export type Environment = Record<string, string | undefined>

/** The variable with the key of whoever runs a recipe that names none. */
const USUAL = 'OPENAI_API_KEY'
/** Variables that a recipe may name: no other secret of the machine is for it to send away. */
const NAMES = /^(?:OPENAI_API_KEY|MILLRACE_ENDPOINT_[A-Z0-9_]*KEY)$/
const REFERENCE = /^env:(.*)$/s

/** Whether a recipe's `api_key` names a variable that may hold one. */
export function isKeyReference(reference: string): boolean {
  return NAMES.test(REFERENCE.exec(reference)?.[1] ?? '')
}

/**
 * The key that a reference means, from the variable or from the file that the variable with _FILE behind it names; null where
 * nobody has one and none is asked for. Throws Failure `environment_missing` for a variable that is named and not set.
 */
export function keyOf(reference: string | null, env: Environment): string | null {
  const name = reference === null ? USUAL : (REFERENCE.exec(reference)?.[1] ?? '')
  if (!NAMES.test(name)) {
    throw new Failure(
      'parameters_invalid',
      `${name} is no variable for the key of an endpoint: name MILLRACE_ENDPOINT_…_KEY.`,
    )
  }
  const file = env[`${name}_FILE`]
  const key = env[name] ?? (file === undefined ? undefined : contentOf(file, name))
  if (key) return key
  if (reference === null) return null
  throw new Failure(
    'environment_missing',
    `The recipe's api_key is in ${name}, which is not set (nor is ${name}_FILE).`,
  )
}

/** The variables of an environment that hold keys of endpoints, for the thread that asks. */
export function keysIn(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => NAMES.test(name.replace(/_FILE$/, ''))))
}

function contentOf(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (cause) {
    throw new Failure('environment_missing', `${name}_FILE cannot be read: ${classify(cause).message}`, { cause })
  }
}

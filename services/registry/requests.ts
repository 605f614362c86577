import { z } from 'zod'
import { Failure } from '../../topologies/failure.ts'

/** A registry's API: where its paths begin, without a slash at the end, and who asks. */
export interface Address {
  host: string
  auth: { username: string; password: string } | null
}

/** Milliseconds after which a registry counts as not answering. */
const PATIENCE = 10_000

/** Reads `http://user:password@host:port/path`. Throws Failure `usage`. */
export function addressOf(url: string): Address {
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
    throw new Failure('usage', 'MILLRACE_REGISTRY must be a URL such as http://127.0.0.1:8081.')
  }
  const { username, password, origin, pathname } = parsed
  const auth = username ? { username: decodeURIComponent(username), password: decodeURIComponent(password) } : null
  return { host: `${origin}${pathname.replace(/\/+$/, '')}`, auth }
}

/** What the registry answers, as JSON; null where it knows no such thing (404). Throws what `refusal` makes of the rest. */
export async function ask(
  address: Address,
  method: 'GET' | 'PUT' | 'POST',
  path: string,
  body?: object,
): Promise<unknown> {
  const response = await send(address, method, path, body)
  const text = await response.text()
  if (response.ok) return parsed(address, text)
  if (response.status === 404) return null
  throw refusal(address, response.status, messageOf(text))
}

function parsed(address: Address, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Failure(
      'registry_denied',
      `${address.host} does not answer as a schema registry; look at the path of its URL.`,
      {
        cause,
      },
    )
  }
}

/** An answer of the shape that it must have. */
export function shaped<T>(address: Address, shape: z.ZodType<T>, answer: unknown): T {
  const read = shape.safeParse(answer)
  if (read.success) return read.data
  const why = z.prettifyError(read.error)
  throw new Failure(
    'registry_denied',
    `The schema registry at ${address.host} answers what this client does not know: ${why}`,
  )
}

/** A status other than success as a Failure. 0: there was no answer. */
export function refusal(address: Address, status: number, message: string): Failure {
  if (status === 401 || status === 403) {
    return new Failure('registry_denied', `The schema registry at ${address.host} refuses this user: ${message}`)
  }
  if (status > 0 && status < 500) {
    return new Failure(
      'registry_denied',
      `The schema registry at ${address.host} refuses a request (${status}): ${message}`,
    )
  }
  return new Failure('registry_unreachable', `The schema registry at ${address.host} does not answer: ${message}`)
}

async function send(address: Address, method: string, path: string, body?: object): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/vnd.schemaregistry.v1+json, application/json' }
  if (body) headers['content-type'] = 'application/json'
  if (address.auth) {
    const { username, password } = address.auth
    headers.authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  }
  const signal = AbortSignal.timeout(PATIENCE)
  try {
    return await fetch(`${address.host}${path}`, {
      method,
      headers,
      signal,
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
  } catch (cause) {
    throw refusal(address, 0, reasonOf(cause))
  }
}

/** The message that registries put into their errors; else what they say, cut short. */
function messageOf(text: string): string {
  try {
    const answer: unknown = JSON.parse(text)
    const known = typeof answer === 'object' && answer !== null && 'message' in answer
    return known ? String(answer.message) : text.slice(0, 200)
  } catch {
    return text.slice(0, 200)
  }
}

/** fetch says only that it failed; why it did lies in the cause. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  if (!(thrown.cause instanceof Error)) return thrown.message
  return thrown.cause.message || ('code' in thrown.cause ? String(thrown.cause.code) : thrown.message)
}

import type { Json } from '../../schemas/json/keys.ts'
import { Failure } from '../../topologies/failure.ts'
import type { Usage } from './spending.ts'
import type { Reply } from './transport.ts'

/** As much of what an endpoint complains of as is shown. Characters. */
const SHOWN = 300

/** The JSON of a reply that says that it is in order. Throws Failure for any other, by whose fault it is. */
export function replied({ status, text }: Reply, host: string): Json {
  if (status >= 400 && status < 500 && !OURS.has(status)) {
    throw new Failure(
      'request_refused',
      `The endpoint at ${host} refuses the request (${status}): ${complaintIn(text)}`,
    )
  }
  if (status < 200 || status >= 300) {
    throw new Failure(
      'operator_unavailable',
      `The endpoint at ${host} answers ${status}: ${complaintIn(text)}${cureOf(status)}`,
    )
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Failure('operator_unavailable', `The endpoint at ${host} answers with broken JSON.`, { cause })
  }
}

/** Refusals that no document is guilty of: the key, the address, the model, or the time. */
const OURS = new Set([401, 402, 403, 404, 405, 407, 408, 409, 425, 429])

function cureOf(status: number): string {
  if (status === 401 || status === 403)
    return ' Look at the key in OPENAI_API_KEY, or the one that model_params.api_key names.'
  if (status === 404 || status === 405) return ' Look at the address and at the name of the model.'
  if (status >= 300 && status < 400)
    return ' It sends elsewhere, and documents are sent nowhere but where the recipe says.'
  return ''
}

/** What an error of OpenAI's form says, or the reply as it is. */
function complaintIn(text: string): string {
  const said = messageIn(text) ?? text
  const line = said.replace(/\s+/g, ' ').trim()
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line || 'nothing more.'
}

function messageIn(text: string): string | null {
  try {
    const message = memberAt(JSON.parse(text), ['error', 'message'])
    return typeof message === 'string' ? message : null
  } catch {
    return null
  }
}

/**
 * The answer in a reply: the string at the path, '' for null. Throws Failure `answer_unusable` where there is no such place, or
 * something else than a text stands there.
 */
export function answerIn(reply: Json, path: string, host: string): string {
  const found = memberAt(reply, path.split('.'))
  if (found === null) return ''
  if (typeof found === 'string') return found
  const parts = Array.isArray(found) ? found.map((part) => memberAt(part, ['text'])) : [undefined]
  if (parts.every((part) => typeof part === 'string')) return parts.join('')
  throw new Failure('answer_unusable', `The endpoint at ${host} gives no text under ${path}.`)
}

/** The tokens that a reply says it took; none where it does not say. */
export function usageIn(reply: Json): Usage {
  return {
    prompt: countAt(reply, 'prompt_tokens') ?? countAt(reply, 'input_tokens') ?? 0,
    completion: countAt(reply, 'completion_tokens') ?? countAt(reply, 'output_tokens') ?? 0,
  }
}

function countAt(reply: Json, key: string): number | null {
  const count = memberAt(reply, ['usage', key])
  return typeof count === 'number' && Number.isFinite(count) ? count : null
}

/** The value at a path of keys and indexes; undefined where there is none. */
export function memberAt(value: Json | undefined, path: string[]): Json | undefined {
  return path.reduce((holder: Json | undefined, key) => {
    if (Array.isArray(holder)) return holder[Number(key)]
    if (typeof holder !== 'object' || holder === null) return undefined
    return Object.hasOwn(holder, key) ? holder[key] : undefined
  }, value)
}

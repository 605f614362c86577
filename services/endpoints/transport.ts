import { type IncomingHttpHeaders, type IncomingMessage, Agent as PlainAgent, request as requestPlain } from 'node:http'
import { request as requestSecure, Agent as SecureAgent } from 'node:https'
import { classify, Failure } from '../../topologies/failure.ts'

export interface Sending {
  url: URL
  method: 'GET' | 'POST'
  headers: Record<string, string>
  body?: string
  /** For the whole exchange. Seconds. */
  timeout: number
}

export interface Reply {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

/** What answers longer than this is no answer to a question. Bytes. */
const LARGEST = 8 * 1024 * 1024

const agents = { 'http:': new PlainAgent({ keepAlive: true }), 'https:': new SecureAgent({ keepAlive: true }) }

/**
 * Sends one request and reads the whole reply, whatever its status; redirects are not followed, since what is sent is meant for
 * this host. Rejects with Failure `operator_unavailable` when no whole reply comes in time.
 */
export async function send(sending: Sending): Promise<Reply> {
  const signal = AbortSignal.timeout(sending.timeout * 1000)
  try {
    const response = await responseTo(sending, signal)
    const text = await body(response, sending.url)
    return { status: response.statusCode ?? 0, headers: response.headers, text }
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown
    const why = signal.aborted ? `no whole answer within ${sending.timeout} s` : classify(thrown).message
    throw new Failure('operator_unavailable', `The endpoint at ${sending.url.host} does not answer: ${why}.`, {
      cause: thrown,
    })
  }
}

function responseTo({ url, method, headers, body }: Sending, signal: AbortSignal): Promise<IncomingMessage> {
  const isSecure = url.protocol === 'https:'
  const options = { method, headers, signal, agent: agents[isSecure ? 'https:' : 'http:'] }
  return new Promise((resolve, reject) => {
    const request = (isSecure ? requestSecure : requestPlain)(url, options, resolve)
    request.on('error', reject)
    request.end(body)
  })
}

async function body(response: IncomingMessage, url: URL): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response) {
    length += chunk.length
    if (length > LARGEST) {
      response.destroy()
      throw new Failure('operator_unavailable', `The endpoint at ${url.host} answers more than ${LARGEST} bytes.`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

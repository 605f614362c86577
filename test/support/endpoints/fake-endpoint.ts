import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Ways in which an endpoint fails to answer. */
export type Fault =
  | 'busy'
  | 'broken'
  | 'silent'
  | 'half'
  | 'drip'
  | 'reset'
  | 'strange'
  | 'elsewhere'
  | 'refuses'
  | 'locked'
  | 'unknown'

export interface Asked {
  path: string
  authorization: string | undefined
  body: { model?: string; messages?: { role: string; content: string }[]; [key: string]: unknown }
}

/** An endpoint in the manner of OpenAI's that answers what it is told to, and fails as often and in the ways it is told to. */
export class FakeEndpoint {
  readonly asked: Asked[] = []
  /** What becomes of the next requests, in turn; null for one that is answered. */
  faults: (Fault | null)[] = []
  /** What becomes of every request while it is set. */
  outage: Fault | null = null
  answer: (question: string) => string = () => 'yes'
  /** What `busy` asks to wait, as the header has it. */
  retryAfter = '0.05'
  /** Most requests that were open at one time. */
  mostAtOnce = 0
  /** Milliseconds until an answer comes. */
  delay = 0
  #open = 0
  readonly #server = createServer((request, response) => void this.#serve(request, response))

  /** Opens it and gives its address. */
  async open(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    const { port } = this.#server.address() as AddressInfo // it listens on a port
    return `http://127.0.0.1:${port}/v1`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#open)
    response.on('close', () => this.#open--)
    const { url: path = '', headers } = request
    if (request.method === 'GET') {
      reply(response, 200, { data: [{ id: 'first-model' }] })
      return
    }
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body: Asked['body'] = JSON.parse(Buffer.concat(chunks).toString())
    this.asked.push({ path, authorization: headers.authorization, body })
    const fault = this.outage ?? this.faults.shift() ?? null
    if (this.delay > 0) await new Promise((resolve) => setTimeout(resolve, this.delay))
    if (fault) fail(fault, response, this.retryAfter)
    else reply(response, 200, completion(this.answer(body.messages?.at(-1)?.content ?? '')))
  }
}

function completion(content: string): object {
  return {
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
  }
}

function reply(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

function fail(fault: Fault, response: ServerResponse, retryAfter: string): void {
  const error = (message: string) => ({ error: { message } })
  if (fault === 'busy') reply(response, 429, error('Slow down.'), { 'retry-after': retryAfter })
  if (fault === 'broken') reply(response, 500, error('Out of order.'))
  if (fault === 'refuses') reply(response, 400, error('This is longer than the context of the model.'))
  if (fault === 'locked') reply(response, 401, error(`Wrong key: ${response.req.headers.authorization}.`))
  if (fault === 'unknown') reply(response, 404, error('There is no such model.'))
  if (fault === 'elsewhere') response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end()
  if (fault === 'strange') reply(response, 200, { verdict: 'fine' })
  if (fault === 'half') response.writeHead(200, { 'content-type': 'application/json' }).end('{"choices": [{"mess')
  if (fault === 'drip') drip(response)
  if (fault === 'reset') response.socket?.destroy()
  // `silent` never answers
}

/** A blank now and then, and never an end. */
function drip(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  const timer = setInterval(() => response.write(' '), 20)
  response.on('close', () => clearInterval(timer))
}

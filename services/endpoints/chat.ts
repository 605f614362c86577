import { join } from 'node:path'
import pLimit from 'p-limit'
import type { Json } from '../../schemas/json/keys.ts'
import type { ChatMessage, ChatModel, ChatModels, Endpoint } from '../../topologies/effects.ts'
import { Failure } from '../../topologies/failure.ts'
import { addressOf, isOwnAddress, type Trust } from './addresses.ts'
import { AnswerStore } from './answer-store.ts'
import { type Environment, keyOf } from './keys.ts'
import { askedToWait, Pace } from './pace.ts'
import { answerIn, memberAt, replied, usageIn } from './reply.ts'
import { Spending } from './spending.ts'
import { type Reply, send } from './transport.ts'

export interface ChatOptions {
  /** What the recipe allows. */
  allowed: Trust['allowed']
  /** Where answers and accounts are kept. */
  home: string
  env: Environment
}

/** Longer than that nobody waits in line: the endpoint counts as out of order, and the recipe says what then. Milliseconds. */
const LONGEST_WAIT = 60_000
/** How long an endpoint is spared that fails again and again. Milliseconds. */
const REST = 1_000
/** The pause before the second attempt where the endpoint does not say how long; it doubles from then on. Milliseconds. */
const FIRST_WAIT = 500

/** Opens models behind endpoints. */
export function chatModels({ allowed, home, env }: ChatOptions): ChatModels {
  return (endpoint) => {
    const url = addressOf(endpoint, { allowed, own: env.OPENAI_BASE_URL })
    // unasked, the key of whoever runs the recipe goes to their own endpoint alone
    const hasKey = endpoint.key !== null || isOwnAddress(url, env.OPENAI_BASE_URL)
    return new EndpointModel(endpoint, { url, key: hasKey ? keyOf(endpoint.key, env) : null, home })
  }
}

interface Place {
  url: URL
  key: string | null
  home: string
}

class EndpointModel implements ChatModel {
  readonly #endpoint: Endpoint
  readonly #place: Place
  readonly #pace: Pace
  readonly #limit: ReturnType<typeof pLimit>
  readonly #store: AnswerStore | null
  readonly #spending: Spending | null
  /** Questions on their way, so that equal ones at one time are asked once. */
  readonly #asked = new Map<string, Promise<string>>()
  readonly #rest: Rest
  #model: string | null

  constructor(endpoint: Endpoint, place: Place) {
    this.#endpoint = endpoint
    this.#place = place
    this.#model = endpoint.model
    this.#pace = new Pace(endpoint.requestsPerMinute)
    this.#limit = pLimit(endpoint.concurrency)
    this.#rest = new Rest(2 * endpoint.concurrency)
    this.#store = endpoint.remember ? new AnswerStore(join(place.home, 'answers')) : null
    const { budget, asker } = endpoint
    this.#spending = budget
      ? new Spending(
          join(place.home, 'spending'),
          `${place.url.origin} ${endpoint.model} ${budget.name ?? asker}`,
          budget,
        )
      : null
  }

  async ready(): Promise<void> {
    if (this.#model !== null) return
    const { url } = this.#place
    const list = new URL('models', url.href.replace(/(?:chat\/completions|responses)\/?$/, ''))
    const reply = await send({ url: list, method: 'GET', headers: this.#headers(), timeout: this.#endpoint.timeout })
    const first = memberAt(replied(reply, url.host), ['data', '0', 'id'])
    if (typeof first !== 'string') {
      throw new Failure('parameters_invalid', `The endpoint at ${url.host} lists no models: name one.`)
    }
    this.#model = first
  }

  async ask(messages: ChatMessage[], attempt: number): Promise<string> {
    await this.ready()
    const body = this.#bodyOf(messages)
    const question = JSON.stringify([this.#place.url.href, this.#endpoint.responsePath, body, attempt])
    const asked = this.#asked.get(question)
    if (asked !== undefined) return asked
    const answer = this.#answerTo(question, body).finally(() => this.#asked.delete(question))
    this.#asked.set(question, answer)
    return answer
  }

  async #answerTo(question: string, body: Json): Promise<string> {
    const known = await this.#store?.find(question)
    if (known) return known.text
    const text = await this.#limit(() => this.#paid(JSON.stringify(body)))
    await this.#store?.keep(question, { text })
    return text
  }

  /** Asks within the budget. What was not answered costs nothing; what was, counts, even when it is of no use. */
  async #paid(body: string): Promise<string> {
    const { host } = this.#place.url
    this.#rest.require(host)
    this.#spending?.begin()
    let reply: Json | undefined
    try {
      reply = replied(this.#withoutKey(await this.#patiently(body)), host)
      this.#rest.worked()
    } catch (thrown) {
      this.#rest.failed(thrown)
      throw thrown
    } finally {
      this.#spending?.end(reply === undefined ? null : usageIn(reply))
    }
    return answerIn(reply, this.#endpoint.responsePath ?? this.#usualPath(), host)
  }

  /** Sends, and again as long as the endpoint asks to do so later. */
  async #patiently(body: string): Promise<Reply> {
    const { url } = this.#place
    for (let attempt = 0; ; attempt++) {
      await this.#pace.turn()
      const reply = await send({ url, method: 'POST', headers: this.#headers(), body, timeout: this.#endpoint.timeout })
      const asked = askedToWait(reply.headers, new Date())
      const isBusy = reply.status === 429 || (reply.status === 503 && asked !== null)
      const wait = asked ?? FIRST_WAIT * 2 ** attempt
      if (!isBusy) return reply
      if (wait > LONGEST_WAIT) throw busy(url, `asks to wait ${Math.round(wait / 1000)} s`)
      this.#pace.close(wait)
      if (attempt >= this.#endpoint.retries) throw busy(url, `is busy at attempt ${attempt + 1} still`)
    }
  }

  /** What an endpoint complains of may hold the key that it was sent, and goes into dead letters. */
  #withoutKey(reply: Reply): Reply {
    const { key } = this.#place
    return key === null || reply.status < 300 ? reply : { ...reply, text: reply.text.replaceAll(key, '***') }
  }

  #bodyOf(messages: ChatMessage[]): Json {
    const { sampling } = this.#endpoint
    const said = messages.map(({ role, content }) => ({ role, content }))
    const questions = this.#isOfResponses() ? { input: said } : { messages: said }
    return { ...questions, model: this.#model, ...sampling }
  }

  #isOfResponses(): boolean {
    return this.#place.url.pathname.endsWith('/responses')
  }

  #usualPath(): string {
    return this.#isOfResponses() ? 'output.0.content.0.text' : 'choices.0.message.content'
  }

  #headers(): Record<string, string> {
    const { key } = this.#place
    return {
      accept: 'application/json',
      'content-type': 'application/json',
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
    }
  }
}

/**
 * Spares an endpoint that does not work: after so many failures in a row nothing is sent for a while, so that a batch of
 * thousands is told within seconds, and not after as many time-outs.
 */
class Rest {
  readonly #most: number
  #failures = 0
  #until = 0

  constructor(most: number) {
    this.#most = most
  }

  /** Throws Failure `operator_unavailable` while the endpoint is spared. */
  require(host: string): void {
    if (performance.now() >= this.#until) return
    throw new Failure('operator_unavailable', `The endpoint at ${host} failed too often and is left alone for a while.`)
  }

  worked(): void {
    this.#failures = 0
  }

  failed(thrown: unknown): void {
    const isOut = thrown instanceof Failure && thrown.code === 'operator_unavailable'
    if (isOut && ++this.#failures >= this.#most) this.#until = performance.now() + REST
  }
}

function busy({ host }: URL, how: string): Failure {
  return new Failure('operator_unavailable', `The endpoint at ${host} ${how}.`)
}

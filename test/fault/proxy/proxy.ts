import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { random } from '../../support/random.ts'
import { type Rule, Rules } from './faults.ts'
import type { Seen } from './frames.ts'
import { type Address, type Held, Link, type Weather } from './link.ts'
import { entries, type Fields } from './values.ts'

/** How often a held request is looked for. Milliseconds. */
const POLL = 10

/**
 * Stands between clients and one Kafka broker, understands what they say to each other, and spoils it on demand. Clients that are
 * given its address never learn of another one.
 */
export class FaultyProxy {
  readonly #target: Address
  readonly #links = new Set<Link>()
  readonly #server: Server
  readonly #rules: Rules
  readonly #next: () => number
  readonly #weather: Weather = { latency: null, bytesPerSecond: null }
  readonly #held: Held[] = []
  readonly #strange: unknown[] = []
  #stalled = false
  #port = 0

  private constructor(target: Address, seed: number) {
    this.#target = target
    this.#next = random(seed)
    this.#rules = new Rules(this.#next)
    this.#server = createServer({ pauseOnConnect: false }, (socket) => {
      const link = new Link(socket, {
        target,
        rules: this.#rules,
        weather: this.#weather,
        next: this.#next,
        redirect: (request, answer) => this.#redirect(request, answer),
        onHeld: (held) => this.#held.push(held),
        onStrange: (error) => this.#strange.push(error),
      })
      this.#links.add(link)
      if (this.#stalled) link.stall()
      void link.closed.then(() => this.#links.delete(link))
    })
  }

  /** @param seed of everything that is left to chance */
  static async start(broker: string, seed: number): Promise<FaultyProxy> {
    const [host = '', port] = broker.split(':')
    const proxy = new FaultyProxy({ host, port: Number(port) }, seed)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    const address = proxy.#server.address()
    proxy.#port = typeof address === 'object' && address !== null ? address.port : 0
    return proxy
  }

  /** `host:port` for clients. */
  get address(): string {
    return `127.0.0.1:${this.#port}`
  }

  get hits(): number {
    return this.#rules.hits
  }

  /** What the rules have done so far, for the message of a failing test. */
  describe(): string {
    return this.#rules.describe()
  }

  add(...rules: Rule[]): void {
    this.#rules.add(...rules)
  }

  /** Ends every fault: rules, latency, slowness, stalls. Connections that are mute stay so. */
  clear(): void {
    this.#rules.clear()
    this.relax()
  }

  /** Ends what bears on all connections; rules that have not hit yet stay. */
  relax(): void {
    this.#weather.latency = null
    this.#weather.bytesPerSecond = null
    this.flow()
  }

  latency(from: number, to: number): void {
    this.#weather.latency = [from, to]
  }

  drip(bytesPerSecond: number): void {
    this.#weather.bytesPerSecond = bytesPerSecond
  }

  /** Nothing passes until `flow`; then all that waited does. */
  stall(): void {
    this.#stalled = true
    for (const link of this.#links) link.stall()
  }

  flow(): void {
    this.#stalled = false
    for (const link of this.#links) link.flow()
  }

  /** The connections of this moment never answer again, nor close. */
  muteAll(): void {
    for (const link of this.#links) link.mute()
  }

  resetAll(): void {
    for (const link of this.#links) link.reset()
  }

  /** Waits for the next request that a rule holds back. */
  async held(): Promise<Held> {
    for (;;) {
      const held = this.#held.shift()
      if (held) return held
      await sleep(POLL)
    }
  }

  /** Rejects when anything passed that was not understood. */
  async close(): Promise<void> {
    this.#server.close()
    this.resetAll()
    if (this.#strange.length > 0) throw this.#strange[0]
  }

  /** Says of the broker behind this proxy that it lives here. */
  #redirect({ api }: Seen, answer: Fields): Fields {
    const here = { host: '127.0.0.1', port: this.#port }
    const moved = (fields: Fields): Fields => (this.#isTarget(fields) ? { ...fields, ...here } : fields)
    if (api === 'FindCoordinator') return moved(answer)
    if (api === 'Metadata') return { ...answer, brokers: entries(answer, 'brokers').map(moved) }
    return answer
  }

  #isTarget({ host, port }: Fields): boolean {
    return host === this.#target.host && port === this.#target.port
  }
}

import { setTimeout as sleep } from 'node:timers/promises'

/** The pace at which a replica may ask one endpoint: so many requests a minute, and none while the endpoint asks to wait. */
export class Pace {
  readonly #interval: number
  /** When the next request may go, by the clock of `performance`. */
  #next = 0
  #closedUntil = 0

  /** @param requestsPerMinute null for no limit */
  constructor(requestsPerMinute: number | null) {
    this.#interval = requestsPerMinute === null ? 0 : 60_000 / requestsPerMinute
  }

  /** Settles when a request may be sent. */
  async turn(): Promise<void> {
    const now = performance.now()
    const at = Math.max(now, this.#next)
    this.#next = at + this.#interval
    if (at > now) await sleep(at - now)
    // It may be closed again while one waits.
    for (let left = this.#left(); left > 0; left = this.#left()) await sleep(left)
  }

  /** Nothing is sent for so long. Milliseconds. */
  close(wait: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, performance.now() + wait)
  }

  #left(): number {
    return this.#closedUntil - performance.now()
  }
}

/** What a reply asks to wait, by `Retry-After-Ms` or `Retry-After` in seconds or as a date; null where it asks nothing. Milliseconds. */
export function askedToWait(headers: Record<string, string | string[] | undefined>, now: Date): number | null {
  const milliseconds = Number(headers['retry-after-ms'])
  if (milliseconds > 0) return milliseconds
  const after = headers['retry-after']
  if (typeof after !== 'string') return null
  const seconds = Number(after)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const date = Date.parse(after)
  return Number.isNaN(date) ? null : Math.max(0, date - now.getTime())
}

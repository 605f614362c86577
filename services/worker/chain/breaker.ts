import type { Failure } from '../../../topologies/failure.ts'
import type { Tolerance } from '../../../topologies/tolerance.ts'

/**
 * Tells whether an operator is out of order. Failures in a row open it, one that says that something is not available does at
 * once; while it is open the operator is left alone, and after the cool-down one document shows whether the outage is over.
 *
 *   closed -> (failures) open -> (cool-down) half open -> closed | open
 */
export class Breaker {
  readonly #limits: Tolerance['breaker']
  #failures = 0
  /** When the operator may be tried again; null while it is closed. Milliseconds. */
  #until: number | null = null

  constructor(limits: Tolerance['breaker']) {
    this.#limits = limits
  }

  /** Whether the operator may be tried at this time. */
  permits(now: number): boolean {
    return this.#until === null || now >= this.#until
  }

  succeeded(): void {
    this.#failures = 0
    this.#until = null
  }

  /** Takes note of a failure; true when the operator is out of order now. */
  failed({ code }: Failure, now: number): boolean {
    // Money that is spent does not come back by waiting.
    if (code === 'budget_spent') return false
    this.#failures++
    const halfOpen = this.#until !== null
    if (!halfOpen && code !== 'operator_unavailable' && this.#failures < this.#limits.failures) return false
    this.#until = now + this.#limits.coolDown
    return true
  }
}

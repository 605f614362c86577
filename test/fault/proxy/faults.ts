import type { CodeName } from './answers.ts'
import type { Seen } from './frames.ts'
import type { ApiName } from './layouts.ts'

/** `request`: the broker has not heard of it. `answer`: the broker has acted, and the client does not know. */
export type Where = 'request' | 'answer'

/** What becomes of one request or its answer. */
export type Fault =
  /** The connection is reset. */
  | { kind: 'reset'; at: Where }
  /** It never arrives, and the connection stays open. */
  | { kind: 'silence'; at: Where }
  /** The client is told this error. */
  | { kind: 'code'; at: Where; code: CodeName }
  /** It arrives late by so many milliseconds. */
  | { kind: 'late'; at: Where; milliseconds: number }
  /** Only half of its bytes arrive, then the connection ends. */
  | { kind: 'cut'; at: Where }
  /** The client is asked to keep quiet for so many milliseconds. */
  | { kind: 'throttle'; at: 'answer'; milliseconds: number }
  /** It is kept until the test lets it go, whatever became of the client, who hears nothing. */
  | { kind: 'hold'; at: 'request' }

export interface Rule {
  /** Which requests it is about; all that are understood, when not given. */
  api?: ApiName
  fault: Fault
  /** So many of them pass before the first is hit. */
  skip?: number
  /** So many are hit; one, when not given. */
  times?: number
  /** Of those that could be hit, this share is. All, when not given. */
  share?: number
  /** Which of them at all. */
  when?: (request: Seen) => boolean
}

/** The rules of a run, each with its count. `next` gives numbers in [0, 1). */
export class Rules {
  readonly #next: () => number
  #rules: { rule: Rule; passed: number; hits: number }[] = []

  constructor(next: () => number) {
    this.#next = next
  }

  add(...rules: Rule[]): void {
    this.#rules.push(...rules.map((rule) => ({ rule, passed: 0, hits: 0 })))
  }

  clear(): void {
    this.#rules = []
  }

  /** How often a rule has hit anything. */
  get hits(): number {
    return this.#rules.reduce((sum, { hits }) => sum + hits, 0)
  }

  /** How often each rule has hit, for people. */
  describe(): string {
    return this.#rules
      .map(({ rule, hits }) => `${rule.api ?? 'any request'}: ${JSON.stringify(rule.fault)} ${hits}x`)
      .join('; ')
  }

  /** The fault that hits this request on its way there or back, if any. */
  pick(request: Seen, at: Where): Fault | null {
    for (const entry of this.#rules) {
      const { rule } = entry
      if (rule.fault.at !== at || !concerns(rule, request) || entry.hits >= (rule.times ?? 1)) continue
      if (entry.passed++ < (rule.skip ?? 0)) continue
      if (rule.share !== undefined && this.#next() >= rule.share) continue
      entry.hits++
      return rule.fault
    }
    return null
  }
}

function concerns({ api, when }: Rule, request: Seen): boolean {
  if (request.api === null || (api !== undefined && request.api !== api)) return false
  return when ? when(request) : true
}

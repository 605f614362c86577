import type { Codec } from '../../schemas/codec.ts'
import type { Original, Verdict, VerdictBlock } from '../../schemas/dataset.ts'
import { classify, type Failure } from '../../topologies/failure.ts'
import type { DatasetLink } from '../../topologies/topology.ts'
import type { Broker } from '../brokers/broker.ts'
import { spelling } from './store/keys.ts'

export interface VerdictLogParts {
  broker: Broker
  link: DatasetLink
  codec: Codec
  partition: number
}

interface Waiter {
  block: bigint
  resolve(): void
  reject(failure: Failure): void
}

/** What the verdicts of one partition say, as far as they have come. */
export class VerdictLog {
  readonly #parts: VerdictLogParts
  readonly #ending = new AbortController()
  /** With the block in which the document is, where that is known. */
  readonly #verdicts = new Map<string, { verdict: Verdict; block: bigint }>()
  /** By answerer: the block up to which it has judged all. */
  readonly #through = new Map<number, bigint>()
  #waiters: Waiter[] = []
  #failure: Failure | null = null

  constructor(parts: VerdictLogParts) {
    this.#parts = parts
    void this.#follow()
  }

  /** Resolves when all have judged up to this block. Rejects when the log cannot be read. */
  judged(block: bigint): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure)
    if (this.#reached() >= block) return Promise.resolve()
    return new Promise((resolve, reject) => this.#waiters.push({ block, resolve, reject }))
  }

  /** What is said of the document at this place in the order; undefined when nothing is. */
  of(order: Buffer): Verdict | undefined {
    return this.#verdicts.get(spelling(order))?.verdict
  }

  /** The document is through: its verdict is not asked for any more. */
  forget(order: Buffer): void {
    this.#verdicts.delete(spelling(order))
  }

  /** Documents of blocks before this one are through: a log that is read again tells of them, too. */
  forgetBefore(block: bigint): void {
    for (const [order, known] of this.#verdicts) {
      if (known.block >= 0n && known.block < block) this.#verdicts.delete(order)
    }
  }

  close(): void {
    this.#ending.abort()
  }

  #reached(): bigint {
    if (this.#through.size < this.#parts.link.answerers) return -1n
    const [first = -1n, ...others] = this.#through.values()
    let least = first
    for (const through of others) if (through < least) least = through
    return least
  }

  async #follow(): Promise<void> {
    const { broker, link, codec, partition } = this.#parts
    const { signal } = this.#ending
    try {
      for await (const { records } of broker.read(link.verdicts, {
        partitions: [partition],
        until: 'forever',
        signal,
      })) {
        for (const { value } of records) if (value) this.#take(codec.decodeVerdicts(value))
        this.#wake()
      }
    } catch (thrown) {
      this.#failure = classify(thrown)
      for (const waiter of this.#waiters) waiter.reject(this.#failure)
      this.#waiters = []
    }
  }

  /** Several answerers may know something of one document: each of some of its lines, or of some that it is like. */
  #take({ answerer, through, verdicts }: VerdictBlock): void {
    for (const verdict of verdicts) {
      const key = spelling(verdict.order)
      const known = this.#verdicts.get(key)
      this.#verdicts.set(key, { verdict: known ? both(known.verdict, verdict) : verdict, block: through })
    }
    if (through > (this.#through.get(answerer) ?? -1n)) this.#through.set(answerer, through)
  }

  #wake(): void {
    const reached = this.#reached()
    const [ready, waiting] = [[] as Waiter[], [] as Waiter[]]
    for (const waiter of this.#waiters) (waiter.block <= reached ? ready : waiting).push(waiter)
    this.#waiters = waiting
    for (const { resolve } of ready) resolve()
  }
}

function both(a: Verdict, b: Verdict): Verdict {
  const original = a.original && b.original ? earlier(a.original, b.original) : (a.original ?? b.original)
  return { ...a, reason: a.reason ?? b.reason, original, lines: [...a.lines, ...b.lines] }
}

/** By offset, then by partition: within a partition that is the order of arrival, and everywhere the answer is always the same. */
function earlier(a: Original, b: Original): Original {
  if (a.pipeline !== b.pipeline) return a.pipeline < b.pipeline ? a : b
  const [p = 0, x = 0] = numbersIn(a.id)
  const [q = 0, y = 0] = numbersIn(b.id)
  return x < y || (x === y && p <= q) ? a : b
}

function numbersIn(id: string): number[] {
  return id.split(/[-.]/).map(Number)
}

import type { Codec } from '../../schemas/codec.ts'
import type { Document } from '../../schemas/document.ts'
import { writeSample } from '../../schemas/sample.ts'
import type { Broker } from '../brokers/broker.ts'
import { merged, Spill } from './spill.ts'

export interface CollectParts {
  broker: Broker
  codec: Codec
  topic: string
  /** First offset of the run per partition. */
  from: Map<number, bigint>
  /** Spills are written beside this path. */
  path: string
  run: string
  /** A document as it waits for the end of the run; without what is internal when not given. */
  render?: ((document: Document) => Buffer) | undefined
  signal: AbortSignal
}

/**
 * Follows the refined topic while a run goes on and gathers its documents. `complete` resolves when as many are there as the
 * ledger says; `lines` then gives them in input order.
 */
export class Collector {
  count = 0
  readonly #parts: CollectParts
  readonly #spills: Map<number, Spill>
  readonly #abort = new AbortController()
  readonly #following: Promise<void>
  #expected: number | null = null
  #reached: () => void = () => undefined

  constructor(parts: CollectParts) {
    this.#parts = parts
    const spill = (partition: number) => new Spill(`${parts.path}.${parts.run}.${partition}.partial`)
    this.#spills = new Map([...parts.from.keys()].map((partition) => [partition, spill(partition)]))
    this.#following = this.#follow()
    this.#following.catch(() => undefined)
  }

  /** Waits for this many documents and no more. Rejects when they cannot be read or kept. */
  async complete(expected: number): Promise<void> {
    const reached = new Promise<void>((resolve) => {
      this.#reached = resolve
    })
    this.#expected = expected
    if (this.count >= expected) this.#reached()
    await Promise.race([reached, this.#following])
    this.#parts.signal.throwIfAborted()
    this.#abort.abort()
    await this.#following
    for (const spill of this.#spills.values()) await spill.finish()
  }

  lines(): AsyncIterable<Buffer> {
    return merged([...this.#spills.values()])
  }

  /** Ends the reading and removes what was written to disk. */
  async close(): Promise<void> {
    this.#abort.abort()
    await this.#following.catch(() => undefined)
    for (const spill of this.#spills.values()) await spill.remove()
  }

  async #follow(): Promise<void> {
    const { broker, codec, topic, from, render = withoutInternal } = this.#parts
    const signal = AbortSignal.any([this.#parts.signal, this.#abort.signal])
    for await (const batch of broker.read(topic, { from, until: 'forever', signal })) {
      for (const record of batch.records) {
        if (!record.value) continue
        const document = codec.decodeDocument(record.value)
        await this.#spills.get(batch.partition)?.add({ ordinal: document.ordinal, line: render(document) })
        this.count++
      }
      if (this.#expected !== null && this.count >= this.#expected) this.#reached()
    }
  }
}

function withoutInternal(document: Document): Buffer {
  return writeSample(document, { dropInternal: true })
}

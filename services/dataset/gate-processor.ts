import { once } from 'node:events'
import type { Codec } from '../../schemas/codec.ts'
import { Failure } from '../../topologies/failure.ts'
import { HEADERS } from '../../topologies/names.ts'
import type { DatasetLink } from '../../topologies/topology.ts'
import type { Broker, IncomingRecord } from '../brokers/broker.ts'
import type { BatchResult } from '../worker/chain/work.ts'
import type { Processor } from '../worker/processor.ts'
import { VerdictLog } from './verdict-log.ts'

export interface GateParts {
  broker: Broker
  link: DatasetLink
  codec: Codec
  /** The stage's own operators. */
  inner: Processor
}

/** Holds documents back until all that is to be known of them is there, and lets them through with it. */
export class GateProcessor implements Processor {
  readonly #parts: GateParts
  readonly #logs = new Map<number, VerdictLog>()
  /** Partitions of which nothing has come through since they were resumed. */
  readonly #begun = new Set<number>()

  constructor(parts: GateParts) {
    this.#parts = parts
  }

  async resume(partition: number): Promise<void> {
    this.#logs.get(partition)?.close()
    this.#begun.add(partition)
    this.#logs.set(partition, new VerdictLog({ ...this.#parts, partition }))
  }

  async process(records: IncomingRecord[], partition: number, signal?: AbortSignal): Promise<BatchResult> {
    const log = this.#logs.get(partition)
    if (!log) throw new Error('a batch came before its partition was resumed')
    const last = records.reduce((most, { headers }) => later(most, blockOf(headers)), -1n)
    await unlessAborted(log.judged(last), signal)
    const first = records.map(({ headers }) => blockOf(headers)).find((block) => block >= 0n)
    if (first !== undefined && this.#begun.delete(partition)) log.forgetBefore(first)
    const result = await this.#parts.inner.process(
      records.map((record) => this.#with(record, log)),
      partition,
    )
    const settled = async () => {
      for (const { headers } of records) {
        const order = headers[HEADERS.order]
        if (order) log.forget(order)
      }
    }
    return { ...result, settled }
  }

  async leave(partition: number): Promise<void> {
    this.#logs.get(partition)?.close()
    this.#logs.delete(partition)
  }

  async close(): Promise<void> {
    for (const log of this.#logs.values()) log.close()
    await this.#parts.inner.close()
  }

  #with(record: IncomingRecord, log: VerdictLog): IncomingRecord {
    const order = record.headers[HEADERS.order]
    const verdict = order && log.of(order)
    if (!verdict) return record
    const bytes = this.#parts.codec.encodeVerdicts({ answerer: 0, through: 0n, verdicts: [verdict] })
    return { ...record, headers: { ...record.headers, [HEADERS.verdict]: bytes } }
  }
}

function blockOf(headers: IncomingRecord['headers']): bigint {
  return BigInt(headers[HEADERS.block]?.toString() ?? -1)
}

function later(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}

/** What it waits for may take as long as the data set. */
async function unlessAborted(waiting: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return waiting
  const pending = new Failure('verdicts_pending', 'The documents wait until the whole data set has been seen.')
  if (signal.aborted) throw pending
  const over = new AbortController()
  try {
    const aborted = once(signal, 'abort', { signal: over.signal }).then(() => Promise.reject(pending))
    aborted.catch(() => undefined)
    await Promise.race([waiting, aborted])
  } finally {
    over.abort()
  }
}

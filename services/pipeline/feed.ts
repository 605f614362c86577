import { setTimeout as sleep } from 'node:timers/promises'
import { classify, Failure } from '../../topologies/failure.ts'
import { groupName, HEADERS, transactionalId } from '../../topologies/names.ts'
import type { Topology } from '../../topologies/topology.ts'
import type { Broker, Delivery, Headers, OutgoingRecord, Transactor } from '../brokers/broker.ts'
import { checkpoint } from '../worker/checkpoint.ts'
import { countedOn, lastFed } from './count.ts'
import { linesBehind, sameLine } from './resume.ts'

/** One line of a source, as the feeder takes it. */
export interface FeedLine {
  bytes: Uint8Array
  /** Where the line stands, for people: `file:line`. */
  place: string
  /** The line is longer than a record can be: `bytes` is only its head. */
  oversize?: OversizeLine
}

/** What stands for a line that is not held whole: enough to find it again and to know it. */
export interface OversizeLine {
  /** Bytes of the whole line. */
  length: number
  /** SHA-256 of the whole line, hexadecimal. */
  sha256: string
  /** Where it begins in its file, after decompression. */
  byteOffset: bigint
}

/** What the feeder needs to know of a topology. */
export type FeedTopology = Pick<Topology, 'pipeline' | 'compression' | 'transactionBytes'> & {
  topics: Pick<Topology['topics'], 'raw'>
  channels: readonly Pick<Topology['channels'][number], 'kind' | 'partitions'>[]
}

export interface FeedParts {
  broker: Broker
  topology: FeedTopology
  /** Set when the input is a whole run: its end markers close every partition behind the data. */
  run: string | null
  lines: AsyncIterable<FeedLine[]>
  /** Given when lines that a feeder before this one has fed are to be passed over; told where the last of them stands, if any. */
  onResumed?(place: string | null): void
  /** Told after each transaction how much is committed by now. */
  onFed(records: number, bytes: number): void
  signal?: AbortSignal
}

/** So many neighbouring lines go to one partition, then the next has its turn. */
const TURN = 16
const ATTEMPTS = 8

/**
 * Writes lines to the raw topic, exactly once. The count of fed records is committed as an offset of the feeder's own group
 * in the transaction that carries them, so after an unclear answer the committed count tells whether to send again.
 * The count goes on over all runs of a pipeline and is the order number (ordinal) of each record.
 */
export async function feed(parts: FeedParts): Promise<{ records: number; bytes: number }> {
  const feeder = new Feeder(parts)
  await feeder.open()
  try {
    for await (const lines of parts.onResumed ? await feeder.resume(parts.onResumed) : parts.lines) {
      parts.signal?.throwIfAborted()
      for (const line of lines) await feeder.add(line)
    }
    await feeder.end()
    return { records: feeder.records, bytes: feeder.bytes }
  } finally {
    await feeder.close()
  }
}

/** How far the feeder is once a transaction is committed. */
interface Reached {
  upTo: bigint
  /** The line behind which it stands then. */
  last: FeedLine | null
  records: number
  bytes: number
}

class Feeder {
  records = 0
  bytes = 0
  readonly #parts: FeedParts
  readonly #partitions: number
  readonly #group: string
  #transactor: Transactor | null = null
  #ordinal = 0n
  /** The count that is known to be committed. */
  #done = 0n
  #last: FeedLine | null = null
  /** What the next transaction takes, by partition. */
  #waiting: OutgoingRecord[][] = []
  #waitingBytes = 0
  #committing: Promise<void> = Promise.resolve()

  constructor(parts: FeedParts) {
    this.#parts = parts
    this.#group = groupName(parts.topology.pipeline, 'feed')
    this.#partitions = parts.topology.channels.find(({ kind }) => kind === 'raw')?.partitions ?? 1
  }

  async open(): Promise<void> {
    const { broker, topology } = this.#parts
    this.#transactor = await broker.transactor(transactionalId(this.#group, topology.topics.raw, 0), {
      compression: topology.compression,
    })
    await this.#transactor.init()
    this.#done = await this.#committed()
    this.#ordinal = this.#done
  }

  /** The lines that are not on the topic yet. Older feeders are fenced by now, so what is there is there for good. */
  async resume(onResumed: (place: string | null) => void): Promise<AsyncIterable<FeedLine[]>> {
    const { broker, topology, lines } = this.#parts
    const last = await lastFed(broker, topology.topics.raw)
    if (last?.ordinal !== (this.#done === 0n ? undefined : this.#done - 1n)) throw untold(topology.topics.raw)
    onResumed(last?.place ?? null)
    return last ? linesBehind(lines, last) : lines
  }

  async add(line: FeedLine): Promise<void> {
    const ordinal = Buffer.allocUnsafe(8)
    ordinal.writeBigInt64BE(this.#ordinal++)
    const value = Buffer.from(line.bytes.buffer, line.bytes.byteOffset, line.bytes.byteLength)
    const headers: Headers = { [HEADERS.source]: line.place, [HEADERS.ordinal]: ordinal }
    if (line.oversize)
      headers[HEADERS.oversize] = JSON.stringify({ ...line.oversize, byteOffset: String(line.oversize.byteOffset) })
    this.#records(Math.floor(this.records / TURN) % this.#partitions).push({ key: null, value, headers })
    this.#last = line
    this.records++
    this.bytes += value.length
    this.#waitingBytes += value.length
    if (this.#waitingBytes >= this.#parts.topology.transactionBytes) await this.#flush()
  }

  /** Sends what is left, and the end markers behind it. */
  async end(): Promise<void> {
    const { run } = this.#parts
    for (let partition = 0; run !== null && partition < this.#partitions; partition++) {
      this.#records(partition).push({ key: null, value: null, headers: { [HEADERS.end]: run } })
    }
    await this.#flush()
    await this.#committing
  }

  async close(): Promise<void> {
    await this.#committing.catch(() => undefined)
    await this.#transactor?.close()
  }

  #records(partition: number): OutgoingRecord[] {
    this.#waiting[partition] ??= []
    return this.#waiting[partition]
  }

  /** Commits in the background, one transaction at a time: reading goes on meanwhile. */
  async #flush(): Promise<void> {
    await this.#committing
    const topic = this.#parts.topology.topics.raw
    const deliveries = this.#waiting.flatMap((records, partition) => (records ? [{ topic, partition, records }] : []))
    if (deliveries.length === 0) return
    this.#waiting = []
    this.#waitingBytes = 0
    const { records, bytes } = this
    this.#committing = this.#commit(deliveries, { upTo: this.#ordinal, last: this.#last, records, bytes })
    this.#committing.catch(() => undefined)
  }

  async #commit(deliveries: Delivery[], reached: Reached): Promise<void> {
    const { upTo, records, bytes } = reached
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#send(deliveries, upTo)
        break
      } catch (thrown) {
        const failure = classify(thrown)
        if (failure.code === 'producer_fenced') throw takenOver(this.#parts.topology.pipeline)
        if (!failure.retryable || attempt === ATTEMPTS) throw failure
        await sleep(100 * 2 ** attempt)
        if (await this.#wentThrough(reached)) break
      }
    }
    this.#done = upTo
    this.#parts.onFed(records, bytes)
  }

  async #send(deliveries: Delivery[], upTo: bigint): Promise<void> {
    if (!this.#transactor) throw new Failure('broker_failed', 'The feeder is not open.')
    const position = { topic: this.#parts.topology.topics.raw, partition: 0, offset: upTo }
    await checkpoint(this.#transactor, { deliveries, group: this.#group, position })
  }

  /**
   * After init nothing is pending any more, so the committed count is the truth. End markers alone count nothing: twice is once.
   * A count that is neither the one before nor the one behind is that of another feeder, and so is one that stands for other lines.
   */
  async #wentThrough({ upTo, last }: Reached): Promise<boolean> {
    const { broker, topology } = this.#parts
    try {
      await this.#transactor?.init()
      const committed = await this.#committed()
      if (committed !== this.#done && committed !== upTo) throw takenOver(topology.pipeline)
      if (upTo === this.#done || committed === this.#done) return false
      const there = await lastFed(broker, topology.topics.raw)
      if (last && there && !sameLine(last, there)) throw takenOver(topology.pipeline)
      return true
    } catch (thrown) {
      const failure = classify(thrown)
      if (!failure.retryable) throw failure
      return false
    }
  }

  async #committed(): Promise<bigint> {
    const { broker, topology } = this.#parts
    const offsets = await broker.committed(this.#group, topology.topics.raw)
    return offsets[0] ?? countedOn(broker, topology.topics.raw)
  }
}

function untold(topic: string): Failure {
  return new Failure(
    'usage',
    `Where feeding stopped cannot be told any more: the last record that was fed to ${topic} is not there. Feed what is missing without resuming.`,
  )
}

/** Two feeders would mix their inputs into one run, so the newer one wins and the older one stops here. */
function takenOver(pipeline: string): Failure {
  return new Failure(
    'feed_taken_over',
    `Another run began to feed the pipeline ${pipeline}; this one stopped. Run one at a time, or give them names of their own (stream.name).`,
  )
}

import { setTimeout as sleep } from 'node:timers/promises'
import { classify, Failure } from '../../topologies/failure.ts'
import type { Batch, Broker, Consumer, IncomingRecord, TopicPartition } from '../brokers/broker.ts'

export interface ReadingParts {
  broker: Broker
  topic: string
  /** The consumer group: what one of its members has noted as delivered, none gets again. */
  group: string
  /** Where a group begins that has noted nothing so far: at an end of the topic, or at an offset by partition. */
  from: 'beginning' | 'end' | ((partition: number) => bigint | null)
  /** Only this piece of the topic, by partition: first offset, and the one behind the last. Then the reading has an end. */
  piece?: { from: readonly number[]; to: readonly number[] } | undefined
  /** Whether what the group has noted counts; not where the reader keeps its own account and says `from`. */
  groupDecides?: boolean
  /** Called with partitions that have come to this member before their positions are read. */
  onAssigned?(partitions: readonly number[]): Promise<void>
  signal: AbortSignal
}

/** Some records of one partition, in order. */
export interface Given {
  partition: number
  records: IncomingRecord[]
  /** The offset behind them. */
  next: bigint
  /** Whether the partition is still this member's, as it was when they were read. */
  isOurs(): boolean
  /** Notes for the group that they, or only those before an offset, were delivered; nothing when the partition is another's by now. */
  commit(next?: bigint): Promise<void>
}

/** Waiting batches of more than this hold back the broker. Bytes. */
const MOST_WAITING = 32 * 2 ** 20
/** How often a member that has nothing left to do looks whether the others are done. Milliseconds. */
const LOOK = 300

/** A member of a group that reads a topic. */
export class Reading {
  readonly #parts: ReadingParts
  #joining: Promise<Consumer> | null = null
  #consumer: Consumer | null = null
  #waiting: Batch[] = []
  #bytes = 0
  readonly #paused = new Set<number>()
  readonly #mine = new Set<number>()
  /** Partitions of this member of which not all of the piece has come. */
  readonly #open = new Set<number>()
  /** Counts the assignments: what came in a former one is void. */
  #assignment = 0
  /** The last assignment of which it is known where its partitions begin. */
  #begun = 0
  #failure: unknown = null
  #wake: () => void = () => undefined
  readonly #aborted = () => this.#wake()

  constructor(parts: ReadingParts) {
    this.#parts = parts
    parts.signal.addEventListener('abort', this.#aborted)
  }

  async open(): Promise<void> {
    const { broker, topic, group } = this.#parts
    this.#joining = broker.consumer({
      group,
      topics: [topic],
      onAssigned: (partitions) => void this.#begin(partitions),
      onBatch: (batch) => this.#take(batch),
      onLost: (error) => this.#end(error),
    })
    this.#consumer = await this.#joining
  }

  /** What comes next; null when the signal aborts, or the group has had all of its piece. Rejects when the group is lost. */
  async next(): Promise<Given | null> {
    while (!this.#parts.signal.aborted) {
      if (this.#failure !== null) throw classify(this.#failure)
      const batch = this.#waiting.shift()
      if (batch) return this.#given(batch)
      if (await this.#isThrough()) return null
      await this.#something()
    }
    return null
  }

  async close(): Promise<void> {
    this.#parts.signal.removeEventListener('abort', this.#aborted)
    await this.#consumer?.close()
  }

  #given(batch: Batch): Given {
    const { topic, piece } = this.#parts
    const { partition } = batch
    this.#release(batch)
    const assignment = this.#assignment
    const end = piece && BigInt(piece.to[partition] ?? 0)
    const records = end === undefined ? batch.records : batch.records.filter(({ offset }) => offset < end)
    const next = end !== undefined && batch.next > end ? end : batch.next
    const isOurs = () => assignment === this.#assignment
    return {
      partition,
      records,
      next,
      isOurs,
      commit: async (behind = next) => {
        if (isOurs()) await this.#consumer?.commit([{ topic, partition, offset: behind }])
      },
    }
  }

  async #begin(partitions: TopicPartition[]): Promise<void> {
    const { broker, topic, group, onAssigned, groupDecides = true } = this.#parts
    const assignment = ++this.#assignment
    this.#waiting = []
    this.#bytes = 0
    this.#paused.clear()
    this.#open.clear()
    this.#mine.clear()
    for (const { partition } of partitions) this.#mine.add(partition)
    try {
      await onAssigned?.(partitions.map(({ partition }) => partition))
      const [committed, bounds] = await Promise.all([broker.committed(group, topic), broker.bounds(topic)])
      // Partitions may be assigned before the consumer is in hand, even before it is being waited for.
      const consumer = await this.#joining
      if (assignment !== this.#assignment) return
      for (const { partition } of partitions) {
        const offset = this.#start(partition, bounds[partition], groupDecides ? (committed[partition] ?? null) : null)
        if (offset !== null) consumer?.readFrom({ topic, partition, offset })
      }
      this.#begun = assignment
      this.#wake()
    } catch (thrown) {
      this.#end(thrown)
    }
  }

  /** Where a partition is read from; null where nothing of the piece is left. Throws `input_missing`. */
  #start(
    partition: number,
    bound: { earliest: bigint; latest: bigint } | undefined,
    committed: bigint | null,
  ): bigint | null {
    const { from, piece, topic } = this.#parts
    const said = typeof from === 'function' ? from(partition) : null
    const begin = from === 'end' ? bound?.latest : bound?.earliest
    const start = committed ?? said ?? begin ?? 0n
    if (!piece) return start
    const [first, end] = [BigInt(piece.from[partition] ?? 0), BigInt(piece.to[partition] ?? 0)]
    const within = (committed ?? said) === null || start < first ? first : start
    if (within >= end) return null
    if (bound && within < bound.earliest)
      throw new Failure(
        'input_missing',
        `Offsets ${within} to ${bound.earliest} of ${topic}-${partition} have expired.`,
      )
    this.#open.add(partition)
    return within
  }

  #take(batch: Batch): void {
    const { piece } = this.#parts
    const { partition, next } = batch
    if (piece && !this.#open.has(partition)) return
    this.#waiting.push(batch)
    this.#bytes += sizeOf(batch)
    if (piece && next >= BigInt(piece.to[partition] ?? 0)) {
      this.#open.delete(partition)
      this.#consumer?.pause(batch)
    } else if (this.#bytes > MOST_WAITING && !this.#paused.has(partition)) {
      this.#paused.add(partition)
      this.#consumer?.pause(batch)
    }
    this.#wake()
  }

  #release(batch: Batch): void {
    this.#bytes -= sizeOf(batch)
    if (this.#bytes > MOST_WAITING / 2) return
    for (const partition of this.#paused) {
      if (!this.#parts.piece || this.#open.has(partition)) {
        this.#consumer?.resume({ topic: this.#parts.topic, partition })
      }
    }
    this.#paused.clear()
  }

  /** Whether the group has had all of its piece, this member and the others. */
  async #isThrough(): Promise<boolean> {
    const { piece, broker, group, topic, groupDecides = true } = this.#parts
    const assignment = this.#begun
    if (!piece || assignment === 0 || assignment !== this.#assignment || this.#open.size > 0) return false
    const others = piece.to.flatMap((to, partition) =>
      this.#mine.has(partition) || (piece.from[partition] ?? 0) >= to ? [] : [{ partition, to }],
    )
    if (others.length === 0 || !groupDecides) return this.#waiting.length === 0
    const committed = await broker.committed(group, topic)
    return (
      assignment === this.#assignment && others.every(({ partition, to }) => Number(committed[partition] ?? 0n) >= to)
    )
  }

  /** Resolves when something may have come. */
  async #something(): Promise<void> {
    if (this.#waiting.length > 0 || this.#failure !== null || this.#parts.signal.aborted) return
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    if (!this.#parts.piece) return woken
    const over = new AbortController()
    await Promise.race([woken, sleep(LOOK, undefined, { signal: over.signal }).catch(() => undefined)])
    over.abort()
  }

  #end(failure: unknown): void {
    this.#failure = failure
    this.#wake()
  }
}

function sizeOf({ records }: Batch): number {
  return records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0)
}

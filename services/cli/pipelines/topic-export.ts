import { Failure } from '../../../topologies/failure.ts'
import type { Broker, IncomingRecord } from '../../brokers/broker.ts'
import type { Packing } from '../../connectors/decompression.ts'
import { openPart, type Part, resumePositions } from '../../connectors/parts-writer.ts'
import { ends } from '../../pipeline/topics.ts'
import type { ExportLine } from './export-lines.ts'

export interface TopicExport {
  broker: Broker
  topic: string
  directory: string
  packing: Packing
  line: ExportLine
  /** Goes on when the end is reached, until the signal aborts. */
  follow: boolean
  signal: AbortSignal
}

export interface Exported {
  records: number
  bytes: number
  /** Paths of the parts, in the order in which they were finished. */
  files: string[]
}

/** A part is finished at this size, or this age while following. Bytes, milliseconds. */
const PART_BYTES = 128 * 1024 * 1024
const PART_AGE = 10_000

/**
 * Writes a topic's committed records to part files, exactly once: the names of the parts say which offsets are done, so a run
 * that died is gone on with and nothing comes twice. Without `follow` it ends at what was the end when it began.
 */
export async function exportTopic(parts: TopicExport): Promise<Exported> {
  const from = await startOf(parts)
  const writers = new Map<number, PartitionWriter>()
  const done: Exported = { records: 0, bytes: 0, files: [] }
  try {
    if (parts.follow) await follow(parts, { from, writers, done })
    else await drain(parts, { from, writers, done })
    for (const writer of writers.values()) await writer.finish()
    return done
  } finally {
    for (const writer of writers.values()) await writer.abort()
  }
}

/** Where each partition goes on: behind its last part, or where the topic begins by now. */
async function startOf({ broker, topic, directory }: TopicExport): Promise<Map<number, bigint>> {
  const resumed = await resumePositions(directory, topic)
  const bounds = await broker.bounds(topic)
  const starts = bounds.map(({ earliest, latest }, partition): [number, bigint] => {
    let done = resumed.get(partition) ?? earliest
    if (done < earliest) done = earliest
    if (done > latest) {
      throw new Failure(
        'output_unwritable',
        `${directory} holds parts up to offset ${done} of ${topic}-${partition}, which ends at ${latest}: the topic was made anew. Name another directory.`,
      )
    }
    return [partition, done]
  })
  return new Map(starts)
}

interface Work {
  from: Map<number, bigint>
  writers: Map<number, PartitionWriter>
  done: Exported
}

/** A partition is finished as soon as its end is reached. */
async function drain(parts: TopicExport, work: Work): Promise<void> {
  const last = await ends(parts.broker, parts.topic)
  for await (const { partition, records, next } of parts.broker.read(parts.topic, {
    from: work.from,
    until: 'end',
    signal: parts.signal,
  })) {
    parts.signal.throwIfAborted()
    const writer = writerOf(partition, parts, work)
    await writer.add(records, next)
    if (next >= (last.get(partition) ?? 0n)) await writer.finish()
  }
  parts.signal.throwIfAborted()
}

/** Ends in order when the signal aborts: what was read is finished as parts. */
async function follow(parts: TopicExport, work: Work): Promise<void> {
  const { broker, topic, signal } = parts
  const timer = setInterval(() => {
    for (const writer of work.writers.values()) writer.age()
  }, PART_AGE)
  try {
    for await (const { partition, records, next } of broker.read(topic, {
      from: work.from,
      until: 'forever',
      signal,
    })) {
      await writerOf(partition, parts, work).add(records, next)
      if (signal.aborted) return
    }
  } finally {
    clearInterval(timer)
    for (const writer of work.writers.values()) await writer.settled()
  }
}

function writerOf(partition: number, parts: TopicExport, { from, writers, done }: Work): PartitionWriter {
  const writer =
    writers.get(partition) ?? new PartitionWriter(partition, parts, { from: from.get(partition) ?? 0n, done })
  writers.set(partition, writer)
  return writer
}

/** The parts of one partition, one behind the other. */
class PartitionWriter {
  readonly #partition: number
  readonly #parts: TopicExport
  readonly #done: Exported
  #part: Part | null = null
  #from: bigint
  #next: bigint
  #bytes = 0
  #records = 0
  #work: Promise<void> = Promise.resolve()

  constructor(partition: number, parts: TopicExport, { from, done }: { from: bigint; done: Exported }) {
    this.#partition = partition
    this.#parts = parts
    this.#done = done
    this.#from = from
    this.#next = from
  }

  add(records: IncomingRecord[], next: bigint): Promise<void> {
    return this.#inTurn(() => this.#add(records, next))
  }

  /** Finishes the part that is open, if it holds records. */
  finish(): Promise<void> {
    return this.#inTurn(() => this.#finish())
  }

  /** Finishes the part that is open, in its turn; a failure shows at the next `add`. */
  age(): void {
    this.finish().catch(() => undefined)
  }

  /** Resolves when nothing is being written. Rejects with what went wrong. */
  settled(): Promise<void> {
    return this.#work
  }

  async abort(): Promise<void> {
    await this.#work.catch(() => undefined)
    await this.#part?.abort()
    this.#part = null
  }

  /** One thing at a time; after a failure nothing more. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work)
    return this.#work
  }

  async #add(records: IncomingRecord[], next: bigint): Promise<void> {
    const lines: Buffer[] = []
    for (const record of records) {
      const line = this.#parts.line(record)
      if (line) lines.push(line)
      this.#bytes += line?.length ?? 0
    }
    this.#next = next
    if (lines.length === 0) return
    const { directory, topic, packing } = this.#parts
    this.#part ??= await openPart({ directory, topic, partition: this.#partition, from: this.#from, packing })
    await this.#part.write(lines)
    this.#records += lines.length
    if (this.#bytes >= PART_BYTES) await this.#finish()
  }

  async #finish(): Promise<void> {
    if (!this.#part) return
    const written = await this.#part.commit(this.#next)
    this.#part = null
    this.#done.records += this.#records
    this.#done.bytes += written?.bytes ?? 0
    if (written) this.#done.files.push(written.path)
    this.#from = this.#next
    this.#records = 0
    this.#bytes = 0
  }
}

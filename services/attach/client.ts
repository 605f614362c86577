import { type Codec, createCodec } from '../../schemas/codec.ts'
import type { Document, Stats } from '../../schemas/document.ts'
import { BUNDLED_IDS } from '../../schemas/ids.ts'
import { writeSample } from '../../schemas/sample.ts'
import { Failure } from '../../topologies/failure.ts'
import { lastingTopics } from '../../topologies/names.ts'
import type { Broker, Delivery } from '../brokers/broker.ts'
import { connectKafka } from '../brokers/kafka/kafka.ts'
import { findRefresh } from '../refresh/registry.ts'
import { Fences } from './fences.ts'
import { Reading } from './reading.ts'

export type { Delivery, OutgoingRecord } from '../brokers/broker.ts'

/** What a consumer of refined documents asks for: a topic, or a refresh by its name. */
export type Wanted = { topic: string } | { pipeline: string; refresh: string }

export type AttachOptions = Wanted & {
  /** The consumer group: what one of its members has committed, none gets again. */
  group: string
  /**
   * Where a group begins that has committed nothing so far; `beginning` when not given. A function is for a consumer that keeps its
   * offsets with its own data: it gives the first offset that it does not have, and what the group has committed is passed over.
   */
  from?: 'beginning' | 'end' | ((partition: number) => bigint | null)
  /** Whether `commit` is given records to write: then a partition's former owner is fenced before its position is read. */
  transactional?: boolean
  signal?: AbortSignal
}

export type ConnectOptions = AttachOptions & {
  /** Addresses `host:port`; TLS and SASL are set by the environment, as for every command. */
  brokers: string | readonly string[]
  /** Address of the schema registry where one is used; without it the bundled schemas. */
  registry?: string
}

/** A refined document. */
export interface AttachedDocument {
  id: string
  /** Where it came from: `file:line`. */
  source: string
  text: string
  stats: Stats
  offset: bigint
  /** The sample as JSON, its own fields only. */
  json(): string
}

/** Documents of one partition, in order. */
export interface AttachedBatch {
  topic: string
  partition: number
  documents: AttachedDocument[]
  /** The offset behind them: what a consumer that keeps its own account stores with its data. */
  next: bigint
  /**
   * Notes that these documents are done; with `deliveries`, writes those in the same transaction: together or not at all, and once
   * for the group. False when the partition went to another member meanwhile: then nothing was written, and that member gets
   * the documents. Rejects when it cannot be done; attach anew, and it goes on behind what was committed.
   */
  commit(deliveries?: readonly Delivery[]): Promise<boolean>
}

/** Documents as they come. Leaving the loop closes it; a refresh ends by itself. */
export type Attached = AsyncGenerator<AttachedBatch, void, undefined>

/** Attaches to Kafka. Rejects with `broker_unreachable`, `topic_missing`, or `usage` for a refresh that is not there or not done. */
export async function* attach(options: ConnectOptions): Attached {
  const brokers = typeof options.brokers === 'string' ? options.brokers.split(',') : [...options.brokers]
  const codec = createCodec(await schemasOf(options.registry))
  const broker = await connectKafka({ brokers: brokers.map((address) => address.trim()) })
  try {
    yield* attachTo(broker, codec, options)
  } finally {
    await broker.close()
  }
}

/** Attaches to a broker that the caller has open. */
export async function* attachTo(broker: Broker, codec: Codec, options: AttachOptions): Attached {
  const { topic, piece } = await place(broker, options)
  const { group, from = 'beginning', signal = new AbortController().signal } = options
  const fences = options.transactional ? new Fences(broker, group, topic) : null
  const reading = new Reading({
    broker,
    topic,
    group,
    from,
    groupDecides: typeof from !== 'function',
    piece,
    signal,
    onAssigned: async (partitions) => fences?.raise(partitions),
  })
  try {
    await reading.open()
    for (let given = await reading.next(); given; given = await reading.next()) {
      const { partition, next, records, isOurs, commit } = given
      const documents = records.flatMap(({ value, offset }) =>
        value ? [attached(codec.decodeDocument(value), offset)] : [],
      )
      yield {
        topic,
        partition,
        documents,
        next,
        async commit(deliveries) {
          if (!isOurs()) return false
          if (fences) return fences.commit({ partition, next, deliveries: deliveries ?? [] })
          if (deliveries) throw new Failure('usage', 'To write records in commit, attach with transactional: true.')
          await commit()
          return true
        },
      }
    }
  } finally {
    await reading.close()
    await fences?.lower()
  }
}

/** The topic, and of a refresh the piece of it. */
export async function place(broker: Broker, wanted: Wanted): Promise<{ topic: string; piece?: Piece }> {
  if ('topic' in wanted) {
    await broker.partitions(wanted.topic)
    return { topic: wanted.topic }
  }
  const record = await findRefresh(broker, wanted.pipeline, wanted.refresh)
  if (record.state !== 'done')
    throw new Failure(
      'usage',
      `The refresh ${wanted.refresh} of ${wanted.pipeline} is not done: there is no end to it yet.`,
    )
  const { topic, from, to } = record.manifest.offsets.refined
  return { topic, piece: { from, to } }
}

interface Piece {
  from: number[]
  to: number[]
}

/** The topic of a pipeline's refined documents, unless its recipe names another one. */
export function refinedTopic(pipeline: string): string {
  return lastingTopics(pipeline).refined
}

async function schemasOf(registry: string | undefined) {
  if (registry === undefined) return { ids: BUNDLED_IDS, older: [] }
  const { registerSchemas } = await import('../registry/registry.ts')
  return registerSchemas(registry)
}

function attached(document: Document, offset: bigint): AttachedDocument {
  const { id, source, text, stats } = document
  return { id, source, text, stats, offset, json: () => writeSample(document, { dropInternal: true }).toString() }
}

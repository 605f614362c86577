import type { OutgoingRecord } from '../../broker.ts'
import { type BatchContext, batchBound, compressedBatch, isCompressed, writeBatch } from './record-batch.ts'

/** What kafkajs hands to its encoder of produce requests. */
export interface ProduceParameters {
  acks: number
  /** Milliseconds that the broker may take to gather the acknowledgements. */
  timeout: number
  transactionalId?: string | null | undefined
  producerId?: string | number | bigint
  producerEpoch?: number
  compression?: number
  topicData: {
    topic: string
    partitions: { partition: number; firstSequence?: number; messages: OutgoingRecord[] }[]
  }[]
}

/** Room before the body for the frame's size and header. */
const HEADROOM = 512

/** The body of a request with room before it, so that the frame needs no copy of what may be many megabytes. */
export class RequestBody {
  readonly #bytes: Buffer
  readonly #end: number

  constructor(bytes: Buffer, end: number) {
    this.#bytes = bytes
    this.#end = end
  }

  /** The whole frame: size, request header (version 1), body. */
  frame(header: { apiKey: number; apiVersion: number; correlationId: number; clientId: string }): Buffer {
    const client = Buffer.from(header.clientId).subarray(0, HEADROOM - 14)
    const start = HEADROOM - 14 - client.length
    const bytes = this.#bytes
    bytes.writeInt32BE(this.#end - start - 4, start)
    bytes.writeInt16BE(header.apiKey, start + 4)
    bytes.writeInt16BE(header.apiVersion, start + 6)
    bytes.writeInt32BE(header.correlationId, start + 8)
    bytes.writeInt16BE(client.length, start + 12)
    bytes.set(client, start + 14)
    return bytes.subarray(start, this.#end)
  }
}

/** Encodes a produce request (versions 3 to 8) into one buffer. */
export async function produceBody(request: ProduceParameters): Promise<RequestBody> {
  const now = Date.now()
  const packed = isCompressed(request.compression ?? 0) ? await compressAll(request, now) : null
  const bytes = Buffer.allocUnsafe(HEADROOM + bodyBound(request, packed))
  let at = writeText(bytes, HEADROOM, request.transactionalId ?? null)
  at = bytes.writeInt16BE(request.acks, at)
  at = bytes.writeInt32BE(request.timeout, at)
  at = bytes.writeInt32BE(request.topicData.length, at)
  for (const { topic, partitions } of request.topicData) {
    at = writeText(bytes, at, topic)
    at = bytes.writeInt32BE(partitions.length, at)
    for (const entry of partitions) {
      at = bytes.writeInt32BE(entry.partition, at)
      const ready = packed?.get(entry)
      const end = ready
        ? at + 4 + ready.copy(bytes, at + 4)
        : writeBatch(bytes, at + 4, entry.messages, contextOf(request, entry, now))
      bytes.writeInt32BE(end - at - 4, at)
      at = end
    }
  }
  return new RequestBody(bytes, at)
}

type Entry = ProduceParameters['topicData'][number]['partitions'][number]

async function compressAll(request: ProduceParameters, now: number): Promise<Map<Entry, Buffer>> {
  const entries = request.topicData.flatMap(({ partitions }) => partitions)
  const pack = async (entry: Entry) =>
    [entry, await compressedBatch(entry.messages, contextOf(request, entry, now))] as const
  return new Map(await Promise.all(entries.map(pack)))
}

function contextOf(request: ProduceParameters, entry: Entry, now: number): BatchContext {
  return {
    codec: request.compression ?? 0,
    transactional: Boolean(request.transactionalId),
    producerId: BigInt(request.producerId ?? -1),
    producerEpoch: request.producerEpoch ?? 0,
    firstSequence: entry.firstSequence ?? 0,
    now,
  }
}

function bodyBound(request: ProduceParameters, packed: Map<Entry, Buffer> | null): number {
  let bytes = 16 + (request.transactionalId?.length ?? 0) * 3
  for (const { topic, partitions } of request.topicData) {
    bytes += 6 + topic.length * 3
    for (const entry of partitions) bytes += 8 + (packed?.get(entry)?.length ?? batchBound(entry.messages))
  }
  return bytes
}

function writeText(target: Buffer, at: number, text: string | null): number {
  if (text === null) return target.writeInt16BE(-1, at)
  const length = target.write(text, at + 2)
  target.writeInt16BE(length, at)
  return at + 2 + length
}

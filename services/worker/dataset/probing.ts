import type { Codec } from '../../../schemas/codec.ts'
import type { ProbeBlock, ProbedDocument } from '../../../schemas/dataset.ts'
import type { Document } from '../../../schemas/document.ts'
import { HEADERS } from '../../../topologies/names.ts'
import type { DatasetLink, Topology } from '../../../topologies/topology.ts'
import type { Delivery } from '../../brokers/broker.ts'
import type { Probe } from '../chain/passage.ts'
import type { UnpackedRecord } from '../thread/wire.ts'

const SIGN = 1n << 63n
/** About the most of keys and signatures in one record. Bytes. */
const PIECE_BYTES = 4 * 2 ** 20

/** What blocks are written with. */
interface ProbingParts {
  codec: Codec
  topology: Topology
}

interface Block {
  /** Number of the block: the offset of the last record whose documents are in it. */
  number: bigint
  shards: ProbedDocument[][]
  total: number
  ended: string[]
}

/**
 * Gathers what the documents of one batch leave for the operator of the whole data set, in blocks for the shards of its
 * index. Every shard has a word of every block, so that a gate knows when all have spoken of it. A run's end closes a block.
 */
export class Probing {
  readonly #link: DatasetLink
  readonly #parts: ProbingParts
  readonly #partition: number
  readonly #blocks: Block[]

  constructor(link: DatasetLink, parts: ProbingParts, { records, partition }: Batch) {
    this.#link = link
    this.#parts = parts
    this.#partition = partition
    const borders = records.flatMap(({ headers, offset }, i) =>
      headers[HEADERS.end] || i === records.length - 1 ? [offset] : [],
    )
    this.#blocks = borders.map((number) => ({ number, shards: shardsOf(link), total: 0, ended: [] }))
  }

  /** The number of the block that a record's documents are in. */
  numberOf({ offset }: UnpackedRecord): string {
    return String(this.#blockOf(offset).number)
  }

  add(document: Document, { keys, signature, rank }: Probe, { offset }: UnpackedRecord): void {
    const block = this.#blockOf(offset)
    const { id, source } = document
    const about = { order: orderOf(document), id, source, signature, rank }
    block.total++
    // Where nothing is looked up by keys, one shard sees every document.
    if (this.#link.shards === 1) {
      block.shards[0]?.push({ ...about, keys })
      return
    }
    const parts = new Map<number, Buffer[]>()
    for (const key of keys) {
      const shard = shardOf(key, this.#link.shards)
      const part = parts.get(shard)
      if (part) part.push(key)
      else parts.set(shard, [key])
    }
    for (const [shard, own] of parts) block.shards[shard]?.push({ ...about, keys: own })
  }

  end(run: string, { offset }: UnpackedRecord): void {
    this.#blockOf(offset).ended.push(run)
  }

  deliveries(): Delivery[] {
    const { probes: topic, shards } = this.#link
    return Array.from({ length: shards }, (_, shard) => ({
      topic,
      partition: shard,
      records: this.#blocks
        .flatMap((block) => this.#written(block, shard))
        .map((block) => ({ key: null, timestamp: Date.now(), value: this.#parts.codec.encodeProbes(block) })),
    }))
  }

  /** Many documents make several records; only the last of them says that the block is whole. */
  #written({ number, shards, total, ended }: Block, shard: number): ProbeBlock[] {
    const documents = shards[shard] ?? []
    const common = {
      pipeline: this.#parts.topology.pipeline,
      operator: this.#link.operator.name,
      parameters: this.#link.fingerprint,
      partition: this.#partition,
      forgotten: [],
    }
    const pieces = piecesOf(documents)
    const last = pieces.pop() ?? []
    const before = pieces.map((piece) => ({ ...common, block: -1n, total: 0, documents: piece, ended: [] }))
    return [...before, { ...common, block: number, total, documents: last, ended }]
  }

  #blockOf(offset: bigint): Block {
    const block = this.#blocks.find(({ number }) => offset <= number)
    if (!block) throw new Error('a record lies behind its batch')
    return block
  }
}

interface Batch {
  records: UnpackedRecord[]
  partition: number
}

/** Documents in records of a size that every topic takes; a grouper's whole samples may be large. */
function piecesOf(documents: ProbedDocument[]): ProbedDocument[][] {
  const pieces: ProbedDocument[][] = []
  let room = 0
  for (const document of documents) {
    const bytes = document.keys.reduce((sum, key) => sum + key.length, document.signature.length)
    if (room < bytes) {
      pieces.push([])
      room = PIECE_BYTES
    }
    pieces.at(-1)?.push(document)
    room -= bytes
  }
  return pieces
}

function shardsOf({ shards }: DatasetLink): ProbedDocument[][] {
  return Array.from({ length: shards }, () => [])
}

/** Keys may be short or alike in their first bytes, so all of them count (FNV-1a). */
function shardOf(key: Buffer, shards: number): number {
  let hash = 0x811c9dc5
  for (const byte of key) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash >>> 0) % shards
}

/** The order of documents in a data set: by ordinal, then by the place of parts of one document. Bytes that sort alike. */
export function orderOf({ ordinal, partition, id }: Document): Buffer {
  const parts = id.split('.').slice(1).map(Number)
  const order = Buffer.alloc(12 + 4 * parts.length)
  order.writeBigUInt64BE(BigInt.asUintN(64, ordinal + SIGN))
  order.writeUInt32BE(partition >>> 0, 8)
  for (const [i, part] of parts.entries()) order.writeUInt32BE(part >>> 0, 12 + 4 * i)
  return order
}

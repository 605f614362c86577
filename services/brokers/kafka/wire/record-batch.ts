import { crc32c } from '@node-rs/crc32'
import type { Headers, OutgoingRecord } from '../../broker.ts'
import { CODECS, compress } from './compression.ts'
import { sizeOfVarint, writeVarint } from './varint.ts'

/** What one record batch says beside its records. */
export interface BatchContext {
  codec: number
  transactional: boolean
  producerId: bigint
  producerEpoch: number
  firstSequence: number
  /** Milliseconds since the epoch, for records without a time of their own. */
  now: number
}

/** Bytes of a batch before its records: kafka.apache.org/documentation, "Record Batch". */
export const BATCH_OVERHEAD = 61

const CRC_AT = 17
const ATTRIBUTES_AT = 21
const MAGIC = 2
const TRANSACTIONAL = 16

/** Most bytes that a record can take in a batch: attributes, length, time, offset and the lengths of key, value and headers. */
const RECORD_OVERHEAD = 1 + 5 + 10 + 5 + 5 + 5 + 5

/** An upper bound of a record's bytes in a batch, cheap enough to ask for each record. */
export function recordBound(record: OutgoingRecord): number {
  let bytes = RECORD_OVERHEAD + (record.key?.length ?? 0) + (record.value?.length ?? 0)
  if (!record.headers) return bytes
  for (const name in record.headers) {
    const value = record.headers[name] ?? ''
    // A UTF-16 unit takes at most three bytes of UTF-8.
    bytes += 10 + name.length * 3 + (typeof value === 'string' ? value.length * 3 : value.length)
  }
  return bytes
}

/** An upper bound of the bytes of a batch of these records. */
export function batchBound(records: OutgoingRecord[]): number {
  let bytes = BATCH_OVERHEAD
  for (const record of records) bytes += recordBound(record)
  return bytes
}

/** Writes a record batch (magic 2) in one pass and gives the offset behind it. The target must have room for `batchBound`. */
export function writeBatch(target: Buffer, at: number, records: OutgoingRecord[], context: BatchContext): number {
  const span = timeSpan(records, context.now)
  const end = writeRecords(target, at + BATCH_OVERHEAD, records, { first: span.first, now: context.now })
  writeHeader(target.subarray(at, end), records.length, span, context)
  return end
}

/** The same batch with its records compressed, in a buffer of its own. */
export async function compressedBatch(records: OutgoingRecord[], context: BatchContext): Promise<Buffer> {
  const span = timeSpan(records, context.now)
  const plain = Buffer.allocUnsafe(batchBound(records))
  const end = writeRecords(plain, 0, records, { first: span.first, now: context.now })
  const packed = await compress(context.codec, plain.subarray(0, end))
  const batch = Buffer.allocUnsafe(BATCH_OVERHEAD + packed.length)
  packed.copy(batch, BATCH_OVERHEAD)
  writeHeader(batch, records.length, span, context)
  return batch
}

interface Span {
  first: number
  last: number
}

function timeSpan(records: OutgoingRecord[], now: number): Span {
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const record of records) {
    const time = record.timestamp ?? now
    if (time < first) first = time
    if (time > last) last = time
  }
  return records.length > 0 ? { first, last } : { first: now, last: now }
}

/** Fills in everything before the records. The checksum covers all from the attributes on, so it comes last. */
function writeHeader(batch: Buffer, count: number, span: Span, context: BatchContext): void {
  batch.writeBigInt64BE(0n, 0)
  batch.writeInt32BE(batch.length - 12, 8)
  batch.writeInt32BE(0, 12)
  batch.writeInt8(MAGIC, 16)
  batch.writeInt16BE(context.codec | (context.transactional ? TRANSACTIONAL : 0), ATTRIBUTES_AT)
  batch.writeInt32BE(count - 1, 23)
  batch.writeBigInt64BE(BigInt(span.first), 27)
  batch.writeBigInt64BE(BigInt(span.last), 35)
  batch.writeBigInt64BE(context.producerId, 43)
  batch.writeInt16BE(context.producerEpoch, 51)
  batch.writeInt32BE(context.firstSequence, 53)
  batch.writeInt32BE(count, 57)
  batch.writeUInt32BE(crc32c(batch.subarray(ATTRIBUTES_AT)), CRC_AT)
}

function writeRecords(
  target: Buffer,
  at: number,
  records: OutgoingRecord[],
  time: { first: number; now: number },
): number {
  let offset = at
  for (let i = 0; i < records.length; i++) {
    const record = records[i]
    if (record)
      offset = writeRecord(target, offset, record, { order: i, delta: (record.timestamp ?? time.now) - time.first })
  }
  return offset
}

function writeRecord(
  target: Buffer,
  at: number,
  record: OutgoingRecord,
  place: { order: number; delta: number },
): number {
  const { key, value, headers } = record
  const names = headers ? Object.keys(headers) : []
  const body =
    1 +
    sizeOfVarint(place.delta) +
    sizeOfVarint(place.order) +
    sizeOfRun(key) +
    sizeOfRun(value) +
    sizeOfHeaders(names, headers)
  let offset = writeVarint(target, body, at)
  target[offset++] = 0
  offset = writeVarint(target, place.delta, offset)
  offset = writeVarint(target, place.order, offset)
  offset = writeRun(target, offset, key)
  offset = writeRun(target, offset, value)
  offset = writeVarint(target, names.length, offset)
  for (const name of names) {
    offset = writeText(target, offset, name)
    const content = headers?.[name] ?? ''
    offset = typeof content === 'string' ? writeText(target, offset, content) : writeRun(target, offset, content)
  }
  return offset
}

function sizeOfRun(bytes: Buffer | null): number {
  return bytes ? sizeOfVarint(bytes.length) + bytes.length : 1
}

function sizeOfHeaders(names: string[], headers: Headers | undefined): number {
  let size = sizeOfVarint(names.length)
  for (const name of names) {
    const nameSize = Buffer.byteLength(name)
    const contentSize = Buffer.byteLength(headers?.[name] ?? '')
    size += sizeOfVarint(nameSize) + nameSize + sizeOfVarint(contentSize) + contentSize
  }
  return size
}

function writeRun(target: Buffer, at: number, bytes: Buffer | null): number {
  if (!bytes) return writeVarint(target, -1, at)
  const offset = writeVarint(target, bytes.length, at)
  target.set(bytes, offset)
  return offset + bytes.length
}

function writeText(target: Buffer, at: number, text: string): number {
  const offset = writeVarint(target, Buffer.byteLength(text), at)
  return offset + target.write(text, offset)
}

/** Whether batches with this codec go through `compressedBatch`. */
export function isCompressed(codec: number): boolean {
  return codec !== CODECS.none
}

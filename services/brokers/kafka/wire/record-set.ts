import { crc32c } from '@node-rs/crc32'
import type { IncomingRecord } from '../../broker.ts'
import { decompress } from './compression.ts'
import { BATCH_OVERHEAD } from './record-batch.ts'
import { VarintReader } from './varint.ts'
import { WireFailure } from './wire-failure.ts'

/** One record batch of a fetched partition. */
export interface RecordBatch {
  lastOffset: bigint
  producerId: bigint
  transactional: boolean
  /** Holds a transaction's marker and nothing for readers. */
  control: boolean
  /** Its marker says that the transaction was aborted. */
  aborts: boolean
  records: IncomingRecord[]
  /** Why it could not be decoded, and holds nothing. */
  damage?: WireFailure
}

const CODEC_MASK = 0x07
const LOG_APPEND_TIME = 0x08
const TRANSACTIONAL = 0x10
const CONTROL = 0x20
/** Position of the batch's length, and the bytes up to its end that the length does not count. */
const LENGTH_AT = 8
const PREFIX = 12

/** How much the compressed batches of one fetch response may still unpack to, over all of its partitions. Bytes. */
export interface Allowance {
  left: number
}

/** Ten times what a fetch brings in: what texts unpack to stays below, what is packed tighter comes in more fetches. */
const RESPONSE_ALLOWANCE = 160 * 1024 * 1024

export function newAllowance(): Allowance {
  return { left: RESPONSE_ALLOWANCE }
}

/**
 * Decodes the records of one partition of a fetch response. Left out, so that the next fetch brings them, are a last batch that
 * was cut off at the fetch limit, all behind the one with which the allowance was used up, and one that cannot be decoded
 * with all behind it, unless it is the first: then this rejects with `broker_failed` (a checksum does not match, a format or
 * codec is unknown) or `unpacked_too_large`.
 */
export async function decodeRecordSet(bytes: Buffer, allowance: Allowance = newAllowance()): Promise<RecordBatch[]> {
  const batches: RecordBatch[] = []
  let at = 0
  while (at + BATCH_OVERHEAD <= bytes.length && allowance.left > 0) {
    const end = at + PREFIX + bytes.readInt32BE(at + LENGTH_AT)
    if (end > bytes.length) break
    try {
      batches.push(await decodeBatch(bytes.subarray(at, end), allowance))
    } catch (error) {
      if (batches.length > 0) break
      throw error
    }
    at = end
  }
  return batches
}

/** Stands in for a batch that cannot be decoded, until somebody knows of which topic it is. */
export function damagedBatch(damage: WireFailure): RecordBatch {
  const nothing = { lastOffset: -1n, producerId: -1n, transactional: false, control: false, aborts: false, records: [] }
  return { ...nothing, damage }
}

async function decodeBatch(batch: Buffer, allowance: Allowance): Promise<RecordBatch> {
  verify(batch)
  const attributes = batch.readInt16BE(21)
  const baseOffset = batch.readBigInt64BE(0)
  const control = (attributes & CONTROL) !== 0
  const codec = attributes & CODEC_MASK
  const stored = batch.subarray(BATCH_OVERHEAD)
  const content = codec === 0 ? stored : await decompress(codec, stored)
  if (codec !== 0) allowance.left -= content.length
  const times = {
    first: Number(batch.readBigInt64BE(27)),
    // With append time the broker's clock stands in the batch and the records' own times do not count.
    fixed: (attributes & LOG_APPEND_TIME) !== 0 ? Number(batch.readBigInt64BE(35)) : null,
  }
  const records = decodeRecords(content, batch.readInt32BE(57), baseOffset, times)
  return {
    lastOffset: baseOffset + BigInt(batch.readInt32BE(23)),
    producerId: batch.readBigInt64BE(43),
    transactional: (attributes & TRANSACTIONAL) !== 0,
    control,
    aborts: control && markerType(records[0]) === ABORT_MARKER,
    records: control ? [] : records,
  }
}

function verify(batch: Buffer): void {
  const magic = batch.readInt8(16)
  if (magic !== 2) throw new WireFailure(`The broker sent records in format ${magic}, which is older than Kafka 0.11.`)
  if (crc32c(batch.subarray(21)) === batch.readUInt32BE(17)) return
  throw new WireFailure(`The records at offset ${batch.readBigInt64BE(0)} are damaged: their checksum does not match.`)
}

interface Times {
  first: number
  fixed: number | null
}

function decodeRecords(content: Buffer, count: number, baseOffset: bigint, times: Times): IncomingRecord[] {
  const records = new Array<IncomingRecord>(count)
  const reader = new VarintReader(content, 0)
  for (let i = 0; i < count; i++) {
    const end = reader.next() + reader.offset
    reader.offset++
    const timestamp = times.first + reader.next()
    const offset = baseOffset + BigInt(reader.next())
    const key = reader.run()
    const value = reader.run()
    records[i] = { offset, timestamp: times.fixed ?? timestamp, key, value, headers: decodeHeaders(reader) }
    reader.offset = end
  }
  return records
}

/** Headers by name; of several with one name the last counts, as for Kafka's own `lastHeader`. */
function decodeHeaders(reader: VarintReader): Record<string, Buffer> {
  const headers: Record<string, Buffer> = {}
  for (let left = reader.next(); left > 0; left--) {
    const name = reader.run()?.toString('utf8') ?? ''
    const value = reader.run() ?? Buffer.alloc(0)
    // Plain assignment of this one name would change the object's prototype.
    if (name === '__proto__')
      Object.defineProperty(headers, name, { value, enumerable: true, writable: true, configurable: true })
    else headers[name] = value
  }
  return headers
}

const ABORT_MARKER = 0

/** The type in a control record's key: version (16 bits), then type (16 bits). */
function markerType(record: IncomingRecord | undefined): number | null {
  return record?.key && record.key.length >= 4 ? record.key.readInt16BE(2) : null
}

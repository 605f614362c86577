import type { Headers } from '../../brokers/broker.ts'

/**
 * How records cross between the I/O thread and the operator thread: many in one ArrayBuffer, which is transferred, not copied.
 * Per record, big-endian: offset i64 · timestamp f64 · key length i32 (-1: null) · value length i32 (-1: null) ·
 * number of headers u16 · key · value · per header: name length u16 · value length i32 · name · value.
 */
export interface WireRecord {
  offset?: bigint
  timestamp?: number
  key: Uint8Array | null
  value: Uint8Array | null
  headers?: Headers
}

export interface UnpackedRecord {
  offset: bigint
  timestamp: number
  key: Buffer | null
  value: Buffer | null
  headers: Record<string, Buffer>
}

const FIXED = 8 + 8 + 4 + 4 + 2
const NO_HEADERS: Headers = {}

/** All records in one new ArrayBuffer of exactly their size. */
export function pack(records: readonly WireRecord[]): ArrayBuffer {
  let size = 0
  for (const record of records) size += packedSize(record)
  const memory = new ArrayBuffer(size)
  const out = Buffer.from(memory)
  let at = 0
  for (const record of records) at = packRecord(record, out, at)
  return memory
}

/** The records as views into the given memory: nothing is copied. */
export function unpack(memory: ArrayBuffer): UnpackedRecord[] {
  const bytes = Buffer.from(memory)
  const records: UnpackedRecord[] = []
  let at = 0
  while (at < bytes.length) {
    const keyLength = bytes.readInt32BE(at + 16)
    const valueLength = bytes.readInt32BE(at + 20)
    const headerCount = bytes.readUInt16BE(at + 24)
    const keyAt = at + FIXED
    const valueAt = keyAt + Math.max(keyLength, 0)
    const headersAt = valueAt + Math.max(valueLength, 0)
    const headers = unpackHeaders(bytes, headersAt, headerCount)
    records.push({
      offset: bytes.readBigInt64BE(at),
      timestamp: bytes.readDoubleBE(at + 8),
      key: keyLength < 0 ? null : bytes.subarray(keyAt, valueAt),
      value: valueLength < 0 ? null : bytes.subarray(valueAt, headersAt),
      headers: headers.values,
    })
    at = headers.end
  }
  return records
}

function packedSize(record: WireRecord): number {
  let size = FIXED + (record.key?.length ?? 0) + (record.value?.length ?? 0)
  const headers = record.headers ?? NO_HEADERS
  for (const name in headers) size += 6 + Buffer.byteLength(name) + byteLength(headers[name] ?? '')
  return size
}

function packRecord(record: WireRecord, out: Buffer, start: number): number {
  const headers = record.headers ?? NO_HEADERS
  out.writeBigInt64BE(record.offset ?? 0n, start)
  out.writeDoubleBE(record.timestamp ?? 0, start + 8)
  out.writeInt32BE(record.key ? record.key.length : -1, start + 16)
  out.writeInt32BE(record.value ? record.value.length : -1, start + 20)
  let at = start + FIXED
  at = put(record.key, out, at)
  at = put(record.value, out, at)
  let count = 0
  for (const name in headers) {
    at = packHeader(name, headers[name] ?? '', out, at)
    count++
  }
  out.writeUInt16BE(count, start + 24)
  return at
}

function put(bytes: Uint8Array | null, out: Buffer, at: number): number {
  if (!bytes) return at
  out.set(bytes, at)
  return at + bytes.length
}

function packHeader(name: string, value: Buffer | string, out: Buffer, start: number): number {
  const nameLength = Buffer.byteLength(name)
  out.writeUInt16BE(nameLength, start)
  out.writeInt32BE(byteLength(value), start + 2)
  const at = start + 6 + out.write(name, start + 6)
  return typeof value === 'string' ? at + out.write(value, at) : put(value, out, at)
}

function unpackHeaders(bytes: Buffer, start: number, count: number): { values: Record<string, Buffer>; end: number } {
  // Without a prototype, since a header may bear any name, __proto__ too.
  const values: Record<string, Buffer> = Object.create(null)
  let at = start
  for (let i = 0; i < count; i++) {
    const nameLength = bytes.readUInt16BE(at)
    const valueLength = bytes.readInt32BE(at + 2)
    const valueAt = at + 6 + nameLength
    values[bytes.toString('utf8', at + 6, valueAt)] = bytes.subarray(valueAt, valueAt + valueLength)
    at = valueAt + valueLength
  }
  return { values, end: at }
}

function byteLength(value: Buffer | string): number {
  return typeof value === 'string' ? Buffer.byteLength(value) : value.length
}

import { CodecError } from '../codec-error.ts'

/** A place in memory to read from. Nothing is read at or behind `end`. */
export interface Cursor {
  bytes: Buffer
  at: number
  end: number
}

/** Any bytes as a cursor over all of them, without a copy. */
export function cursorOver(bytes: Uint8Array): Cursor {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return { bytes: buffer, at: 0, end: buffer.length }
}

export function broken(cursor: Cursor, what: string): CodecError {
  return new CodecError('avro_broken', `The record does not decode: ${what} at byte ${cursor.at} of ${cursor.end}.`)
}

/** Avro long as a number; one that a number does not hold exactly is broken. */
export function readLong(cursor: Cursor): number {
  const { bytes, end } = cursor
  let bits = 0
  let scale = 1
  // Seven groups of seven bits are exact in a double; what is longer takes the slow way.
  for (let at = cursor.at; at < end && at < cursor.at + 7; at++) {
    const byte = bytes[at] ?? 0
    bits += (byte & 127) * scale
    if (byte < 128) {
      cursor.at = at + 1
      return bits % 2 === 0 ? bits / 2 : -(bits + 1) / 2
    }
    scale *= 128
  }
  const value = Number(readBigLong(cursor))
  if (!Number.isSafeInteger(value)) throw broken(cursor, 'a number beyond 2^53')
  return value
}

/** Avro long, all 64 bits. */
export function readBigLong(cursor: Cursor): bigint {
  let bits = 0n
  for (let group = 0; group < 10; group++) {
    if (cursor.at + group >= cursor.end) break
    const byte = cursor.bytes[cursor.at + group] ?? 0
    bits |= BigInt(byte & 127) << BigInt(7 * group)
    if (byte >= 128) continue
    cursor.at += group + 1
    bits = BigInt.asUintN(64, bits)
    return (bits >> 1n) ^ -(bits & 1n)
  }
  throw broken(cursor, 'a number without an end')
}

/** Avro int. */
export function readInt(cursor: Cursor): number {
  const value = readLong(cursor)
  if (value !== (value | 0)) throw broken(cursor, 'a number beyond 32 bits')
  return value
}

/** Length of a string or of bytes, which must lie within what is left. */
export function readLength(cursor: Cursor): number {
  const length = readLong(cursor)
  if (length < 0 || length > cursor.end - cursor.at) throw broken(cursor, `a length of ${length}`)
  return length
}

export function readString(cursor: Cursor): string {
  const length = readLength(cursor)
  const start = cursor.at
  cursor.at += length
  return cursor.bytes.toString('utf8', start, cursor.at)
}

/** A view into the memory that is read. */
export function readBytes(cursor: Cursor): Buffer {
  const length = readLength(cursor)
  const start = cursor.at
  cursor.at += length
  return cursor.bytes.subarray(start, cursor.at)
}

export function readDouble(cursor: Cursor): number {
  if (cursor.end - cursor.at < 8) throw broken(cursor, 'half a number')
  const value = cursor.bytes.readDoubleLE(cursor.at)
  cursor.at += 8
  return value
}

export function readBoolean(cursor: Cursor): boolean {
  const byte = cursor.at < cursor.end ? cursor.bytes[cursor.at] : undefined
  if (byte !== 0 && byte !== 1) throw broken(cursor, 'a boolean that is none')
  cursor.at++
  return byte === 1
}

/** Items of the next block of an array or map; 0 ends it. An item takes a byte at least, so no count exceeds what is left. */
export function readBlock(cursor: Cursor): number {
  let count = readLong(cursor)
  if (count < 0) {
    count = -count
    readLength(cursor)
  }
  if (count > cursor.end - cursor.at) throw broken(cursor, `a count of ${count}`)
  return count
}

export function readStrings(cursor: Cursor): string[] {
  const values: string[] = []
  for (let count = readBlock(cursor); count > 0; count = readBlock(cursor)) {
    for (let i = 0; i < count; i++) values.push(readString(cursor))
  }
  return values
}

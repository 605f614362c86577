import type { ByteReader } from './bytes.ts'

/** A field of a message of Protocol Buffers, as far as models have them: numbers, 4 bytes, or bytes. */
export interface Field {
  number: number
  /** A varint, or the 4 bytes of a float. */
  value: number
  /** Of a string, of bytes, or of a message. */
  bytes: Uint8Array
}

const NOTHING = new Uint8Array(0)
const VARINT = 0
const EIGHT_BYTES = 1
const DELIMITED = 2
const FOUR_BYTES = 5

/** The next field of a message that is read to the end of a file; null at its end. */
export function nextField(file: ByteReader): Field | null {
  if (file.left === 0) return null
  const tag = varint(file)
  const number = Math.floor(tag / 8)
  const kind = tag % 8
  if (kind === VARINT) return { number, value: varint(file), bytes: NOTHING }
  if (kind === FOUR_BYTES) return { number, value: file.float32(), bytes: NOTHING }
  if (kind === EIGHT_BYTES) return { number, value: 0, bytes: file.bytes(8) }
  if (kind === DELIMITED) return { number, value: 0, bytes: file.bytes(varint(file)) }
  throw file.invalid('is damaged, or is no model of the kind that its name says')
}

/** Exact up to 2^53, which no field of a model exceeds but those of ten bytes: they are negative numbers that nobody asks for. */
function varint(file: ByteReader): number {
  let value = 0
  for (let factor = 1, count = 0; count < 10; factor *= 0x80, count++) {
    const byte = file.byte()
    value += (byte & 0x7f) * factor
    if (byte < 0x80) return value
  }
  throw file.invalid('is damaged, or is no model of the kind that its name says')
}

/** Variable-length integers of Kafka's records: ZigZag, seven bits a byte, least significant first (as in Protocol Buffers). */

/** Bytes of a non-negative or small negative integer, up to 2^53. */
export function sizeOfVarint(value: number): number {
  let zigzag = value < 0 ? -2 * value - 1 : 2 * value
  let size = 1
  while (zigzag >= 128) {
    zigzag = Math.floor(zigzag / 128)
    size++
  }
  return size
}

/** Writes the integer and gives the offset behind it. */
export function writeVarint(target: Buffer, value: number, at: number): number {
  let zigzag = value < 0 ? -2 * value - 1 : 2 * value
  let offset = at
  while (zigzag >= 128) {
    target[offset++] = (zigzag % 128) | 128
    zigzag = Math.floor(zigzag / 128)
  }
  target[offset++] = zigzag
  return offset
}

/** Reads integers one after the other; `offset` is where the next one begins. */
export class VarintReader {
  readonly bytes: Buffer
  offset: number

  constructor(bytes: Buffer, offset: number) {
    this.bytes = bytes
    this.offset = offset
  }

  /** The next integer, exact up to 2^53. */
  next(): number {
    const bytes = this.bytes
    let byte = bytes[this.offset++] ?? 0
    if (byte < 128) return byte & 1 ? -((byte + 1) >>> 1) : byte >>> 1
    let zigzag = byte & 127
    let scale = 128
    do {
      byte = bytes[this.offset++] ?? 0
      zigzag += (byte & 127) * scale
      scale *= 128
    } while (byte >= 128)
    return zigzag % 2 === 1 ? -(zigzag + 1) / 2 : zigzag / 2
  }

  /** The next run of bytes with its length in front; null for length -1. A view, not a copy. */
  run(): Buffer | null {
    const length = this.next()
    if (length < 0) return null
    const start = this.offset
    this.offset = start + length
    return this.bytes.subarray(start, this.offset)
  }
}

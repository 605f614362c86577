/** A place in memory to write to. Whoever made it saw to it that there is room. */
export interface Pen {
  bytes: Buffer
  at: number
}

/** Avro int or long: zig-zag, then seven bits a byte, the least significant first. */
export function writeLong(pen: Pen, value: number | bigint): void {
  if (value >= -0x40000000 && value < 0x40000000) writeShortLong(pen, Number(value))
  else writeWideLong(pen, BigInt(value))
}

function writeShortLong(pen: Pen, value: number): void {
  let bits = ((value << 1) ^ (value >> 31)) >>> 0
  while (bits > 127) {
    pen.bytes[pen.at++] = (bits & 127) | 128
    bits >>>= 7
  }
  pen.bytes[pen.at++] = bits
}

function writeWideLong(pen: Pen, value: bigint): void {
  let bits = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  while (bits > 127n) {
    pen.bytes[pen.at++] = Number(bits & 127n) | 128
    bits >>= 7n
  }
  pen.bytes[pen.at++] = Number(bits)
}

/** Avro string: its length in UTF-8, which is returned, then the bytes. A lone surrogate becomes U+FFFD. */
export function writeString(pen: Pen, value: string): number {
  const start = pen.at
  // The bytes are written where they belong if the text is ASCII; only another width of the length makes them move.
  const guess = widthOf(value.length)
  const length = pen.bytes.write(value, start + guess)
  const width = widthOf(length)
  if (width !== guess) pen.bytes.copyWithin(start + width, start + guess, start + guess + length)
  writeLong(pen, length)
  pen.at = start + width + length
  return length
}

export function writeBytes(pen: Pen, value: Uint8Array): void {
  writeLong(pen, value.length)
  pen.bytes.set(value, pen.at)
  pen.at += value.length
}

export function writeBoolean(pen: Pen, value: boolean): void {
  pen.bytes[pen.at++] = value ? 1 : 0
}

export function writeDouble(pen: Pen, value: number): void {
  pen.at = pen.bytes.writeDoubleLE(value, pen.at)
}

/** Avro array of strings: one block, then an empty one. */
export function writeStrings(pen: Pen, values: readonly string[]): void {
  if (values.length > 0) {
    writeLong(pen, values.length)
    for (const value of values) writeString(pen, value)
  }
  writeLong(pen, 0)
}

/** Most bytes that a string may take, length included; exact for long ones, which would waste memory otherwise. */
export function roomFor(value: string): number {
  return 5 + (value.length < 65_536 ? 3 * value.length : Buffer.byteLength(value))
}

/** Bytes of the zig-zag form of a length. */
function widthOf(length: number): number {
  if (length < 64) return 1
  if (length < 8192) return 2
  if (length < 1_048_576) return 3
  return length < 134_217_728 ? 4 : 5
}

/** What a store of an index holds, by the first byte of its keys. */
const KINDS = { meta: 0, bucket: 1, document: 2, name: 3, twin: 4, posting: 5, view: 6 } as const

type Kind = keyof typeof KINDS

/** The key of a thing of this kind. */
export function keyOf(kind: Kind, ...parts: Uint8Array[]): Buffer {
  let length = 1
  for (const part of parts) length += part.length
  const key = Buffer.allocUnsafe(length)
  key[0] = KINDS[kind]
  let at = 1
  for (const part of parts) {
    key.set(part, at)
    at += part.length
  }
  return key
}

/** Documents are numbered; six bytes are enough for 281 million million of them, and sort alike. */
export const NUMBER_BYTES = 6

export function writeNumber(bytes: Buffer, number: number, at: number): void {
  bytes.writeUIntBE(number, at, NUMBER_BYTES)
}

export function readNumber(bytes: Buffer, at: number): number {
  return bytes.readUIntBE(at, NUMBER_BYTES)
}

/** A number as bytes. */
export function bytesOf(number: number): Buffer {
  const bytes = Buffer.allocUnsafe(NUMBER_BYTES)
  writeNumber(bytes, number, 0)
  return bytes
}

/** All keys of a kind that begin so: from inclusive to exclusive. */
export function rangeOf(kind: Kind, prefix: Uint8Array = Buffer.alloc(0)): { from: Buffer; to: Buffer } {
  const from = keyOf(kind, prefix)
  const to = Buffer.from(from)
  for (let i = to.length - 1; i >= 0; i--) {
    if (to[i] !== 255) {
      to[i] = (to[i] ?? 0) + 1
      return { from, to: to.subarray(0, i + 1) }
    }
  }
  throw new Error('no key lies behind these')
}

/** Bytes as a string of as many characters, which a map can have as its key. */
export function spelling(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

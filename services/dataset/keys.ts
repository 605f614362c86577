/** What a store of an index holds, by the first byte of its keys. */
const KINDS = { meta: 0, bucket: 1, document: 2, name: 3, twin: 4, posting: 5, view: 6 } as const

type Kind = keyof typeof KINDS

/** The key of a thing of this kind. */
export function keyOf(kind: Kind, ...parts: Uint8Array[]): Buffer {
  return Buffer.concat([Buffer.of(KINDS[kind]), ...parts])
}

/** A number as eight bytes that sort alike. */
export function bytesOf(number: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(number))
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

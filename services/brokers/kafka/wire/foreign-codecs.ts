// Codecs that other producers use and nothing here writes. Their libraries are read in when the first such batch comes.

/** Expands bytes that say, before anything is expanded, how many they will be at most. */
export interface ForeignCodec {
  /** The most that comes out, by what stands in the headers. Throws RangeError where they are damaged. */
  bound(bytes: Buffer): number
  expand(bytes: Buffer): Promise<Buffer>
}

/** How snappy-java, and so Kafka's own producer, frames snappy: this mark, two versions, then chunks behind their lengths. */
const XERIAL = Buffer.from('\x82SNAPPY\0', 'latin1')
const XERIAL_HEADER = XERIAL.length + 8

/** Snappy, in snappy-java's frames or bare. */
export const SNAPPY: ForeignCodec = {
  bound: (bytes) => snappyChunks(bytes).reduce((sum, chunk) => sum + snappyLength(chunk), 0),
  async expand(bytes) {
    const { uncompress } = await import('snappy')
    const parts: Buffer[] = []
    for (const chunk of snappyChunks(bytes)) parts.push(Buffer.from(await uncompress(chunk)))
    return Buffer.concat(parts)
  },
}

function snappyChunks(bytes: Buffer): Buffer[] {
  if (!bytes.subarray(0, XERIAL.length).equals(XERIAL)) return [bytes]
  const chunks: Buffer[] = []
  for (let at = XERIAL_HEADER; at < bytes.length; ) {
    const from = at + 4
    at = from + bytes.readUInt32BE(at)
    if (at > bytes.length) throw new RangeError('a chunk of snappy is cut off')
    chunks.push(bytes.subarray(from, at))
  }
  return chunks
}

/** Snappy begins with its length as a varint: github.com/google/snappy, format_description.txt. */
function snappyLength(chunk: Buffer): number {
  let length = 0
  for (let i = 0; i < 5; i++) {
    const byte = chunk.readUInt8(i)
    length += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return length
  }
  throw new RangeError('the length of a chunk of snappy is damaged')
}

// github.com/lz4/lz4, doc/lz4_Frame_format.md
const LZ4_MAGIC = 0x184d2204
const LZ4_DESCRIPTOR = 4
const HAS_DICTIONARY = 0x01
const HAS_CONTENT_SIZE = 0x08
const HAS_BLOCK_CHECKSUMS = 0x10
/** Largest block, by its number in the descriptor. Bytes. */
const BLOCK_SIZES = new Map([
  [4, 2 ** 16],
  [5, 2 ** 18],
  [6, 2 ** 20],
  [7, 2 ** 22],
])
const IS_STORED = 0x80000000

/** LZ4 in frames. */
export const LZ4: ForeignCodec = {
  bound: lz4Bound,
  async expand(bytes) {
    const { decompressFrame } = await import('lz4-napi')
    return await decompressFrame(bytes)
  },
}

/** A compressed block holds no more than its frame's largest; a stored one what it is long. */
function lz4Bound(bytes: Buffer): number {
  if (bytes.readUInt32LE(0) !== LZ4_MAGIC) throw new RangeError('it is no frame of LZ4')
  const flags = bytes.readUInt8(LZ4_DESCRIPTOR)
  const largest = BLOCK_SIZES.get((bytes.readUInt8(LZ4_DESCRIPTOR + 1) >> 4) & 7)
  if (largest === undefined) throw new RangeError('its block size is damaged')
  const behindBlock = flags & HAS_BLOCK_CHECKSUMS ? 4 : 0
  let bound = 0
  let at = LZ4_DESCRIPTOR + 3 + (flags & HAS_CONTENT_SIZE ? 8 : 0) + (flags & HAS_DICTIONARY ? 4 : 0)
  for (let size = bytes.readUInt32LE(at); size !== 0; size = bytes.readUInt32LE(at)) {
    const length = size % IS_STORED
    bound += size >= IS_STORED ? length : largest
    at += 4 + length + behindBlock
  }
  return flags & HAS_CONTENT_SIZE ? Math.max(bound, Number(bytes.readBigUInt64LE(LZ4_DESCRIPTOR + 2))) : bound
}

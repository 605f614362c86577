import { promisify } from 'node:util'
import { constants, gunzip, gzip, zstdCompress, zstdDecompress } from 'node:zlib'

/** Largest record batch after decompression; more is a decompression bomb. Bytes. */
export const DECOMPRESSION_LIMIT = 256 * 1024 * 1024

/** Codec numbers of a record batch: kafka.apache.org/documentation, "Record Batch", attributes 0 to 2. */
export const CODECS = { none: 0, gzip: 1, zstd: 4 } as const
export type CodecName = keyof typeof CODECS

const GZIP_LEVEL = 3
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

const compressGzip = promisify(gzip)
const compressZstd = promisify(zstdCompress)
const expandGzip = promisify(gunzip)
const expandZstd = promisify(zstdDecompress)

/** Compresses the records of a batch, off the main thread. The levels are the fast ones: channels are working memory. */
export function compress(codec: number, bytes: Buffer): Promise<Buffer> {
  if (codec === CODECS.gzip) return compressGzip(bytes, { level: GZIP_LEVEL })
  if (codec === CODECS.zstd) return compressZstd(bytes, ZSTD)
  return Promise.reject(new RangeError(`No codec has number ${codec}.`))
}

/** Expands the records of a batch, off the main thread. Rejects above the limit, or for a codec that is not supported. */
export function decompress(codec: number, bytes: Buffer, limit = DECOMPRESSION_LIMIT): Promise<Buffer> {
  if (codec === CODECS.gzip) return expandGzip(bytes, { maxOutputLength: limit })
  if (codec === CODECS.zstd) return expandZstd(bytes, { maxOutputLength: limit })
  return Promise.reject(new RangeError(`Record batches with codec ${codec} are not supported; use none, gzip or zstd.`))
}

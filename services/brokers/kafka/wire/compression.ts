import { promisify } from 'node:util'
import { constants, gunzip, gzip, zstdCompress, zstdDecompress } from 'node:zlib'
import { Failure } from '../../../../topologies/failure.ts'
import { type ForeignCodec, LZ4, SNAPPY } from './foreign-codecs.ts'
import { WireFailure } from './wire-failure.ts'

/** Largest record batch after decompression, unless MILLRACE_KAFKA_BATCH_LIMIT says otherwise: twice the largest record. Bytes. */
const DEFAULT_LIMIT = 128 * 1024 * 1024
const LIMIT_SETTING = 'MILLRACE_KAFKA_BATCH_LIMIT'

/** kafkajs decodes out of reach of a client's options, so there is one limit for the process. */
let batchLimit = DEFAULT_LIMIT

/** Takes the limit of a record batch from the environment. Throws `usage`. */
export function limitBatches(env: Record<string, string | undefined>): void {
  const given = env[LIMIT_SETTING] || String(DEFAULT_LIMIT)
  const bytes = Number(given)
  if (!Number.isSafeInteger(bytes) || bytes < 1)
    throw new Failure('usage', `${LIMIT_SETTING} is "${given}"; it must be a number of bytes.`)
  batchLimit = bytes
}

/** Codec numbers of a record batch: kafka.apache.org/documentation, "Record Batch", attributes 0 to 2. */
export const CODECS = { none: 0, gzip: 1, zstd: 4 } as const
export type CodecName = keyof typeof CODECS
/** Those that are read, and never written. */
const FOREIGN_CODECS = new Map<number, ForeignCodec>([
  [2, SNAPPY],
  [3, LZ4],
])

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

/**
 * Expands the records of a batch, off the main thread, and never to more than the limit: rejects with `unpacked_too_large`
 * there, with `broker_failed` for damage or a codec that is not known.
 */
export async function decompress(codec: number, bytes: Buffer, limit = batchLimit): Promise<Buffer> {
  try {
    return await expand(codec, bytes, limit)
  } catch (cause) {
    if (cause instanceof WireFailure) throw cause
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(bytes, limit)
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new WireFailure(`A record batch does not decompress: ${reason}`, { cause })
  }
}

function expand(codec: number, bytes: Buffer, limit: number): Promise<Buffer> {
  if (codec === CODECS.gzip) return expandGzip(bytes, { maxOutputLength: limit })
  if (codec === CODECS.zstd) return expandZstd(bytes, { maxOutputLength: limit })
  const foreign = FOREIGN_CODECS.get(codec)
  if (!foreign) throw new WireFailure(`Record batches with codec ${codec} are not known to Kafka.`)
  if (foreign.bound(bytes) > limit) throw tooLarge(bytes, limit)
  return foreign.expand(bytes)
}

function tooLarge(bytes: Buffer, limit: number): WireFailure {
  const what = `A record batch of ${bytes.length} bytes unpacks to more than ${limit}, as decompression bombs do.`
  const cure = `Raise ${LIMIT_SETTING} if it is none; else let the consumer group go on behind it (kafka-consumer-groups --reset-offsets).`
  return new WireFailure(`${what} ${cure}`, { code: 'unpacked_too_large' })
}

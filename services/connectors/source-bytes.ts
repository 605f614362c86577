import { type FileHandle, open, stat } from 'node:fs/promises'
import { classify, Failure } from '../../topologies/failure.ts'
import { BombError, DecompressionError, decompress, packingOf, salvage } from './decompression.ts'
import { STANDARD } from './files.ts'
import { isObject, type StoreAccess } from './object-address.ts'
import { objectBytes } from './s3/object-bytes.ts'

/** How far a source was read: bytes as they lie on the disk. */
export interface Progress {
  position: number
}

const READ_BYTES = 1_048_576
/** Bytes given to a decompressor at once; where one fails, so many are tried one by one. */
const FEED_BYTES = 65_536

export interface ByteSettings {
  /** A compressed source may unpack to so many times its size; 500 when not given. */
  unpackRatio?: number | undefined
  /** How an object store is spoken to; by the environment when not given. */
  access?: StoreAccess | undefined
}

/**
 * The bytes of a file, of an object for `s3://BUCKET/KEY`, or of standard input for `-`, unpacked; the first piece holds four bytes at least if the source does.
 * Throws Failure `input_missing`, `input_corrupt` with file and byte once all that can be unpacked before it was given, or
 * `unpacked_too_large` where it unpacks to more than the allowed times its size.
 */
export async function* sourceBytes(
  source: string,
  progress: Progress,
  { unpackRatio: ratio, access }: ByteSettings = {},
): AsyncGenerator<Buffer> {
  const pieces = rawBytes(source, access)
  try {
    const head = await firstBytes(pieces)
    const packing = packingOf(head)
    const all = counted(joined(head, pieces), progress)
    if (packing !== 'plain') return yield* unpack({ source, packing, ratio }, all)
    if (/\.jsonl?\.(gz|zst)$/i.test(source) && !looksLikeJson(head))
      throw corrupt(source, 0, 'not packed, and not JSON')
    yield* all
  } finally {
    await pieces.return(undefined)
  }
}

interface Packed {
  source: string
  packing: 'gzip' | 'zstd'
  ratio: number | undefined
}

async function* unpack({ source, packing, ratio }: Packed, pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* decompress(slices(pieces), packing, ratio)
  } catch (error) {
    if (error instanceof BombError) throw bomb(source, error)
    if (!(error instanceof DecompressionError)) throw error
    if (!(await isFile(source))) throw corrupt(source, error.at, error.message)
    yield* unpackWithCare({ source, packing, ratio }, error)
  }
}

async function* unpackWithCare({ source, packing, ratio }: Packed, damage: DecompressionError): AsyncGenerator<Buffer> {
  try {
    yield* salvage(slices(readFile(source)), packing, { damage, ratio })
  } catch (error) {
    if (error instanceof BombError) throw bomb(source, error)
    if (!(error instanceof DecompressionError)) throw error
    throw corrupt(source, error.at, error.message)
  }
}

function bomb(source: string, error: BombError): Failure {
  const sentence = `${source} ${error.message}, as decompression bombs do; raise MILLRACE_UNPACK_RATIO if it is none.`
  return new Failure('unpacked_too_large', sentence, { cause: error })
}

function corrupt(source: string, at: number, why: string): Failure {
  return new Failure('input_corrupt', `${source} is damaged at byte ${at} (${why}); fetch it again or pack it anew.`)
}

async function isFile(source: string): Promise<boolean> {
  return source !== STANDARD && !isObject(source) && (await stat(source)).isFile()
}

async function* counted(pieces: AsyncIterable<Buffer>, progress: Progress): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    progress.position += piece.length
    yield piece
  }
}

async function* slices(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; at += FEED_BYTES) yield piece.subarray(at, at + FEED_BYTES)
  }
}

async function* readFile(path: string): AsyncGenerator<Buffer> {
  const file = await asFailure(path, open(path))
  try {
    for (let piece = await readPiece(path, file); piece.length > 0; piece = await readPiece(path, file)) yield piece
  } finally {
    await file.close()
  }
}

/** A piece of its own memory, since lines that point into it outlive the next one. */
async function readPiece(path: string, file: FileHandle): Promise<Buffer> {
  const piece = Buffer.allocUnsafeSlow(READ_BYTES)
  const { bytesRead } = await asFailure(path, file.read(piece, 0, READ_BYTES, null))
  return piece.subarray(0, bytesRead)
}

async function asFailure<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    const { message } = classify(cause)
    throw new Failure('input_missing', `${path} cannot be read: ${message}`, { cause })
  }
}

function rawBytes(source: string, access: StoreAccess | undefined): AsyncGenerator<Buffer> {
  if (source === STANDARD) return standardInput()
  return isObject(source) ? objectBytes(source, access) : readFile(source)
}

async function* standardInput(): AsyncGenerator<Buffer> {
  for await (const piece of process.stdin) yield Buffer.isBuffer(piece) ? piece : Buffer.from(piece)
}

/** The first piece of a source, or so many as hold four bytes. */
async function firstBytes(pieces: AsyncGenerator<Buffer>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0)
  while (head.length < 4) {
    const next = await pieces.next()
    if (next.done) break
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value])
  }
  return head
}

async function* joined(head: Buffer, pieces: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head
  yield* pieces
}

/** Whether bytes begin as JSON or a byte order mark does; an empty file passes. */
function looksLikeJson(head: Buffer): boolean {
  return head.length === 0 || ' \t\r\n{[\xef'.includes(String.fromCharCode(head[0] ?? 0))
}

import type { Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { Failure } from '../../topologies/failure.ts'

/** How a file is packed, by what it begins with. */
export type Packing = 'plain' | 'gzip' | 'zstd'

/** Bytes of one piece of output. */
const OUTPUT_BYTES = 262_144

/** Damage at a byte of the compressed source. */
export class DecompressionError extends Error {
  readonly at: number
  /** Bytes that were given out before. */
  readonly delivered: number

  constructor(at: number, delivered: number, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.name = 'DecompressionError'
    this.at = at
    this.delivered = delivered
  }
}

/** What the first bytes of a file say of its packing; its name is not asked. */
export function packingOf(head: Uint8Array): Packing {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  const [first = 0, second, third, fourth] = head
  if (first === 0x28 && second === 0xb5 && third === 0x2f && fourth === 0xfd) return 'zstd'
  const skippable = first >> 4 === 5 && second === 0x2a && third === 0x4d && fourth === 0x18
  return skippable ? 'zstd' : 'plain'
}

/**
 * The contents of all members (gzip) or frames (zstd) of a source. Throws DecompressionError; up to one piece of output that
 * was decompressed before the damage may then be missing (see `salvage`).
 */
export async function* decompress(pieces: AsyncIterable<Buffer>, packing: 'gzip' | 'zstd'): AsyncGenerator<Buffer> {
  const engine = engineOf(packing)
  let fed = 0
  let delivered = 0
  const feeding = feedAll()
  feeding.catch((error: Error) => engine.destroy(error))
  try {
    for await (const output of engine) {
      delivered += output.length
      yield output
    }
    await feeding
  } catch (cause) {
    // What the source itself threw is no damage.
    throw cause instanceof Failure ? cause : new DecompressionError(fed, delivered, cause)
  }

  async function feedAll(): Promise<void> {
    for await (const piece of pieces) {
      await feed(engine, piece)
      fed += piece.length
    }
    engine.end()
  }
}

/**
 * Decompresses a damaged source once more and gives all that can be had behind the first `error.delivered` bytes: byte by byte
 * from the piece in which the damage lies. Ends by throwing a DecompressionError with the very byte.
 */
export async function* salvage(
  pieces: AsyncIterable<Buffer>,
  packing: 'gzip' | 'zstd',
  error: DecompressionError,
): AsyncGenerator<Buffer> {
  const engine = engineOf(packing)
  const outputs: Buffer[] = []
  let skip = error.delivered
  let fed = 0
  engine.on('data', (output: Buffer) => {
    const rest = output.subarray(Math.min(skip, output.length))
    skip -= output.length - rest.length
    if (rest.length > 0) outputs.push(rest)
  })
  try {
    for await (const piece of pieces) {
      const step = fed + piece.length > error.at ? 1 : piece.length
      for (let at = 0; at < piece.length; at += step) {
        await feed(engine, piece.subarray(at, at + step))
        fed += step
        yield* outputs.splice(0)
      }
    }
    await finished(engine)
    yield* outputs.splice(0)
  } catch (cause) {
    yield* outputs.splice(0)
    throw cause instanceof Failure ? cause : new DecompressionError(fed, error.delivered, cause)
  }
  throw new DecompressionError(fed, error.delivered, error.cause)
}

function engineOf(packing: 'gzip' | 'zstd'): Transform & { readonly bytesWritten: number } {
  const options = { chunkSize: OUTPUT_BYTES }
  return packing === 'gzip' ? createGunzip(options) : createZstdDecompress(options)
}

/** Writes a piece whole: the zstd engine stops at the end of a frame and leaves what follows it in the same piece. */
async function feed(engine: ReturnType<typeof engineOf>, piece: Buffer): Promise<void> {
  let rest = piece
  while (rest.length > 0) {
    const before = engine.bytesWritten
    await write(engine, rest)
    const used = engine.bytesWritten - before
    if (used <= 0) throw new Error('bytes that belong to no frame')
    rest = rest.subarray(used)
  }
}

function write(engine: Transform, piece: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(error)
    engine.once('error', failed)
    engine.write(piece, (error) => {
      engine.off('error', failed)
      if (error) reject(error)
      else resolve()
    })
  })
}

function finished(engine: Transform): Promise<void> {
  return new Promise((resolve, reject) => {
    engine.once('error', reject)
    engine.once('end', resolve)
    engine.end()
  })
}

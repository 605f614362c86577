import type { Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'

/** How a file is packed. */
export type Packing = 'plain' | 'gzip' | 'zstd'

/** Bytes of one piece of output. */
const OUTPUT_BYTES = 262_144

/** Damage at a byte of the compressed source. */
export class DecompressionError extends Error {
  readonly at: number
  /** Bytes that were given out before. */
  readonly delivered: number

  constructor(place: { at: number; delivered: number }, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.name = 'DecompressionError'
    this.at = place.at
    this.delivered = place.delivered
  }
}

/** A source that unpacks to more than so many times its own size. */
export class BombError extends Error {
  readonly ratio: number

  constructor(ratio: number) {
    super(`unpacks to more than ${ratio} times its size`)
    this.name = 'BombError'
    this.ratio = ratio
  }
}

/**
 * Text packs 2 to 10 times, a log of one repeated line a few hundred times, and gzip can do no more than 1,032 times: whatever is
 * packed tighter than this was made to be.
 */
export const MOST_RATIO = 500
/** Below this much output a source may be packed as tightly as it likes. Bytes. */
const HARMLESS = 256 * 1024 * 1024

/** What the first bytes of a file say of its packing; its name is not asked. */
export function packingOf(head: Uint8Array): Packing {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  const [first = 0, second, third, fourth] = head
  if (first === 0x28 && second === 0xb5 && third === 0x2f && fourth === 0xfd) return 'zstd'
  const skippable = first >> 4 === 5 && second === 0x2a && third === 0x4d && fourth === 0x18
  return skippable ? 'zstd' : 'plain'
}

/**
 * The contents of all members (gzip) or frames (zstd) of a source. Throws DecompressionError, whose `at` is the start of the
 * piece in which the damage lies; some output that was unpacked from that piece is then missing (see `salvage`). Throws
 * BombError where the output, beyond what is harmless, grows to more than `ratio` times the input.
 */
export async function* decompress(
  pieces: AsyncIterable<Buffer>,
  packing: 'gzip' | 'zstd',
  ratio = MOST_RATIO,
): AsyncGenerator<Buffer> {
  const unpacker = new Unpacker(packing)
  const place = { at: 0, delivered: 0 }
  try {
    for await (const piece of pieces) {
      const most = Math.max(HARMLESS, (place.at + piece.length) * ratio)
      for await (const output of placed(unpacker.feed(piece), place)) {
        if (place.delivered > most) throw new BombError(ratio)
        yield output
      }
      place.at += piece.length
    }
    for await (const output of placed(unpacker.finish(), place)) yield output
  } finally {
    unpacker.destroy()
  }
}

/**
 * Unpacks a damaged source once more and gives all that can be had behind what `damage` says was delivered, byte by byte from
 * the piece in which the damage lies. Throws a DecompressionError with the very byte.
 */
export async function* salvage(
  pieces: AsyncIterable<Buffer>,
  packing: 'gzip' | 'zstd',
  { damage, ratio }: { damage: DecompressionError; ratio: number | undefined },
): AsyncGenerator<Buffer> {
  let skip = damage.delivered
  const carefully = slicesFrom(pieces, damage.at)
  for await (const output of decompress(carefully, packing, ratio)) {
    const rest = output.subarray(Math.min(skip, output.length))
    skip -= output.length - rest.length
    if (rest.length > 0) yield rest
  }
}

/** Whole pieces up to a place, single bytes behind it. */
async function* slicesFrom(pieces: AsyncIterable<Buffer>, place: number): AsyncGenerator<Buffer> {
  let at = 0
  for await (const piece of pieces) {
    if (at + piece.length <= place) yield piece
    else for (let i = 0; i < piece.length; i++) yield piece.subarray(i, i + 1)
    at += piece.length
  }
}

/** Counts what is given out, and says of an error where it happened. */
async function* placed(
  outputs: AsyncIterable<Buffer>,
  place: { at: number; delivered: number },
): AsyncGenerator<Buffer> {
  try {
    for await (const output of outputs) {
      place.delivered += output.length
      yield output
    }
  } catch (cause) {
    throw new DecompressionError(place, cause)
  }
}

type Engine = Transform & { readonly bytesWritten: number }

/**
 * One engine of node:zlib after another: the zstd engine ends with a frame and leaves what lies behind it in the same piece
 * unread, and the gzip engine does so with padding.
 */
class Unpacker {
  readonly #packing: 'gzip' | 'zstd'
  #engine: Engine | null = null

  constructor(packing: 'gzip' | 'zstd') {
    this.#packing = packing
  }

  async *feed(piece: Buffer): AsyncGenerator<Buffer> {
    let rest = piece
    while (rest.length > 0) {
      if (!this.#engine) rest = withoutPadding(rest)
      if (rest.length === 0) return
      this.#engine ??= engineOf(this.#packing)
      const engine = this.#engine
      const before = engine.bytesWritten
      yield* outputsOf(engine, (done) => engine.write(rest, done))
      const used = engine.bytesWritten - before
      rest = rest.subarray(used)
      if (rest.length === 0) return
      if (used === 0 && before === 0) throw new Error('bytes that belong to no frame')
      this.#engine = null
    }
  }

  /** What comes of the end of the source; an error where it lies within a member or frame. */
  async *finish(): AsyncGenerator<Buffer> {
    const engine = this.#engine
    if (engine) yield* outputsOf(engine, (done) => engine.once('end', () => done()).end())
  }

  destroy(): void {
    this.#engine?.destroy()
  }
}

/** All outputs from a call to an engine until its `done`, no faster than they are taken. */
async function* outputsOf(
  engine: Engine,
  call: (done: (error?: Error | null) => void) => unknown,
): AsyncGenerator<Buffer> {
  let done = false
  let failed: Error | null = null
  let wake: () => void = () => undefined
  const onWake = () => wake()
  const onError = (error: Error) => {
    failed = error
    wake()
  }
  engine.on('readable', onWake).on('end', onWake).on('error', onError)
  call((error) => {
    failed ??= error ?? null
    done = true
    wake()
  })
  try {
    while (true) {
      for (let output = engine.read(); output !== null; output = engine.read()) yield output
      if (failed) throw failed
      if (done) return
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  } finally {
    engine.off('readable', onWake).off('end', onWake).off('error', onError)
  }
}

function engineOf(packing: 'gzip' | 'zstd'): Engine {
  const options = { chunkSize: OUTPUT_BYTES }
  const engine = packing === 'gzip' ? createGunzip(options) : createZstdDecompress(options)
  // A late error of an engine that nobody waits for any more must not end the process.
  return engine.on('error', () => undefined)
}

/** Zero bytes between members and at the end, as tapes and block devices leave them. */
function withoutPadding(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0)
  return start === -1 ? bytes.subarray(bytes.length) : bytes.subarray(start)
}

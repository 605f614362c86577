import { type FileHandle, open } from 'node:fs/promises'
import type { Transform } from 'node:stream'
import { createGzip, createZstdCompress } from 'node:zlib'
import { Failure } from '../../topologies/failure.ts'
import type { Packing } from './decompression.ts'

/** Takes lines without their line feeds. One `write` at a time; its lines must stay as they are until it resolves. */
export interface LineSink {
  /** Resolves when there is room for more. */
  write(lines: readonly Uint8Array[]): Promise<void>
  /** Writes out everything and closes; with `sync`, what was written is on the disk. */
  close(options?: { sync: boolean }): Promise<Written>
  /** Closes without writing the rest. Never rejects. */
  abort(): Promise<void>
}

/** Lines, and bytes as they lie on the disk. */
export interface Written {
  lines: number
  bytes: number
}

/** Where bytes end up. */
export interface Drain {
  write(bytes: Uint8Array): Promise<void>
  end(options: { sync: boolean }): Promise<void>
}

const BUFFER_BYTES = 1_048_576

/** A sink that packs what it is given into one gzip member or zstd frame, which every reader understands. */
export function lineSink(drain: Drain, packing: Packing): LineSink {
  const written: Written = { lines: 0, bytes: 0 }
  const counting = async (bytes: Uint8Array) => {
    written.bytes += bytes.length
    await drain.write(bytes)
  }
  const packer = packing === 'plain' ? null : packerInto(counting, packing)
  const out = packer ? packer.write : counting
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  let used = 0

  const flush = async () => {
    const filled = buffer.subarray(0, used)
    used = 0
    if (filled.length > 0) await out(filled)
  }

  return {
    async write(lines) {
      for (const line of lines) {
        if (used + line.length + 1 > BUFFER_BYTES) await flush()
        if (line.length + 1 > BUFFER_BYTES) await out(Buffer.concat([line, Buffer.of(10)]))
        else {
          buffer.set(line, used)
          buffer[used + line.length] = 10
          used += line.length + 1
        }
        written.lines++
      }
    },
    async close(options = { sync: false }) {
      await flush()
      await packer?.end()
      await drain.end(options)
      return written
    },
    async abort() {
      packer?.destroy()
      await drain.end({ sync: false }).catch(() => undefined)
    },
  }
}

/** Opens a file for writing from its start. Throws Failure `output_unwritable` or `disk_full`. */
export async function fileDrain(path: string): Promise<Drain> {
  const file = await unwritable(path, open(path, 'w'))
  return {
    write: (bytes) => unwritable(path, writeAll(file, bytes)),
    async end({ sync }) {
      try {
        if (sync) await unwritable(path, file.sync())
      } finally {
        await file.close()
      }
    },
  }
}

/** Standard output, which stays open. */
export function standardDrain(): Drain {
  // Without a listener a reader that goes away would end the process before the write's own callback tells us.
  const ignore = () => undefined
  process.stdout.on('error', ignore)
  return {
    write(bytes) {
      const written = new Promise<void>((resolve, reject) => {
        process.stdout.write(Buffer.from(bytes), (error) => (error ? reject(error) : resolve()))
      })
      return unwritable('standard output', written)
    },
    async end() {
      process.stdout.off('error', ignore)
    },
  }
}

/** Turns the error of a write into a Failure that names the path. */
export async function unwritable<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    const code = cause instanceof Error && 'code' in cause ? cause.code : ''
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new Failure('disk_full', `The disk is full: ${path} cannot be written; make room and run again.`, { cause })
    }
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Failure('output_unwritable', `${path} cannot be written: ${why}`, { cause })
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at)
    at += bytesWritten
  }
}

interface Packer {
  write(bytes: Uint8Array): Promise<void>
  end(): Promise<void>
  destroy(): void
}

/** Packs bytes on a thread of zlib's while the next are gathered, and hands on what has become of them. */
function packerInto(out: (bytes: Uint8Array) => Promise<void>, packing: 'gzip' | 'zstd'): Packer {
  const engine: Transform = packing === 'gzip' ? createGzip() : createZstdCompress()
  const packed: Buffer[] = []
  engine.on('data', (bytes: Buffer) => packed.push(bytes))
  engine.on('error', () => undefined)
  const drain = async () => {
    for (const bytes of packed.splice(0)) await out(bytes)
  }
  return {
    async write(bytes) {
      await new Promise<void>((resolve, reject) => {
        engine.write(bytes, (error) => (error ? reject(error) : resolve()))
      })
      await drain()
    },
    async end() {
      const ended = new Promise<void>((resolve, reject) => {
        engine.once('end', resolve)
        engine.once('error', reject)
      })
      engine.end()
      await ended
      await drain()
    },
    destroy() {
      engine.destroy()
    },
  }
}

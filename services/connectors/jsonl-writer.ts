import { open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Failure } from '../../topologies/failure.ts'
import type { Packing } from './decompression.ts'
import { makeDirectory } from './directories.ts'
import { STANDARD } from './files.ts'
import { fileDrain, type LineSink, lineSink, standardDrain, unwritable, type Written } from './line-sink.ts'

/** A file in the making: nothing stands at its path before `commit`, and then all of it. */
export interface OutputFile {
  /** Lines without line feeds, which must stay as they are until this resolves; then there is room for more. */
  write(lines: readonly Uint8Array[]): Promise<void>
  /** Puts the file in its place, on the disk, in one step; what stood there before is gone. */
  commit(): Promise<Written & { path: string }>
  /** Leaves nothing behind. Never rejects. */
  abort(): Promise<void>
}

/**
 * Opens an output for a run: JSON lines, packed when the path ends in .gz or .zst, straight to standard output for `-`.
 * What is being written lies in `<path>.<run>.partial` beside it; what dead runs left of the same path is removed. A path has
 * one writer: of two runs at once the later one wins, and the earlier one fails when it commits. Missing directories are made.
 * Methods throw Failure `output_unwritable` or `disk_full`, and after `disk_full` nothing half-written is left.
 */
export async function openOutput(path: string, run: string): Promise<OutputFile> {
  if (path === STANDARD) return direct(path, lineSink(standardDrain(), 'plain'))
  const found = await stat(path).catch(() => null)
  if (found?.isDirectory()) throw new Failure('output_unwritable', `${path} is a directory; name a file in it.`)
  if (found && !found.isFile()) return direct(path, lineSink(await fileDrain(path), packingFor(path)))
  await unwritable(path, makeDirectory(dirname(path)))
  await removeLeftovers(path)
  const partial = `${path}.${encodeURIComponent(run).replaceAll('.', '%2E')}.partial`
  return replacing(path, partial, lineSink(await fileDrain(partial), packingFor(path)))
}

/** How a path's suffix says that it is packed. */
export function packingFor(path: string): Packing {
  if (path.endsWith('.gz')) return 'gzip'
  return path.endsWith('.zst') ? 'zstd' : 'plain'
}

/** Puts a complete file in its place and sees to it that the directory remembers. */
export async function moveInto(partial: string, path: string): Promise<void> {
  await unwritable(path, rename(partial, path))
  const directory = await open(dirname(path)).catch(() => null)
  // Some file systems do not sync directories; the file itself is synced already.
  await directory?.sync().catch(() => undefined)
  await directory?.close()
}

/** A sink that removes its file when a write fails. */
export async function orRemove<T>(work: Promise<T>, sink: LineSink, partial: string): Promise<T> {
  try {
    return await work
  } catch (error) {
    await discard(sink, partial)
    throw error
  }
}

/** Closes a sink and removes its file. Never rejects. */
export async function discard(sink: LineSink, partial: string): Promise<void> {
  await sink.abort()
  await rm(partial, { force: true }).catch(() => undefined)
}

function replacing(path: string, partial: string, sink: LineSink): OutputFile {
  return {
    write: (lines) => orRemove(sink.write(lines), sink, partial),
    async commit() {
      const written = await orRemove(sink.close({ sync: true }), sink, partial)
      await moveInto(partial, path)
      return { ...written, path }
    },
    abort: () => discard(sink, partial),
  }
}

/** Standard output and devices: what was written there cannot be taken back. */
function direct(path: string, sink: LineSink): OutputFile {
  const orClose = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (error) {
      await sink.abort()
      throw error
    }
  }
  return {
    write: (lines) => orClose(sink.write(lines)),
    commit: async () => ({ ...(await orClose(sink.close())), path }),
    abort: () => sink.abort(),
  }
}

async function removeLeftovers(path: string): Promise<void> {
  const directory = dirname(path)
  const prefix = `${basename(path)}.`
  for (const name of await readdir(directory).catch(() => [])) {
    const run =
      name.startsWith(prefix) && name.endsWith('.partial') ? name.slice(prefix.length, -'.partial'.length) : ''
    if (run !== '' && !run.includes('.')) await unwritable(join(directory, name), rm(join(directory, name)))
  }
}

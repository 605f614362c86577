import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../topologies/failure.ts'
import type { Packing } from './decompression.ts'
import { makeDirectory } from './directories.ts'
import { discard, moveInto, orRemove } from './jsonl-writer.ts'
import { fileDrain, lineSink, unwritable, type Written } from './line-sink.ts'

/** Where a part begins. `from`: offset of the first record that may be in it. */
export interface PartPlace {
  directory: string
  topic: string
  partition: number
  from: bigint
  packing: Packing
}

/** A part in the making. Throws Failure `output_unwritable` or `disk_full`. */
export interface Part {
  /** Lines without line feeds, which must stay as they are until this resolves; then there is room for more. */
  write(lines: readonly Uint8Array[]): Promise<void>
  /** Names the part by the offset behind it and puts it in its place; a part without any offset is nothing: null. */
  commit(to: bigint): Promise<(Written & { path: string }) | null>
  /** Leaves nothing behind. Never rejects. */
  abort(): Promise<void>
}

interface Range {
  name: string
  partition: number
  from: bigint
  to: bigint
}

const SUFFIX: Record<Packing, string> = { plain: '.jsonl', gzip: '.jsonl.gz', zstd: '.jsonl.zst' }
const PART = /^-(\d+)-(\d{20})-(\d{20})\.jsonl(?:\.gz|\.zst)?$/
const PARTIAL = /^-\d+-\d{20}\.partial$/

/**
 * Opens a part of an exported topic: `<topic>-<partition>-<from>-<to>.jsonl[.gz|.zst]`, offsets in 20 digits, `to` exclusive,
 * so that names sort as records do. It is written under a name that ends in `.partial` and renamed when it is whole.
 */
export async function openPart(place: PartPlace): Promise<Part> {
  const { directory, topic, partition, from, packing } = place
  await unwritable(directory, makeDirectory(directory))
  const stem = join(directory, `${topic}-${partition}-${digits(from)}`)
  const partial = `${stem}.partial`
  const sink = lineSink(await fileDrain(partial), packing)
  return {
    write: (lines) => orRemove(sink.write(lines), sink, partial),
    async commit(to) {
      if (to <= from) return discard(sink, partial).then(() => null)
      const path = `${stem}-${digits(to)}${SUFFIX[packing]}`
      const written = await orRemove(sink.close({ sync: true }), sink, partial)
      await moveInto(partial, path)
      return { ...written, path }
    },
    abort: () => discard(sink, partial),
  }
}

/**
 * Where an export goes on, by partition: behind the last part. Partitions without a part are not there. What a crash left
 * unfinished is removed. Throws Failure `output_unwritable` where two parts hold the same records.
 */
export async function resumePositions(directory: string, topic: string): Promise<Map<number, bigint>> {
  const names = await namesIn(directory)
  for (const name of names.filter((name) => isPartial(name, topic))) {
    await unwritable(directory, rm(join(directory, name)))
  }
  const positions = new Map<number, bigint>()
  for (const range of names.flatMap((name) => rangeOf(name, topic)).sort(byPlace)) {
    if (range.from < (positions.get(range.partition) ?? 0n)) {
      throw new Failure(
        'output_unwritable',
        `${join(directory, range.name)} holds records that an earlier part holds; remove one.`,
      )
    }
    positions.set(range.partition, range.to)
  }
  return positions
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return []
    return unwritable(directory, Promise.reject(cause))
  }
}

function rangeOf(name: string, topic: string): Range[] {
  const [, partition, from, to] = (name.startsWith(topic) && PART.exec(name.slice(topic.length))) || []
  if (partition === undefined || from === undefined || to === undefined) return []
  return [{ name, partition: Number(partition), from: BigInt(from), to: BigInt(to) }]
}

function isPartial(name: string, topic: string): boolean {
  return name.startsWith(topic) && PARTIAL.test(name.slice(topic.length))
}

function byPlace(a: Range, b: Range): number {
  if (a.from !== b.from) return a.from < b.from ? -1 : 1
  return a.to < b.to ? -1 : 1
}

function digits(offset: bigint): string {
  return String(offset).padStart(20, '0')
}

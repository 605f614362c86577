import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { OutputFile } from '../connectors/jsonl-writer.ts'
import { openOutput } from '../connectors/jsonl-writer.ts'
import { unwritable } from '../connectors/line-sink.ts'
import { type OutputFormat, openSamples } from '../connectors/writers/sample-writer.ts'
import type { PartFile, Subject } from './manifest.ts'

/** Lines are handed on in groups of so many. */
const GROUP = 256
const PART = /^part-\d{5}(_stats)?\.(jsonl|json|parquet)(\.gz|\.zst)?(\.rows)?(\.[^.]+\.partial)?$/

/** A document as it is written, and what was measured of it where that goes into a file of its own. */
export interface Rendered {
  line: Buffer
  stats: Buffer | null
}

export interface PartsTarget {
  directory: string
  /** Name of who writes, for the names of files in the making. */
  run: string
  settings: Subject['export']
}

/**
 * Writes documents to `part-00000.jsonl`, `part-00001.jsonl`, …: each appears at once and whole, and where it ends depends on the
 * documents alone, so that the same documents make the same files. Other parts in the directory are removed.
 */
export async function writeParts(target: PartsTarget, documents: AsyncIterable<Rendered>): Promise<PartFile[]> {
  const files: PartFile[] = []
  let part: OpenPart | null = null
  try {
    for await (const document of documents) {
      part ??= await OpenPart.open(target, files.filter(({ path }) => !path.includes('_stats.')).length)
      await part.add(document)
      if (part.bytes < target.settings.part_bytes) continue
      files.push(...(await part.commit()))
      part = null
    }
    if (part) files.push(...(await part.commit()))
    part = null
  } finally {
    await part?.abort()
  }
  await removeOthers(target.directory, new Set(files.map(({ path }) => path)))
  return files
}

/** Whether all these files are there, byte for byte. */
export async function areThere(directory: string, files: readonly PartFile[]): Promise<boolean> {
  const sizes = await Promise.all(files.map(({ path }) => stat(join(directory, path)).catch(() => null)))
  if (files.some(({ bytes }, at) => sizes[at]?.size !== bytes)) return false
  for (const { path, sha256 } of files) if ((await digestOf(join(directory, path))).sha256 !== sha256) return false
  return true
}

async function digestOf(path: string): Promise<Pick<PartFile, 'bytes' | 'sha256'>> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20 })) {
    hash.update(piece)
    bytes += piece.length
  }
  return { bytes, sha256: hash.digest('hex') }
}

class OpenPart {
  bytes = 0
  readonly #directory: string
  readonly #name: string
  readonly #samples: OutputFile
  readonly #statsName: string
  readonly #stats: OutputFile | null
  #rows = 0
  #waiting: Rendered[] = []

  private constructor(
    at: { directory: string; name: string; statsName: string },
    samples: OutputFile,
    stats: OutputFile | null,
  ) {
    this.#directory = at.directory
    this.#name = at.name
    this.#statsName = at.statsName
    this.#samples = samples
    this.#stats = stats
  }

  static async open({ directory, run, settings }: PartsTarget, number: number): Promise<OpenPart> {
    const stem = `part-${String(number).padStart(5, '0')}`
    const at = { directory, name: `${stem}.${settings.suffix}`, statsName: `${stem}_stats.jsonl` }
    const samples = await openSamples(join(directory, at.name), run, formatOf(settings.suffix))
    try {
      return new OpenPart(at, samples, settings.stats ? await openOutput(join(directory, at.statsName), run) : null)
    } catch (thrown) {
      await samples.abort()
      throw thrown
    }
  }

  async add(document: Rendered): Promise<void> {
    this.bytes += document.line.length + 1
    this.#rows++
    if (this.#waiting.push(document) >= GROUP) await this.#flush()
  }

  async commit(): Promise<PartFile[]> {
    await this.#flush()
    await this.#samples.commit()
    const names = [this.#name]
    if (this.#stats) {
      await this.#stats.commit()
      names.push(this.#statsName)
    }
    return Promise.all(names.map((name) => this.#file(name)))
  }

  async abort(): Promise<void> {
    await this.#samples.abort()
    await this.#stats?.abort()
  }

  async #flush(): Promise<void> {
    const group = this.#waiting
    this.#waiting = []
    if (group.length === 0) return
    await this.#samples.write(group.map(({ line }) => line))
    await this.#stats?.write(group.flatMap(({ stats }) => (stats ? [stats] : [])))
  }

  async #file(name: string): Promise<PartFile> {
    const { bytes, sha256 } = await digestOf(join(this.#directory, name))
    return { path: name, bytes, rows: this.#rows, sha256 }
  }
}

function formatOf(suffix: string): OutputFormat {
  const [format] = suffix.split('.')
  return format === 'parquet' || format === 'json' ? format : 'jsonl'
}

/** Parts that are not of this refresh: what an attempt that was given up has left. */
async function removeOthers(directory: string, mine: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    if (PART.test(name) && !mine.has(name)) await unwritable(directory, rm(join(directory, name), { force: true }))
  }
}

import { readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Document } from '../../schemas/document.ts'
import { readField, writeSample } from '../../schemas/sample.ts'
import { Failure } from '../../topologies/failure.ts'
import { type ExportSettings, exportFormatOf } from '../../topologies/recipe/export.ts'
import type { Recipe } from '../../topologies/recipe/recipe.ts'
import { alive } from '../brokers/local/lock.ts'
import { STANDARD } from '../connectors/files.ts'
import { type OutputFile, openOutput } from '../connectors/jsonl-writer.ts'
import { openSamples } from '../connectors/writers/sample-writer.ts'
import { memoryBytes, shardsOf } from '../connectors/writers/shards.ts'
import type { RunOutput } from '../pipeline/run.ts'

/** Lines are handed on in groups of so many. */
const GROUP = 256
const HEAD = 4
const STATS = '__dj__stats__'
const TAGS = '__dj__meta__'

const PLAIN: ExportSettings = { format: 'jsonl', shardBytes: 0, keepStats: false, keepHashes: false, stats: false }

/** How a recipe says that its output is written; of a path that is given in its place, the ending says the format. Throws `usage`. */
export function exportSettings(given: string | undefined, recipe: Pick<Recipe, 'exportSettings'>): ExportSettings {
  if (given === undefined) return recipe.exportSettings
  const { format, suffix, packed } = exportFormatOf(given)
  if (given === STANDARD || (format !== null && !(packed && format === 'parquet')))
    return { ...recipe.exportSettings, format: format ?? 'jsonl' }
  throw new Failure('usage', `Output as .${suffix} cannot be written: name a .jsonl, .json or .parquet file.`)
}

/**
 * The output of a run: a file that appears at once and whole, or several, or standard output for `-`. Rejects with
 * `output_unwritable` now rather than at the end of the run; `write` rejects with that or `disk_full`, and leaves nothing
 * half-written.
 */
export async function outputFile(path: string, settings: ExportSettings = PLAIN): Promise<RunOutput> {
  const run = `output-${process.pid}`
  const size = { samples: 0, bytes: 0 }
  const render = (document: Document) => rendered(document, settings, size)
  const write = (lines: AsyncIterable<Buffer>) => writeLines({ path, run, settings, size }, lines)
  if (path === STANDARD) return { path, spills: join(tmpdir(), 'millrace-output'), render, write }
  const found = await stat(path).catch(() => null)
  // A device or a pipe cannot be opened just to see whether it would work.
  if (!found || found.isFile() || found.isDirectory()) await (await openOutput(path, run)).abort()
  await removeSpills(path)
  return { path, render, write }
}

/** What a document looks like in the output; in front of it, where stats go into a file of their own, those and their length. */
function rendered(document: Document, settings: ExportSettings, size: { samples: number; bytes: number }): Buffer {
  const { shardBytes, stats } = settings
  const line = sampleLine(document, settings)
  size.samples++
  if (shardBytes > 0) size.bytes += memoryBytes(JSON.parse(line.toString()))
  if (!stats) return line
  const measured = Buffer.from(statsLine(document))
  const head = Buffer.allocUnsafe(HEAD)
  head.writeUInt32BE(measured.length)
  return Buffer.concat([head, measured, line])
}

/** A document as a JSON object, with all that the recipe wants kept, and nothing else that is internal. */
export function sampleLine(document: Document, settings: Pick<ExportSettings, 'keepStats' | 'keepHashes'>): Buffer {
  const { keepStats, keepHashes } = settings
  const sample = writeSample(document, { dropInternal: true, keepTags: keepStats, keepHashes })
  return keepStats ? withStats(sample, document) : Buffer.from(sample)
}

function withStats(sample: Buffer, { stats }: Document): Buffer {
  const end = sample.lastIndexOf('}')
  const comma = sample.subarray(0, end).toString('latin1').trimEnd() === '{' ? '' : ','
  return Buffer.concat([sample.subarray(0, end), Buffer.from(`${comma}"${STATS}":${JSON.stringify(stats)}}`)])
}

/** What was measured of a document, and its tags, as a JSON object. */
export function statsLine(document: Document): string {
  const tags = readField(document, TAGS)
  return JSON.stringify({ [STATS]: document.stats, ...(tags === undefined ? {} : { [TAGS]: tags }) })
}

interface Job {
  path: string
  run: string
  settings: ExportSettings
  /** What was rendered. */
  size: { samples: number; bytes: number }
}

async function writeLines({ path, run, settings, size }: Job, lines: AsyncIterable<Buffer>): Promise<void> {
  const { format, shardBytes, stats } = settings
  const whole = shardBytes <= 0 || path === STANDARD
  const shards = whole ? [{ path, samples: Number.POSITIVE_INFINITY }] : shardsOf(path, size, shardBytes)
  const statsFile = stats && path !== STANDARD ? await openOutput(statsPath(path), run) : null
  const samples = lines[Symbol.asyncIterator]()
  try {
    for (const shard of shards) {
      const file = await openSamples(shard.path, run, format)
      await fill(samples, shard.samples, { file, statsFile, split: stats })
    }
    await statsFile?.commit()
  } catch (thrown) {
    await statsFile?.abort()
    throw thrown
  } finally {
    await samples.return?.()
  }
}

interface Targets {
  file: OutputFile
  statsFile: OutputFile | null
  /** Whether stats stand in front of the samples. */
  split: boolean
}

/** Writes so many samples and puts the file in its place. */
async function fill(samples: AsyncIterator<Buffer>, most: number, { file, statsFile, split }: Targets): Promise<void> {
  try {
    let group: Buffer[] = []
    for (let taken = 0; taken < most; taken++) {
      const next = await samples.next()
      if (next.done) break
      if (group.push(next.value) < GROUP) continue
      await writeGroup(group, { file, statsFile, split })
      group = []
    }
    await writeGroup(group, { file, statsFile, split })
    await file.commit()
  } catch (thrown) {
    await file.abort()
    throw thrown
  }
}

async function writeGroup(group: Buffer[], { file, statsFile, split }: Targets): Promise<void> {
  if (!split) return file.write(group)
  const cut = group.map((line) => HEAD + line.readUInt32BE())
  await file.write(group.map((line, at) => line.subarray(cut[at])))
  await statsFile?.write(group.map((line, at) => line.subarray(HEAD, cut[at])))
}

/** `out_stats.jsonl` beside `out.jsonl`, as Data-Juicer names it. */
function statsPath(path: string): string {
  const slash = path.lastIndexOf('/') + 1
  const name = path.slice(slash).replace(/\.(jsonl|json|parquet)(\.gz|\.zst)?$/i, '')
  return `${path.slice(0, slash)}${name}_stats.jsonl`
}

/** Where a run that was killed had spilled: `<path>.<run>-<pid>.<partition>.partial`. */
const SPILL = /^\d{8}T\d+Z-(\d+)\.\d+\.partial$/

/** Removes what killed runs left beside the output; a run that still lives keeps its own. */
async function removeSpills(path: string): Promise<void> {
  const prefix = `${basename(path)}.`
  for (const name of await readdir(dirname(path)).catch(() => [])) {
    const pid = name.startsWith(prefix) ? SPILL.exec(name.slice(prefix.length))?.[1] : undefined
    if (pid !== undefined && !alive(Number(pid))) await rm(join(dirname(path), name), { force: true })
  }
}

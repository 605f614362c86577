import { rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseExact, writeExact } from '../../../schemas/json/exact.ts'
import { classify, Failure } from '../../../topologies/failure.ts'
import { makeDirectory } from '../../connectors/directories.ts'
import { STANDARD } from '../../connectors/files.ts'
import { type Format, formatOf } from '../../connectors/formats.ts'
import { moveInto, packingFor } from '../../connectors/jsonl-writer.ts'
import { isObject } from '../../connectors/object-address.ts'
import { type OutputFormat, openSamples } from '../../connectors/writers/sample-writer.ts'
import type { FeedLine } from '../../pipeline/feed.ts'

/** Lines of JSON objects become a file. `select`: these members only, in this order; all when empty. */
export interface FileJob {
  lines: AsyncIterable<FeedLine[]>
  to: string
  format: OutputFormat
  select: readonly string[]
  onRows(rows: number): void
}

/**
 * Writes the objects to a file that appears at once and whole. Rejects with `input_corrupt`, naming the place, at a line that is
 * no JSON object: nothing is left out in silence.
 */
export async function convertLines({ lines, to, format, select, onRows }: FileJob): Promise<{ rows: number }> {
  const file = await openSamples(to, `convert-${process.pid}`, format)
  let rows = 0
  try {
    for await (const group of lines) {
      await file.write(group.map((line) => selected(line, select)))
      rows += group.length
      onRows(rows)
    }
    await file.commit()
    return { rows }
  } catch (thrown) {
    await file.abort()
    throw thrown
  }
}

/** The object of a line as JSON. Throws Failure `input_corrupt`. */
export function selected(line: FeedLine, select: readonly string[]): Uint8Array {
  const value = textOf(line)
  // A value that lay over several lines is put on one.
  if (select.length === 0 && !line.bytes.includes(10)) return line.bytes
  const members = parseExact(value)
  if (select.length === 0 || !(members instanceof Map)) return Buffer.from(writeExact(members))
  return Buffer.from(writeExact(new Map(select.map((key) => [key, members.get(key) ?? null]))))
}

/** The text of a line that is a JSON object. */
function textOf({ bytes, place, oversize }: FeedLine): string {
  const unfit = (why: string) =>
    new Failure('input_corrupt', `${place} is no JSON object (${why}); mend it or take it out.`)
  if (oversize) throw unfit(`it has ${oversize.length} bytes`)
  try {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return text
  } catch (thrown) {
    throw unfit(classify(thrown).message)
  }
  throw unfit('it is another value')
}

export interface WholeJob {
  from: string
  to: string
  fromFormat: Format | undefined
  format: OutputFormat
  select: readonly string[]
  signal: AbortSignal
  onPercent(percent: number): void
}

/**
 * Whether one file becomes another within the engine, which is faster by far than line by line: JSON lines and Parquet, on
 * this machine.
 */
export function engineCan({ from, to, fromFormat, format }: WholeJob): boolean {
  if (from === STANDARD || to === STANDARD || isObject(from)) return false
  const read = fromFormat ?? formatOf(from)
  return (read === 'jsonl' && format === 'parquet') || (read === 'parquet' && format === 'jsonl')
}

/** Converts a file within the engine; the new one appears at once and whole. */
export async function convertWhole(job: WholeJob): Promise<{ rows: number }> {
  const { to } = job
  const found = await stat(to).catch(() => null)
  if (found?.isDirectory()) throw new Failure('output_unwritable', `${to} is a directory; name a file in it.`)
  await makeDirectory(dirname(to))
  const partial = `${to}.convert-${process.pid}.partial`
  try {
    const done = await written(job, partial)
    await moveInto(partial, to)
    return done
  } finally {
    await rm(partial, { force: true })
  }
}

async function written({ to, format, ...job }: WholeJob, path: string): Promise<{ rows: number }> {
  if (format === 'parquet') {
    const { writeParquet } = await import('../../connectors/parquet/write-parquet.ts')
    return writeParquet(job.from, path, job)
  }
  const { parquetToLines } = await import('../../connectors/parquet/to-json-lines.ts')
  return parquetToLines({ ...job, to: path, packing: packingFor(to) })
}

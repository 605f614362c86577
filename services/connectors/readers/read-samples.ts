import { type Format, formatOf } from '../formats.ts'
import { type LineChunk, type ReadOptions, readLines } from '../jsonl-reader.ts'
import { readCsv } from './csv-reader.ts'
import { readText } from './text-reader.ts'

export interface SampleReadOptions extends ReadOptions {
  /** In place of what the ending says. */
  format?: Format | undefined
}

/**
 * The samples of a file as JSON objects, in order, with bounded memory, by the format that its ending names: JSON lines where
 * that says nothing. What cannot be read as a sample comes out as it stands, for the door to refuse. Throws Failure
 * `input_missing`, or behind the samples before it `input_corrupt` naming the file and the place, or `unpacked_too_large`.
 */
export async function* readSamples(source: string, options: SampleReadOptions = {}): AsyncGenerator<LineChunk> {
  const format = options.format ?? formatOf(source) ?? 'jsonl'
  if (format === 'csv') return yield* readCsv(source, ',', options)
  if (format === 'tsv') return yield* readCsv(source, '\t', options)
  if (format === 'text') return yield* readText(source, options)
  if (format !== 'parquet') return yield* readLines(source, options)
  // The engine is large: it is loaded by those who read Parquet.
  const { readParquet } = await import('./parquet-reader.ts')
  yield* readParquet(source, options)
}

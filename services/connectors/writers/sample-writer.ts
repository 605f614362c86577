import { rm } from 'node:fs/promises'
import { moveInto, type OutputFile, openOutput } from '../jsonl-writer.ts'

/** How samples may be written. */
export type OutputFormat = 'jsonl' | 'json' | 'parquet'

/**
 * Opens a file in the making for samples, which come as JSON objects: nothing stands at its path before `commit`, and then all
 * of it. `json` is one array. Rejects like openOutput.
 */
export async function openSamples(path: string, run: string, format: OutputFormat): Promise<OutputFile> {
  if (format === 'parquet') return parquetFile(path, run)
  const file = await openOutput(path, run)
  return format === 'json' ? arrayFile(file) : file
}

const OPENING = Buffer.from('[')
const COMMA = Buffer.from(',')
const CLOSING = Buffer.from(']')

/** One value a line, within brackets; the last one is held back, for no comma may follow it. */
function arrayFile(file: OutputFile): OutputFile {
  let held: Buffer | null = null
  return {
    ...file,
    async write(lines) {
      const ready: Buffer[] = []
      for (const line of lines) {
        if (held) ready.push(Buffer.concat([held, COMMA]))
        held = held ? Buffer.from(line) : Buffer.concat([OPENING, line])
      }
      await file.write(ready)
    },
    async commit() {
      await file.write([Buffer.concat([held ?? OPENING, CLOSING])])
      return file.commit()
    },
  }
}

/** Parquet needs to know all fields before its first row: the samples wait on disk beside it. */
async function parquetFile(path: string, run: string): Promise<OutputFile> {
  const rowsPath = `${path}.rows`
  const rows = await openOutput(rowsPath, run)
  const partial = `${path}.${encodeURIComponent(run)}.partial`
  const clear = async () => {
    for (const left of [rowsPath, partial]) await rm(left, { force: true }).catch(() => undefined)
  }
  return {
    write: (lines) => rows.write(lines),
    async commit() {
      try {
        const written = await rows.commit()
        // The engine is large: it is loaded by those who write Parquet.
        const { writeParquet } = await import('../parquet/write-parquet.ts')
        await writeParquet(rowsPath, partial)
        await moveInto(partial, path)
        return { ...written, path }
      } finally {
        await clear()
      }
    },
    async abort() {
      await rows.abort()
      await clear()
    },
  }
}

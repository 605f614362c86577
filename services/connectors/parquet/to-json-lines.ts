import { open } from 'node:fs/promises'
import { Failure } from '../../../topologies/failure.ts'
import type { Packing } from '../decompression.ts'
import { type EngineSettings, named, openEngine, quoted, reasonOf } from './engine.ts'
import { jsonObject } from './json-columns.ts'

const COMPRESSION: Record<Packing, string> = { plain: 'none', gzip: 'gzip', zstd: 'zstd' }

export interface LinesJob extends Pick<EngineSettings, 'signal' | 'onPercent'> {
  from: string
  to: string
  packing: Packing
  /** These columns only, in this order; all when empty. */
  select: readonly string[]
}

/**
 * The rows of a Parquet file as JSON lines in a file, as readParquet would give them, written by the engine on all its threads.
 * Rejects with `input_corrupt` naming the file, or `output_unwritable`.
 */
export async function parquetToLines({ from, to, packing, select, ...settings }: LinesJob): Promise<{ rows: number }> {
  const engine = await openEngine(settings)
  try {
    const file = `read_parquet(${quoted(from.replace(/[*?[]/g, (sign) => `[${sign}]`))}, hive_partitioning = false)`
    const wanted = select.length === 0 ? '*' : select.map(named).join(', ')
    const table = await engine.connection.run(`SELECT ${wanted} FROM ${file} LIMIT 0`)
    const object = jsonObject(table.columnNames(), table.columnTypes())
    // Without quotes each value is written as it stands, and JSON holds no line break.
    const raw = `FORMAT csv, HEADER false, QUOTE '', ESCAPE '', NULLSTR '', DELIMITER '\u0001'`
    const copied = await engine.connection.runAndReadAll(
      `COPY (SELECT ${object}::VARCHAR FROM ${file}) TO ${quoted(to)} (${raw}, COMPRESSION ${COMPRESSION[packing]})`,
    )
    await synced(to)
    return { rows: Number(copied.getRowsJS()[0]?.[0] ?? 0) }
  } catch (thrown) {
    settings.signal?.throwIfAborted()
    if (thrown instanceof Failure) throw thrown
    const reason = reasonOf(thrown)
    throw new Failure('input_corrupt', `${from} cannot be converted: ${reason}`, { cause: thrown })
  } finally {
    engine.close()
  }
}

async function synced(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

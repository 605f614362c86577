import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Failure } from '../../../topologies/failure.ts'
import { type LineChunk, LONGEST_LINE } from '../jsonl-reader.ts'
import { type Line, LineBuffer } from '../line.ts'
import { isObject, type StoreAccess } from '../object-address.ts'
import { openEngine, quoted, reasonOf } from '../parquet/engine.ts'
import { jsonObject } from '../parquet/json-columns.ts'
import { download } from '../s3/download.ts'

interface ParquetReadOptions {
  maxLineBytes?: number
  access?: StoreAccess | undefined
}

/**
 * The rows of a Parquet file as JSON objects, in order; `line` is the number of the row. An object is fetched into a file of its
 * own first, since Parquet is read from its end. Throws Failure `input_missing`, or `input_corrupt` naming file and row.
 */
export async function* readParquet(source: string, options: ParquetReadOptions = {}): AsyncGenerator<LineChunk> {
  if (/\.(gz|zst)$/i.test(source)) {
    throw new Failure('input_missing', `${source} cannot be read: Parquet is packed within; unpack the file.`)
  }
  const fetched = isObject(source) ? await download(source, options.access) : null
  try {
    const limit = options.maxLineBytes ?? LONGEST_LINE
    yield* readFile({ source, path: resolve(fetched?.path ?? source), limit })
  } finally {
    await fetched?.remove()
  }
}

interface Wanted {
  source: string
  path: string
  limit: number
}

async function* readFile({ source, path, limit }: Wanted): AsyncGenerator<LineChunk> {
  const bytes = await sizeOf(source, path)
  const engine = await openEngine()
  let row = 0
  try {
    const file = `read_parquet(${quoted(literal(path))}, hive_partitioning = false)`
    const table = await engine.connection.run(`SELECT * FROM ${file} LIMIT 0`)
    const [count] = (await engine.connection.runAndReadAll(`SELECT count(*) FROM ${file}`)).getRowsJS()
    const object = jsonObject(table.columnNames(), table.columnTypes())
    const result = await engine.connection.stream(`SELECT ${object}::VARCHAR FROM ${file}`)
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      const first = row + 1
      const lines = chunk.getColumnValues(0).map((value, at) => lineOf(String(value), first + at, limit))
      row += lines.length
      yield { source, lines, position: (BigInt(bytes) * BigInt(row)) / BigInt(Number(count?.[0]) || row), blank: 0 }
    }
    if (row === 0) yield { source, lines: [], position: BigInt(bytes), blank: 0 }
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown
    const place = row === 0 ? '' : ` behind row ${row}`
    throw new Failure(
      'input_corrupt',
      `${source} is damaged${place} (${reasonOf(thrown)}); fetch it again or write it anew.`,
      { cause: thrown },
    )
  } finally {
    engine.close()
  }
}

async function sizeOf(source: string, path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (cause) {
    throw new Failure('input_missing', `${source} cannot be read; look whether it is there.`, { cause })
  }
}

/** A path in which DuckDB sees no pattern. */
function literal(path: string): string {
  return path.replace(/[*?[]/g, (character) => `[${character}]`)
}

function lineOf(json: string, row: number, limit: number): Line {
  const bytes = Buffer.from(json)
  const place = { line: row, byteOffset: 0n }
  if (bytes.length <= limit) return { ...place, oversize: false, bytes }
  const buffer = new LineBuffer(limit)
  buffer.add(bytes)
  return buffer.take(place)
}

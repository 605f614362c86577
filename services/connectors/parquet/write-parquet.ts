import { stat } from 'node:fs/promises'
import { type DuckDBType, DuckDBTypeId as Id } from '@duckdb/node-api'
import { Failure } from '../../../topologies/failure.ts'
import { type Engine, type EngineSettings, named, openEngine, quoted, reasonOf } from './engine.ts'

/** Rows of a row group, less where rows are large: a group is held in memory. */
const GROUP_ROWS = 122_880
const GROUP_BYTES = 67_108_864
const FEWEST_ROWS = 2_048

/** One object may be so large. DuckDB holds several buffers of four times the size, so more is given only where it is needed. */
const OBJECT_BYTES = [16 * 1_048_576, 64 * 1_048_576]

export interface WriteSettings extends Pick<EngineSettings, 'signal' | 'onPercent'> {
  /** These fields only, in this order; all when empty. */
  select?: readonly string[]
}

/**
 * Writes the JSON lines of a file, packed or not, as Parquet. Two passes: the first finds the types of all fields, so that no
 * value is lost or changed. A text stays a text whatever it looks like; a field with values of several types becomes text; an
 * integer beyond 64 bits in a field of integers becomes a decimal. Rejects with `input_corrupt`, naming file and line, where a
 * line is no object, or `output_unwritable`.
 */
export async function writeParquet(
  from: string,
  to: string,
  { select = [], signal, onPercent }: WriteSettings = {},
): Promise<{ rows: number }> {
  for (const objectBytes of OBJECT_BYTES) {
    const engine = await openEngine({ memory: objectBytes === OBJECT_BYTES[0] ? '1GB' : '3GB', signal, onPercent })
    try {
      return await write(engine, { from, to, objectBytes, select })
    } catch (thrown) {
      signal?.throwIfAborted()
      const larger = /maximum_object_size/.test(reasonOf(thrown))
      if (!larger || objectBytes === OBJECT_BYTES.at(-1)) throw failureOf(from, thrown)
    } finally {
      engine.close()
    }
  }
  throw new Failure('input_corrupt', `${from} holds an object that is too large for Parquet.`)
}

interface Job {
  from: string
  to: string
  objectBytes: number
  select: readonly string[]
}

async function write({ connection }: Engine, { from, to, objectBytes, select }: Job): Promise<{ rows: number }> {
  const file = `${quoted(from)}, format = 'newline_delimited', maximum_object_size = ${objectBytes}`
  const { size } = await stat(from)
  if (size === 0) {
    await connection.run(`COPY (SELECT NULL::VARCHAR AS text WHERE false) TO ${quoted(to)} (FORMAT parquet)`)
    return { rows: 0 }
  }
  const whole = 'sample_size = -1, map_inference_threshold = -1, field_appearance_threshold = 0, maximum_depth = -1'
  const found = await connection.run(`SELECT * FROM read_json(${file}, ${whole}) LIMIT 0`)
  const types = found.columnTypes()
  const columns = found.columnNames().map((name, at) => `${named(name)}: ${quoted(storedAs(types[at]))}`)
  const wanted = select.length === 0 ? '*' : select.map(named).join(', ')
  const rows = `SELECT ${wanted} FROM read_json(${file}, columns = {${columns.join(', ')}})`
  const group = `ROW_GROUP_SIZE ${await groupRows(connection, file, size)}`
  const copied = await connection.runAndReadAll(`COPY (${rows}) TO ${quoted(to)} (FORMAT parquet, ${group})`)
  return { rows: Number(copied.getRowsJS()[0]?.[0] ?? 0) }
}

/** So many rows of the usual size as make a row group; what is packed is taken to be four times as large. */
async function groupRows(connection: Engine['connection'], file: string, size: number): Promise<number> {
  const head = await connection.runAndReadAll(
    `SELECT avg(length(json::VARCHAR)) FROM (SELECT json FROM read_json_objects(${file}) LIMIT 1000)`,
  )
  const mean = Number(head.getRowsJS()[0]?.[0] ?? size) || 1
  const rows = Math.floor(GROUP_BYTES / mean)
  return Math.max(FEWEST_ROWS, Math.min(GROUP_ROWS, rows - (rows % FEWEST_ROWS)))
}

/** The type in which values are stored that DuckDB takes for this one: what it only guesses from texts stays text. */
function storedAs(type: DuckDBType | undefined): string {
  if (type === undefined) return 'VARCHAR'
  if (type.typeId === Id.LIST) return `${storedAs(type.valueType)}[]`
  if (type.typeId === Id.STRUCT) {
    const members = type.entryNames.map((name, at) => `${named(name)} ${storedAs(type.entryTypes[at])}`)
    return `STRUCT(${members.join(', ')})`
  }
  if (type.typeId === Id.HUGEINT || type.typeId === Id.UHUGEINT) return 'DECIMAL(38, 0)'
  const numeric = [Id.BOOLEAN, Id.BIGINT, Id.UBIGINT, Id.DOUBLE].some((id) => id === type.typeId)
  return numeric ? type.toString() : 'VARCHAR'
}

function failureOf(from: string, thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown
  const reason = reasonOf(thrown)
  if (/No space left|disk full/i.test(reason)) {
    return new Failure('disk_full', `The disk is full: Parquet cannot be written; make room and run again.`, {
      cause: thrown,
    })
  }
  const sentence = `${from} cannot be made Parquet: ${reason}`
  return new Failure(/^IO Error/.test(reason) ? 'output_unwritable' : 'input_corrupt', sentence, { cause: thrown })
}

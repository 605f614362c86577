import { availableParallelism, tmpdir } from 'node:os'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'

const MOST_THREADS = 4
const MEMORY = '1GB'

/** DuckDB within this process: reads and writes Parquet, on threads of its own, within a bound of memory. */
export interface Engine {
  connection: DuckDBConnection
  close(): void
}

/** Opens an engine that touches nothing but the files that its statements name. */
export async function openEngine(): Promise<Engine> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(Math.min(MOST_THREADS, availableParallelism())),
    memory_limit: MEMORY,
    temp_directory: tmpdir(),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const connection = await instance.connect()
  return {
    connection,
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/** A text as SQL. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A column's or member's name as SQL. */
export function named(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** What DuckDB says, on one line, without its own advice. */
export function reasonOf(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return (message.split('\n')[0] ?? '').trim().slice(0, 300)
}

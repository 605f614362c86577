import { availableParallelism, tmpdir } from 'node:os'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'

const MOST_THREADS = 4
const MEMORY = '1GB'
/** Milliseconds. */
const PAUSE = 5_000

/** DuckDB within this process: reads and writes Parquet, on threads of its own, within a bound of memory. */
export interface Engine {
  connection: DuckDBConnection
  close(): void
}

export interface EngineSettings {
  /** Most memory, as DuckDB writes it; 1 GB when not given. */
  memory?: string
  /** Ends the statement that runs; it then rejects with the reason. */
  signal?: AbortSignal | undefined
  /** Told every few seconds how far the statement is, from 0 to 100. */
  onPercent?: ((percent: number) => void) | undefined
}

/** Opens an engine that touches nothing but the files that its statements name. */
export async function openEngine({ memory = MEMORY, signal, onPercent }: EngineSettings = {}): Promise<Engine> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(Math.min(MOST_THREADS, availableParallelism())),
    memory_limit: memory,
    temp_directory: tmpdir(),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const connection = await instance.connect()
  const interrupt = () => connection.interrupt()
  signal?.addEventListener('abort', interrupt)
  if (onPercent) {
    await connection.run('SET enable_progress_bar = true')
    await connection.run('SET enable_progress_bar_print = false')
  }
  const timer = onPercent && setInterval(() => onPercent(connection.progress.percentage), PAUSE)
  return {
    connection,
    close() {
      clearInterval(timer)
      signal?.removeEventListener('abort', interrupt)
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

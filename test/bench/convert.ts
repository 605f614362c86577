import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { millrace } from '../support/command-line.ts'

/**
 * Rows between JSON lines and Parquet: `millrace convert` beside DuckDB itself, by turns, on the same file, with as many threads.
 * `node test/bench/convert.ts [--rows 10000000]`
 */
const ROUNDS = 2
const at = process.argv.indexOf('--rows')
const rows = at === -1 ? 10_000_000 : Number(process.argv[at + 1])

const directory = await mkdtemp(join(tmpdir(), 'millrace-convert-'))
const path = (name: string) => join(directory, name)

try {
  await writeRows(path('rows.jsonl'))
  const { size } = await stat(path('rows.jsonl'))
  console.log(`${rows} rows, ${(size / 1e6).toFixed(0)} MB of JSON lines, ${availableParallelism()} cores`)
  const times = {
    toParquet: [] as number[],
    toLines: [] as number[],
    duckToParquet: [] as number[],
    duckToLines: [] as number[],
  }
  for (let round = 0; round < ROUNDS; round++) {
    times.toParquet.push(await convert(path('rows.jsonl'), path('ours.parquet')))
    times.duckToParquet.push(await duck(`COPY (FROM read_json('${path('rows.jsonl')}')) TO '${path('duck.parquet')}'`))
    times.toLines.push(await convert(path('ours.parquet'), path('ours.jsonl')))
    times.duckToLines.push(await duck(`COPY (FROM '${path('duck.parquet')}') TO '${path('duck.jsonl')}' (FORMAT json)`))
  }
  report('JSON lines -> Parquet', times.toParquet, times.duckToParquet)
  report('Parquet -> JSON lines', times.toLines, times.duckToLines)
} finally {
  await rm(directory, { recursive: true, force: true })
}

function report(name: string, ours: number[], theirs: number[]): void {
  const [our, their] = [Math.min(...ours), Math.min(...theirs)]
  const rate = `${(rows / our / 1e6).toFixed(2)} million rows/s`
  console.log(`${name}: ${our.toFixed(1)} s (${rate}), DuckDB ${their.toFixed(1)} s, ratio ${(our / their).toFixed(2)}`)
}

async function convert(from: string, to: string): Promise<number> {
  const ended = await millrace(['convert', from, to, '--json'])
  if (ended.code !== 0) throw new Error(ended.stderr)
  const { rows: done }: { rows: number } = JSON.parse(ended.stdout)
  if (done !== rows) throw new Error(`${done} rows instead of ${rows}`)
  return ended.seconds
}

async function duck(statement: string): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB' })
  const connection = await instance.connect()
  const started = performance.now()
  await connection.run(statement)
  const seconds = (performance.now() - started) / 1000
  connection.closeSync()
  instance.closeSync()
  return seconds
}

async function writeRows(to: string): Promise<void> {
  const file = createWriteStream(to)
  let block = ''
  for (let n = 0; n < rows; n++) {
    const text = `Document number ${n}, some words that say \\"nothing\\" much, again ${(n * 7919) % 1_000_003}`
    block += `{"text":"${text}","id":${n},"score":${(n % 1000) / 8},"meta":{"lang":"${n % 3 === 0 ? 'en' : 'de'}","n":${n % 100}}}\n`
    if (block.length < 1_000_000) continue
    if (!file.write(block)) await once(file, 'drain')
    block = ''
  }
  file.end(block)
  await once(file, 'close')
}

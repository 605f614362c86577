import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { passages } from '../../services/cli/quickstart/addresses.ts'
import type { FeedLine } from '../../services/pipeline/feed.ts'
import { median, openKafka, runLine } from './line.ts'

/**
 * The sixteen operators of `recipes/refine.yaml`, topic to topic, exactly once, one replica.
 *   MILLRACE_BENCH_CORPUS  a directory of JSON lines; the addresses of the quickstart when not given
 *   MILLRACE_BENCH_PEER    a command that runs the same recipe and corpus with Data-Juicer:
 *                          PEER RECIPE --out FILE --np 2 --timing FILE --assets DIR INPUT…
 *   MILLRACE_ASSETS        the word lists of both
 */
const RUNS = Number(process.env.MILLRACE_BENCH_RUNS ?? 3)
const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
const recipe = fileURLToPath(new URL('../../recipes/refine.yaml', import.meta.url))
const source = readFileSync(recipe, 'utf8')
const assets = process.env.MILLRACE_ASSETS
const inputs = corpus()

function corpus(): string[] {
  const given = process.env.MILLRACE_BENCH_CORPUS
  if (given)
    return readdirSync(given)
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => join(given, name))
      .filter((path) => statSync(path).size > 0)
      .sort()
  const path = join(folder, 'addresses.jsonl')
  writeFileSync(path, [...passages()].map((passage) => `${JSON.stringify(passage)}\n`).join(''))
  return [path]
}

async function* lines(): AsyncGenerator<FeedLine[]> {
  for (const path of inputs) {
    const rows = readFileSync(path, 'utf8')
      .split('\n')
      .filter((row) => row !== '')
    for (let at = 0; at < rows.length; at += 500) {
      yield rows.slice(at, at + 500).map((row, i) => ({ bytes: Buffer.from(row), place: `${path}:${at + i + 1}` }))
    }
  }
}

function peer(): { seconds: number; kept: number } | null {
  const command = process.env.MILLRACE_BENCH_PEER
  if (!command) return null
  const timing = join(folder, 'timing.json')
  const out = join(folder, 'kept.jsonl')
  const args = [
    recipe,
    '--out',
    out,
    '--np',
    '2',
    '--timing',
    timing,
    ...(assets ? ['--assets', assets] : []),
    ...inputs,
  ]
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'ignore'] })
  const { seconds }: { seconds: number } = JSON.parse(readFileSync(timing, 'utf8'))
  return { seconds, kept: readFileSync(out, 'utf8').split('\n').length - 1 }
}

const broker = await openKafka()
const ratios: number[] = []
for (let i = 0; i < RUNS; i++) {
  const { steady, totals } = await runLine({ broker, recipe, source, lines: lines(), ...(assets ? { assets } : {}) })
  const ours = steady.documents / steady.seconds
  const megabytes = steady.bytes / 1e6 / steady.seconds
  console.log(
    `refine run ${i + 1}: ${Math.round(ours)} documents/s, ${megabytes.toFixed(1)} MB/s, ${totals.output} of ${totals.input} kept`,
  )
  const theirs = peer()
  if (!theirs) continue
  const rate = totals.input / theirs.seconds
  ratios.push(ours / rate)
  console.log(
    `  Data-Juicer: ${Math.round(rate)} documents/s in its executor, ${theirs.kept} kept: ${(ours / rate).toFixed(1)} times`,
  )
}
if (ratios.length > 0) console.log(`refine median: ${median(ratios).toFixed(1)} times Data-Juicer`)
await broker.close()

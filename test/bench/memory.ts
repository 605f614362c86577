import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { passages } from '../../services/cli/quickstart/addresses.ts'
import type { FeedLine } from '../../services/pipeline/feed.ts'
import { median, openKafka, runLine } from './line.ts'

/** Resident memory of a worker behind 100 MB and behind 1 GB of the same corpus: it must not grow with the corpus. */
const SMALL = 100
const LARGE = Number(process.env.MILLRACE_BENCH_MB ?? 1_000)

const source = `
stream: {name: bench-memory}
process:
  - clean_links_mapper:
  - whitespace_normalization_mapper:
  - alphanumeric_filter:
  - words_num_filter:
`
const recipe = join(tmpdir(), `bench-memory-${process.pid}.yaml`)
writeFileSync(recipe, source)

async function* documents(megabytes: number): AsyncGenerator<FeedLine[]> {
  const rows = [...passages()].map((passage) => Buffer.from(JSON.stringify(passage)))
  let bytes = 0
  for (let at = 0; bytes < megabytes * 1e6; at += 200) {
    const share = Array.from({ length: 200 }, (_, i) => ({
      bytes: rows[(at + i) % rows.length] ?? Buffer.alloc(0),
      place: `bench:${at + i}`,
    }))
    bytes += share.reduce((sum, line) => sum + line.bytes.length, 0)
    yield share
  }
}

/** Resident bytes of a process, in MB, from its status. */
function resident(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1000
}

const broker = await openKafka()
let pid = 0
const sizes = new Map<number, number>()
const recent: number[] = []
const sampler = setInterval(() => {
  try {
    if (pid) recent.push(resident(pid))
  } catch {
    pid = 0
  }
}, 100)
await runLine({
  broker,
  recipe,
  source,
  lines: documents(LARGE),
  onWorker: (id) => {
    pid = id
  },
  onBytes: (bytes) => {
    const mark = [SMALL, LARGE - 5].find((megabytes) => bytes >= megabytes * 1e6 && !sizes.has(megabytes))
    if (mark !== undefined) sizes.set(mark, median(recent.slice(-10)))
  },
})
clearInterval(sampler)
const [small = 0, large = 0] = sizes.values()
console.log(`behind ${SMALL} MB: ${small.toFixed(0)} MB resident; behind ${LARGE} MB: ${large.toFixed(0)} MB`)
console.log(`growth: ${((100 * large) / small - 100).toFixed(1)} %`)
await broker.close()

import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { passages } from '../../services/cli/quickstart/addresses.ts'
import type { FeedLine } from '../../services/pipeline/feed.ts'
import { openKafka, runLine } from './line.ts'

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
const sizes: number[] = []
for (const megabytes of [SMALL, LARGE]) {
  let pid = 0
  let last = 0
  const sampler = setInterval(() => {
    try {
      if (pid) last = resident(pid)
    } catch {
      pid = 0
    }
  }, 100)
  await runLine({ broker, recipe, source, lines: documents(megabytes), onWorker: (id) => (pid = id) })
  clearInterval(sampler)
  sizes.push(last)
  console.log(`behind ${megabytes} MB: ${last.toFixed(0)} MB resident`)
}
console.log(`growth: ${((100 * (sizes[1] ?? 0)) / (sizes[0] ?? 1) - 100).toFixed(1)} %`)
await broker.close()

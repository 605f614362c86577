import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { passages } from '../../services/cli/quickstart/addresses.ts'
import type { FeedLine } from '../../services/pipeline/feed.ts'
import { median, openKafka, runLine } from './line.ts'

/** What exactly once costs: the same line with transactions of 4 MiB and without any, in turns. At least 85 % must be left. */
const MEGABYTES = Number(process.env.MILLRACE_BENCH_MB ?? 200)
const RUNS = Number(process.env.MILLRACE_BENCH_RUNS ?? 3)
const LEAST = 0.85

type Delivery = 'exactly_once' | 'at_least_once'

const sourceOf = (delivery: Delivery) => `
stream: {name: bench-delivery, delivery: ${delivery}, transaction_bytes: 4MiB}
process:
  - clean_email_mapper:
  - whitespace_normalization_mapper:
  - alphanumeric_filter:
  - words_num_filter:
`

async function* documents(): AsyncGenerator<FeedLine[]> {
  const rows = [...passages()].map((passage) => Buffer.from(JSON.stringify(passage)))
  let bytes = 0
  for (let at = 0; bytes < MEGABYTES * 1e6; at += 200) {
    const share = Array.from({ length: 200 }, (_, i) => ({
      bytes: rows[(at + i) % rows.length] ?? Buffer.alloc(0),
      place: `bench:${at + i}`,
    }))
    bytes += share.reduce((sum, line) => sum + line.bytes.length, 0)
    yield share
  }
}

const broker = await openKafka()
const rates: Record<Delivery, number[]> = { exactly_once: [], at_least_once: [] }
for (let i = 0; i < RUNS; i++) {
  // In turns, and each first in every second round, so that what else the machine does falls on both.
  const order: Delivery[] = i % 2 === 0 ? ['at_least_once', 'exactly_once'] : ['exactly_once', 'at_least_once']
  for (const delivery of order) {
    const source = sourceOf(delivery)
    const recipe = join(tmpdir(), `bench-delivery-${process.pid}.yaml`)
    writeFileSync(recipe, source)
    const { steady } = await runLine({ broker, recipe, source, lines: documents() })
    const rate = steady.bytes / 1e6 / steady.seconds
    rates[delivery].push(rate)
    console.log(`${delivery} run ${i + 1}: ${rate.toFixed(1)} MB/s`)
  }
}
await broker.close()
const share = median(rates.exactly_once) / median(rates.at_least_once)
console.log(`exactly_once keeps ${(100 * share).toFixed(0)} % of at_least_once (medians of ${RUNS})`)
process.exit(share >= LEAST ? 0 : 1)

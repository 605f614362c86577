import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FeedLine } from '../../services/pipeline/feed.ts'
import { median, openKafka, runLine } from './line.ts'

/** Exactly-once pass-through of 4 KB documents, topic to topic, one replica on one partition. */
const MEGABYTES = Number(process.env.MILLRACE_BENCH_MB ?? 400)
const RUNS = Number(process.env.MILLRACE_BENCH_RUNS ?? 3)

const source = 'stream: {name: bench-pass-through}\nprocess: []\n'
const recipe = join(tmpdir(), `bench-pass-through-${process.pid}.yaml`)
writeFileSync(recipe, source)

async function* documents(): AsyncGenerator<FeedLine[]> {
  const sentence = 'The water runs over the wheel and the stones grind what the farmers bring. '
  const text = sentence.repeat(54)
  const count = Math.ceil((MEGABYTES * 1_000_000) / 4096)
  for (let at = 0; at < count; at += 500) {
    yield Array.from({ length: Math.min(500, count - at) }, (_, i) => ({
      bytes: Buffer.from(JSON.stringify({ id: at + i, text, meta: { source: 'bench' } })),
      place: `bench:${at + i}`,
    }))
  }
}

const broker = await openKafka()
const rates: number[] = []
for (let i = 0; i < RUNS; i++) {
  const { steady, totals, checkpoints } = await runLine({ broker, recipe, source, lines: documents() })
  const rate = steady.bytes / 1e6 / steady.seconds
  rates.push(rate)
  console.log(
    `pass-through run ${i + 1}: ${rate.toFixed(1)} MB/s, ${Math.round(steady.documents / steady.seconds)} documents/s, ${totals.output} of ${totals.input} documents, ${checkpoints} checkpoints`,
  )
}
console.log(`pass-through median: ${median(rates).toFixed(1)} MB/s`)
await broker.close()

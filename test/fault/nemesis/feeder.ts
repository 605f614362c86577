import { setTimeout as sleep } from 'node:timers/promises'
import { connectKafka } from '../../../services/brokers/kafka/kafka.ts'
import { loadRecipe, planRecipe } from '../../../services/cli/load-recipe.ts'
import { type FeedLine, feed } from '../../../services/pipeline/feed.ts'
import { groupName } from '../../../topologies/names.ts'
import { lineOf } from './documents.ts'

/** What a feeder's process is told: how long to go on, and how fast. */
export interface FeedOrder {
  recipe: string
  brokers: string
  seed: number
  /** Most lines; more when not stopped before. */
  lines: number
  /** Lines at a time, and the pause behind them in milliseconds. */
  chunk: number
  pause: number
}

const order: FeedOrder = JSON.parse(process.argv[2] ?? '')
let stopped = false
process.on('message', () => {
  stopped = true
})
process.on('disconnect', () => process.exit(1))

const broker = await connectKafka({ brokers: order.brokers.split(',') })
const topology = planRecipe(await loadRecipe(order.recipe), {})

/** Begins where a feeder before this one stopped: once this one has fenced it, its count is final. */
async function* lines(): AsyncGenerator<FeedLine[]> {
  const [done] = await broker.committed(groupName(topology.pipeline, 'feed'), topology.topics.raw)
  for (let at = Number(done ?? 0n); at < order.lines && !stopped; at += order.chunk) {
    const count = Math.min(order.chunk, order.lines - at)
    yield Array.from({ length: count }, (_, i) => lineOf(at + i, order.seed))
    await sleep(order.pause)
  }
}

await feed({ broker, topology, run: null, lines: lines(), onFed: () => undefined })
process.off('disconnect', process.exit)
process.send?.({ fed: true }, () => process.exit(0))

import { join } from 'node:path'
import { createCodec } from '../../schemas/codec.ts'
import type { Broker } from '../../services/brokers/broker.ts'
import { connectKafka } from '../../services/brokers/kafka/kafka.ts'
import { startLocalBroker } from '../../services/brokers/local/local.ts'
import { processLauncher } from '../../services/cli/launch.ts'
import { stderrLog } from '../../services/cli/log.ts'
import { home } from '../../services/cli/settings.ts'
import { catalog } from '../../services/operators/catalog.ts'
import { Account, type Totals, totalsOf } from '../../services/pipeline/account.ts'
import { type FeedLine, feed } from '../../services/pipeline/feed.ts'
import { Fleet, type Launch } from '../../services/pipeline/fleet.ts'
import { followLedger } from '../../services/pipeline/follow.ts'
import { ends, prepareTopics } from '../../services/pipeline/topics.ts'
import { plan } from '../../topologies/plan.ts'
import { parseRecipe } from '../../topologies/recipe/recipe.ts'
import type { Topology } from '../../topologies/topology.ts'

const log = stderrLog('error', 'bench')
export const codec = createCodec()

/** Real Kafka: the cluster of MILLRACE_BROKERS, else the local one. */
export async function openKafka(): Promise<Broker> {
  const named = process.env.MILLRACE_BROKERS
  const address =
    named ?? (await startLocalBroker({ home: home(), onProgress: (line) => process.stderr.write(`${line}\n`) })).address
  return connectKafka({ brokers: address.split(','), logger: log })
}

export interface LineOptions {
  broker: Broker
  recipe: string
  source: string
  lines: AsyncIterable<FeedLine[]>
  assets?: string
  partitions?: number
  replicas?: number
  /** Told the process id of each worker that starts. */
  onWorker?(pid: number): void
  /** Told after each checkpoint how many bytes the first stage has taken in. */
  onBytes?(bytes: number): void
}

export interface LineResult {
  totals: Totals
  /** Seconds from the first checkpoint's end to the last's, with the work of all but the first checkpoint in it. */
  steady: { seconds: number; documents: number; bytes: number }
  checkpoints: number
}

/**
 * Feeds everything first and then lets worker processes run topic to topic, so that neither reading files nor starting Node
 * is in the figures. The steady rate is taken from the ledger's own times.
 */
export async function runLine(options: LineOptions): Promise<LineResult> {
  const { broker, recipe, source } = options
  const topology = topologyOf(recipe, source, options)
  await broker.deleteTopics(topology.channels.map(({ topic }) => topic)).catch(() => undefined)
  await prepareTopics(broker, topology)
  const run = `bench-${Date.now()}`
  const from = await ends(broker, topology.topics.ledger)
  await feed({ broker, topology, run, lines: options.lines, onFed: () => undefined })
  const args = [recipe, '--broker', broker.address, '--partitions', String(options.partitions ?? 1)]
  if (options.assets) args.push('--assets', options.assets)
  const launch = processLauncher({ args, logs: join(home(), 'logs', 'bench') })
  const told: Launch = (stage, replica) => {
    const member = launch(stage, replica)
    if (member.pid !== undefined) options.onWorker?.(member.pid)
    return member
  }
  const fleet = new Fleet({ topology, launch: told, log })
  const account = new Account(topology, run)
  const abort = new AbortController()
  const marks: { at: number; documents: number; bytes: number }[] = []
  fleet.start()
  try {
    for await (const entry of followLedger({
      broker,
      codec,
      topic: topology.topics.ledger,
      from,
      signal: abort.signal,
    })) {
      account.add(entry)
      options.onBytes?.(account.stages()[0]?.bytes_in ?? 0)
      if (entry.stage === topology.stages.at(-1)?.name)
        marks.push({ at: entry.at, documents: entry.documents, bytes: entry.bytes_in })
      if (account.ended(options.partitions ?? 1)) break
    }
  } finally {
    abort.abort()
    await fleet.drain()
  }
  return { totals: totalsOf(account.stages()), steady: steadyOf(marks), checkpoints: marks.length }
}

function steadyOf(marks: { at: number; documents: number; bytes: number }[]): LineResult['steady'] {
  const [first, ...rest] = marks
  const last = rest.at(-1)
  if (!first || !last) return { seconds: 0, documents: 0, bytes: 0 }
  const sum = (key: 'documents' | 'bytes') => rest.reduce((total, mark) => total + mark[key], 0)
  return { seconds: (last.at - first.at) / 1000, documents: sum('documents'), bytes: sum('bytes') }
}

function topologyOf(file: string, source: string, options: LineOptions): Topology {
  const parsed = parseRecipe(source, { file, catalog })
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems))
  const planned = plan(parsed.recipe, catalog, { partitions: options.partitions ?? 1, replicas: options.replicas ?? 1 })
  if ('problems' in planned) throw new Error(JSON.stringify(planned.problems))
  return planned.topology
}

/** The middle value. */
export function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

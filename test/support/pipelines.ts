import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCodec } from '../../schemas/codec.ts'
import { BUNDLED_IDS } from '../../schemas/ids.ts'
import type { Broker } from '../../services/brokers/broker.ts'
import { operatorContext } from '../../services/cli/operator-context.ts'
import { processorOf } from '../../services/cli/replica/stage-processor.ts'
import { catalog } from '../../services/operators/catalog.ts'
import type { FeedLine } from '../../services/pipeline/feed.ts'
import type { Launch } from '../../services/pipeline/fleet.ts'
import type { Report } from '../../services/pipeline/report.ts'
import { runPipeline } from '../../services/pipeline/run.ts'
import { batchProcessor } from '../../services/worker/chain/batch.ts'
import { stageMetrics } from '../../services/worker/metrics.ts'
import type { Log } from '../../services/worker/parts.ts'
import { inlineProcessor } from '../../services/worker/processor.ts'
import { StageWorker } from '../../services/worker/worker.ts'
import { classify } from '../../topologies/failure.ts'
import { plan } from '../../topologies/plan.ts'
import { parseRecipe } from '../../topologies/recipe/recipe.ts'
import type { Topology } from '../../topologies/topology.ts'
import { type Fate, readFates } from './fates.ts'

export const codec = createCodec()
const schemas = { ids: BUNDLED_IDS, older: [] }

/** Says nothing: tests look at results, not at logs. */
export const quiet: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

export interface PlanVariant {
  shards?: number
  continuous?: boolean
  isolate?: boolean
  replicas?: number
  partitions?: number
}

/** Compiles a recipe with the real catalog; throws its problems as text. */
export function topologyOf(recipe: string, variant: PlanVariant = {}): Topology {
  const parsed = parseRecipe(recipe, { file: 'test.yaml', catalog })
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems))
  const planned = plan(parsed.recipe, catalog, variant)
  if ('problems' in planned) throw new Error(JSON.stringify(planned.problems))
  return planned.topology
}

export interface LaunchOptions {
  assets?: string
  /** Directory of the stores of indexes; a new one when not given. */
  stores?: string
}

/** Runs every replica in this process with its operators inline. */
export function inlineLauncher(broker: Broker, topology: Topology, options: LaunchOptions = {}): Launch {
  const { assets = 'test/support/assets' } = options
  const stores = options.stores ?? mkdtempSync(join(tmpdir(), 'millrace-stores-'))
  return (stage, replica) => {
    const context = operatorContext(assets, topology.permissions)
    const chain = () => inlineProcessor(batchProcessor({ topology, stage, catalog, context, codec }))
    const processor = processorOf(stage, { broker, topology, schemas, stores, assets }, chain)
    const metrics = stageMetrics(topology.pipeline, stage)
    const name = `${stage.name}-${replica}`
    const worker = new StageWorker({ broker, topology, stage, processor, codec, metrics, log: quiet, name })
    const ended = worker.start().then(
      async () => ({ failure: await worker.finished }),
      async (thrown: unknown) => {
        await worker.drain()
        return { failure: classify(thrown) }
      },
    )
    return { ended, drain: () => void worker.drain() }
  }
}

/** A line of a test: text, bytes, or all that the feeder takes. */
export type TestLine = string | Buffer | FeedLine

/** Lines of a test as the feeder takes them, a few at a time. */
export async function* feedLines(lines: readonly TestLine[], size = 50): AsyncGenerator<FeedLine[]> {
  for (let at = 0; at < lines.length; at += size) {
    yield lines.slice(at, at + size).map((line, i) => {
      if (typeof line !== 'string' && !Buffer.isBuffer(line)) return line
      return { bytes: Buffer.from(line), place: `test:${at + i + 1}` }
    })
  }
}

export interface Outcome {
  report: Report
  fates: Fate[]
  /** The output file's lines, in its order. */
  output: string[]
}

/** Runs lines through a planned recipe to the end. */
export async function runLines(
  broker: Broker,
  topology: Topology,
  lines: readonly TestLine[],
  launch: Launch,
): Promise<Outcome> {
  const output: string[] = []
  const write = async (documents: AsyncIterable<Buffer>) => {
    for await (const document of documents) output.push(document.toString())
  }
  const report = await runPipeline({
    broker,
    topology,
    codec,
    launch,
    lines: feedLines(lines),
    output: { path: join(tmpdir(), `millrace-test-${process.pid}-${Math.random().toString(36).slice(2)}`), write },
    run: `test-${Math.random().toString(36).slice(2)}`,
    log: quiet,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  })
  return { report, fates: await readFates(broker, topology, codec), output }
}

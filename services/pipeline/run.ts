import { setTimeout as sleep } from 'node:timers/promises'
import type { Codec } from '../../schemas/codec.ts'
import type { Document } from '../../schemas/document.ts'
import type { Topology } from '../../topologies/topology.ts'
import type { Broker } from '../brokers/broker.ts'
import type { Log } from '../worker/parts.ts'
import { Account, type Totals, totalsOf } from './account.ts'
import { Collector } from './collect.ts'
import { type FeedLine, feed } from './feed.ts'
import { Fleet, type Launch } from './fleet.ts'
import { followLedger } from './follow.ts'
import { requireIndexes } from './indexes.ts'
import { continuePlan } from './plan-change.ts'
import { type Report, reportOf } from './report.ts'
import { ends, lags, prepareTopics, removeChannels } from './topics.ts'

export interface RunParts {
  broker: Broker
  topology: Topology
  codec: Codec
  launch: Launch
  lines: AsyncIterable<FeedLine[]>
  /** Where the refined documents go, or null to leave them on their topic. */
  output: RunOutput | null
  /** Name of the run: marks its end in the ledger. */
  run: string
  log: Log
  onProgress(progress: Progress): void
  /** Aborts the run: nothing is written, what was fed stays on the topics for the next run to finish. */
  signal: AbortSignal
}

export interface RunOutput {
  path: string
  /** How the names of the files begin in which documents wait for the end of the run; beside the output when not given. */
  spills?: string
  /** A document as `write` takes it; a line of JSON without what is internal when not given. */
  render?(document: Document): Buffer
  /** Writes all lines and makes the file appear at once, whole; rejects and leaves nothing when that fails. */
  write(lines: AsyncIterable<Buffer>): Promise<void>
}

export interface Progress extends Totals {
  phase: 'leftovers' | 'running' | 'writing'
  fed: number
  fedAll: boolean
  seconds: number
}

const LAG_PAUSE = 100

/**
 * A bounded run: what an earlier run left behind is finished first, then the input is fed and its end marked, and when the
 * ledger has seen the end on every partition, the output is written and the account is closed.
 */
export async function runPipeline(parts: RunParts): Promise<Report> {
  const { broker, topology } = parts
  await prepareTopics(broker, topology)
  await requireIndexes(broker, topology, parts.codec)
  await continuePlan(broker, topology, parts.codec)
  const fleet = new Fleet({ topology, launch: parts.launch, log: parts.log })
  fleet.start()
  try {
    await whileWhole(fleet, parts.signal, (signal) => finishLeftovers(parts, signal))
    const report = await whileWhole(fleet, parts.signal, (signal) => bounded(parts, signal))
    await fleet.drain()
    await removeChannels(broker, topology)
    return report
  } finally {
    await fleet.drain()
  }
}

/** Does the work unless the fleet breaks or the caller aborts; either way the work has ended when this settles. */
export async function whileWhole<T>(
  fleet: Fleet,
  outer: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const broken = new AbortController()
  const doing = work(AbortSignal.any([outer, broken.signal]))
  try {
    return await Promise.race([fleet.broken, doing])
  } catch (thrown) {
    broken.abort(thrown)
    await doing.catch(() => undefined)
    throw thrown
  }
}

/** A run that died may have left records on the topics: they are not this run's, so they are finished before it begins. */
export async function finishLeftovers(
  parts: Pick<RunParts, 'broker' | 'topology' | 'run' | 'onProgress'>,
  signal: AbortSignal,
): Promise<void> {
  const { broker, topology, run } = parts
  let closed = !topology.stages.some(({ gate }) => gate?.judged === 'end')
  for (;;) {
    signal.throwIfAborted()
    const waiting = (await lags(broker, topology)).reduce((sum, { total }) => sum + total, 0)
    if (waiting === 0) return
    // Documents at a gate wait for the end of their data set, and this is as far as it came.
    if (!closed)
      await feed({ broker, topology, run: `${run}-leftovers`, lines: nothing(), onFed: () => undefined, signal })
    closed = true
    parts.onProgress({ ...totalsOf([]), phase: 'leftovers', fed: waiting, fedAll: false, seconds: 0 })
    await sleep(LAG_PAUSE)
  }
}

async function* nothing(): AsyncGenerator<FeedLine[]> {
  yield []
}

async function bounded(parts: RunParts, outer: AbortSignal): Promise<Report> {
  const { broker, codec, topology, run } = parts
  const { refined, ledger } = topology.topics
  const started = performance.now()
  const account = new Account(topology, run)
  const abort = new AbortController()
  const signal = AbortSignal.any([outer, abort.signal])
  const entries = followLedger({ broker, codec, topic: ledger, from: await ends(broker, ledger), signal })
  const from = await ends(broker, refined)
  const collector =
    parts.output &&
    new Collector({
      broker,
      codec,
      topic: refined,
      from,
      path: parts.output.spills ?? parts.output.path,
      run,
      render: parts.output.render,
      signal,
    })
  const watch = new Watch(parts, account, started)
  try {
    const [fed] = await Promise.all([
      feed({ broker, topology, run, lines: parts.lines, signal, onFed: (records) => watch.fed(records) }).then((all) =>
        watch.fedAll(all),
      ),
      accountFor(entries, account, watch, { parts, signal }),
    ])
    const exported = await writeOutput(parts, collector, totalsOf(account.stages()).output, watch)
    const seconds = (performance.now() - started) / 1000
    const facts = {
      run,
      broker: broker.address,
      seconds,
      fed: fed.records,
      exported,
      outputPath: parts.output?.path ?? null,
    }
    return reportOf(topology, account.stages(), facts)
  } finally {
    abort.abort()
    await collector?.close()
  }
}

/** Sums the ledger up to the run's end on every partition. */
async function accountFor(
  entries: ReturnType<typeof followLedger>,
  account: Account,
  watch: Watch,
  run: Bounds,
): Promise<void> {
  const partitions = run.parts.topology.channels.find(({ kind }) => kind === 'raw')?.partitions ?? 1
  for await (const entry of entries) {
    account.add(entry)
    watch.show('running')
    if (account.ended(partitions)) return
  }
  run.signal.throwIfAborted()
}

interface Bounds {
  parts: RunParts
  signal: AbortSignal
}

async function writeOutput(
  parts: RunParts,
  collector: Collector | null,
  expected: number,
  watch: Watch,
): Promise<number | null> {
  if (!collector || !parts.output) return null
  watch.show('writing')
  await collector.complete(expected)
  await parts.output.write(collector.lines())
  return collector.count
}

/** Tells the observer how far the run is. */
class Watch {
  readonly #parts: RunParts
  readonly #account: Account
  readonly #started: number
  #fed = 0
  #fedAll = false

  constructor(parts: RunParts, account: Account, started: number) {
    this.#parts = parts
    this.#account = account
    this.#started = started
  }

  fed(records: number): void {
    this.#fed = records
    this.show('running')
  }

  /** From here on the end is known, and so is the time that is left. */
  fedAll<T>(all: T): T {
    this.#fedAll = true
    return all
  }

  show(phase: Progress['phase']): void {
    const seconds = (performance.now() - this.#started) / 1000
    this.#parts.onProgress({
      ...totalsOf(this.#account.stages()),
      phase,
      fed: this.#fed,
      fedAll: this.#fedAll,
      seconds,
    })
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Broker } from '../../../services/brokers/broker.ts'
import { connectKafka } from '../../../services/brokers/kafka/kafka.ts'
import { type FeedLine, feed } from '../../../services/pipeline/feed.ts'
import type { Topology } from '../../../topologies/topology.ts'
import { codec, inlineLauncher, topologyOf } from '../../support/pipelines.ts'
import { check } from '../checker/check.ts'
import { fateDifferences, shownFates, undisturbed } from '../checker/expected.ts'
import { violationText } from '../checker/violation.ts'
import { standingLine, untilNoLag } from '../nemesis/standing-line.ts'
import { FaultyProxy } from './proxy.ts'

/** How long clients wait for an answer in these tests: short, so that silence is noticed in time. Milliseconds. */
const REQUEST_TIMEOUT = 2000
/** All is caught up again so soon after a fault has ended. Milliseconds. */
const RECOVERY = 30_000

/** So many documents at a time are fed, with this pause between them. Milliseconds. */
const PORTION = 40
const FEED_PAUSE = 40

/** Spoils the line while it is fed. Whatever is still wrong with it when this resolves is put right. */
export type Disturb = (proxy: FaultyProxy, until: AbortSignal) => Promise<void>

/** What a disturbed line came to. */
export interface Outcome {
  /** Everything that does not hold, with counter-examples; empty when all does. */
  wrong: string
  documents: number
  /** Milliseconds from the end of the disturbance until nothing was left to do. */
  recovery: number
  /** How often the faults hit, and which. */
  hits: number
  faults: string
}

/**
 * Feeds documents through two stages, all of whose clients reach the broker only through a proxy that spoils what they say, and
 * holds what came of it against all invariants. Rejects when the line breaks, or is not at rest half a minute after the fault.
 */
export async function disturbed(kafka: string, seed: number, disturb: Disturb): Promise<Outcome> {
  const direct = await connectKafka({ brokers: [kafka], env: {} })
  const proxy = await FaultyProxy.start(kafka, seed)
  const behind = await connectKafka({ brokers: [proxy.address], env: {}, requestTimeout: REQUEST_TIMEOUT })
  const topology = topologyOf(recipeText(`fault-${seed}-${Math.random().toString(36).slice(2)}`))
  try {
    const line = await standingLine(behind, topology, inlineLauncher(behind, topology))
    const broken = line.broken.then((failure) => {
      throw failure
    })
    const work = underFaults(proxy, { behind, direct, topology, disturb }).finally(() => line.drain())
    const outcome = await Promise.race([work, broken])
    const log = await line.log()
    const differences = fateDifferences(shownFates(log, codec), await undisturbed(log, codec, () => null))
    return { ...outcome, wrong: violationText([...check(log, codec), ...differences]) }
  } finally {
    proxy.clear()
    await direct.deleteTopics(topology.channels.map(({ topic }) => topic)).catch(() => undefined)
    await Promise.all([behind.close(), direct.close()])
    await proxy.close()
  }
}

interface Bench {
  behind: Broker
  direct: Broker
  topology: Topology
  disturb: Disturb
}

async function underFaults(proxy: FaultyProxy, bench: Bench): Promise<Omit<Outcome, 'wrong'>> {
  const { behind, direct, topology, disturb } = bench
  const enough = new AbortController()
  const feeding = feed({
    broker: behind,
    topology,
    run: null,
    lines: documents(enough.signal),
    onFed: () => undefined,
  })
  feeding.catch(() => enough.abort())
  await disturb(proxy, enough.signal)
  const facts = { hits: proxy.hits, faults: proxy.describe() }
  proxy.clear()
  enough.abort()
  const cleared = performance.now()
  const { records } = await feeding
  await untilNoLag(direct, topology, RECOVERY)
  return { documents: records, recovery: performance.now() - cleared, ...facts }
}

/** Kept, rejected in either stage, or broken; without end until the signal. */
async function* documents(until: AbortSignal): AsyncGenerator<FeedLine[]> {
  for (let at = 0; !until.aborted; at += PORTION) {
    yield Array.from({ length: PORTION }, (_, i) => lineOf(at + i))
    await pause(FEED_PAUSE, until)
  }
}

function lineOf(i: number): FeedLine {
  const text = `number ${i} ${'and more words '.repeat(i % 7)}`
  const bytes = Buffer.from(i % 97 === 0 ? '{"text": "cut' : JSON.stringify({ text }))
  return { bytes, place: `test:${i + 1}` }
}

/** Waits, but not beyond the signal. */
export function pause(milliseconds: number, until: AbortSignal): Promise<void> {
  return sleep(milliseconds, undefined, { signal: until }).catch(() => undefined)
}

/** Two stages, two replicas each, and transactions small enough for faults to fall between many of them. */
function recipeText(name: string): string {
  return `
stream: {name: ${name}, partitions: 3, replicas: 2, transaction_bytes: 4KiB, cut_before: [words_num_filter]}
process:
  - clean_email_mapper:
  - text_length_filter: {min_len: 10}
  - words_num_filter: {min_num: 3}
`
}

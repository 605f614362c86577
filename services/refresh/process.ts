import type { Topology } from '../../topologies/topology.ts'
import type { Broker } from '../brokers/broker.ts'
import { Account, totalsOf } from '../pipeline/account.ts'
import { feed } from '../pipeline/feed.ts'
import { Fleet } from '../pipeline/fleet.ts'
import { followLedger, readLedger } from '../pipeline/follow.ts'
import { requireIndexes } from '../pipeline/indexes.ts'
import { continuePlan } from '../pipeline/plan-change.ts'
import { finishLeftovers, whileWhole } from '../pipeline/run.ts'
import { ends, prepareTopics, removeChannels } from '../pipeline/topics.ts'
import { forgetAbandoned } from './abandoned.ts'
import { fedWhole, feederCount, linesNotFed } from './fed.ts'
import type { Begun, Manifest, Subject } from './manifest.ts'
import type { Quality } from './quality.ts'
import type { RefreshRegistry } from './registry.ts'
import type { RefreshTask } from './task.ts'

export interface ProcessParts extends Omit<RefreshTask, 'subject'> {
  /** What an attempt before this one has noted; null when this is the first. */
  before: Begun | null
  subject: Subject
  registry: RefreshRegistry
  quality(begun: Begun): Quality
}

/** A refresh of which every document has met its fate. */
export interface Processed {
  begun: Begun
  offsets: Manifest['offsets']
  account: Account
  /** What was fed of each source is in it. */
  quality: Quality
  /** Since this attempt began. */
  seconds(): number
}

/** Takes a refresh from where it stands to where the ledger has seen its end on every partition. */
export async function processAll(parts: ProcessParts): Promise<Processed> {
  const { broker, topology, before } = parts
  await prepareTopics(broker, topology)
  await requireIndexes(broker, topology, parts.codec)
  const started = performance.now()
  const seconds = () => (performance.now() - started) / 1000
  const through = before && (await alreadyThrough(parts, before))
  if (through) {
    await removeChannels(broker, topology)
    return { ...through, seconds }
  }
  await continuePlan(broker, topology, parts.codec)
  const fleet = new Fleet({ topology, launch: parts.launch, log: parts.log })
  fleet.start()
  try {
    const processed = await whileWhole(fleet, parts.signal, async (signal) => {
      const begun = before ?? (await begin(parts, signal))
      return { ...(await follow(parts, { begun, signal, seconds })), seconds }
    })
    await fleet.drain()
    await removeChannels(broker, topology)
    return processed
  } finally {
    await fleet.drain()
  }
}

/** An attempt before this one may have come to the end of the ledger, and not to that of the files. */
async function alreadyThrough(parts: ProcessParts, begun: Begun): Promise<Omit<Processed, 'seconds'> | null> {
  const { broker, topology, codec } = parts
  const account = new Account(topology, begun.run)
  const from = offsetsOf(begun.from.ledger)
  for await (const entry of readLedger({ broker, codec, topic: topology.topics.ledger, from })) account.add(entry)
  if (!account.ended(begun.from.raw.length)) return null
  const quality = parts.quality(begun)
  await fedWhole(broker, topology, begun, (place, bytes) => quality.fed(place, bytes))
  return { begun, account, quality, offsets: await offsetsBehind(broker, topology, begun) }
}

/** Notes where everything stands: from here on it is this refresh's. */
async function begin(parts: ProcessParts, signal: AbortSignal): Promise<Begun> {
  const { broker, topology, name, subject, now } = parts
  const begun_at = now()
  const run = `${name}-${begun_at.toString(36)}-${process.pid}`
  await finishLeftovers({ broker, topology, run, onProgress: parts.onProgress }, signal)
  await forgetAbandoned(parts)
  const at = async (topic: string) => [...(await ends(broker, topic)).values()].map(Number)
  const { raw, refined, rejected, deadLetters, ledger } = topology.topics
  const from = {
    raw: await at(raw),
    refined: await at(refined),
    rejected: await at(rejected),
    dead_letters: await at(deadLetters),
    ledger: await at(ledger),
  }
  const ordinal = await feederCount(broker, topology)
  const begun: Begun = { state: 'begun', name, run, begun_at, subject, ordinal, from }
  await parts.registry.publish(name, begun)
  return begun
}

interface Following {
  begun: Begun
  signal: AbortSignal
  seconds(): number
}

async function follow(parts: ProcessParts, following: Following): Promise<Omit<Processed, 'seconds'>> {
  const { broker, topology, codec } = parts
  const { begun } = following
  const over = new AbortController()
  const signal = AbortSignal.any([following.signal, over.signal])
  const account = new Account(topology, begun.run)
  const quality = parts.quality(begun)
  const feeding = new Feeding(parts, quality)
  const show = () => {
    const { fed, fedAll } = feeding
    parts.onProgress({ ...totalsOf(account.stages()), phase: 'running', fed, fedAll, seconds: following.seconds() })
  }
  try {
    await Promise.all([
      feeding.feed(begun, signal, show),
      (async () => {
        const from = offsetsOf(begun.from.ledger)
        for await (const entry of followLedger({ broker, codec, topic: topology.topics.ledger, from, signal })) {
          account.add(entry)
          show()
          if (account.ended(begun.from.raw.length)) return
        }
        signal.throwIfAborted()
      })(),
    ])
    return { begun, account, quality, offsets: await offsetsBehind(broker, topology, begun) }
  } finally {
    over.abort()
  }
}

/** Feeds what is not fed yet, and counts all of it. */
class Feeding {
  fed = 0
  fedAll = false
  readonly #parts: ProcessParts
  readonly #quality: Quality

  constructor(parts: ProcessParts, quality: Quality) {
    this.#parts = parts
    this.#quality = quality
  }

  async feed(begun: Begun, signal: AbortSignal, show: () => void): Promise<void> {
    const { broker, topology, before } = this.#parts
    const onRecord = (place: string, bytes: number) => {
      this.#quality.fed(place, bytes)
      this.fed++
    }
    if (!before || !(await fedWhole(broker, topology, begun, onRecord))) {
      const lines = linesNotFed({ broker, topology, begun, onRecord }, await this.#parts.lines())
      await feed({ broker, topology, run: begun.run, lines, signal, onFed: show })
    }
    this.fedAll = true
    show()
  }
}

/** What of each topic is this refresh's, now that its end has passed. */
async function offsetsBehind(broker: Broker, topology: Topology, begun: Begun): Promise<Manifest['offsets']> {
  const { raw, refined, rejected, deadLetters, ledger } = topology.topics
  const range = async (topic: string, from: number[]) => {
    const to = [...(await ends(broker, topic)).values()].map(Number)
    return { topic, from, to: from.map((_, partition) => to[partition] ?? 0) }
  }
  return {
    raw: await range(raw, begun.from.raw),
    refined: await range(refined, begun.from.refined),
    rejected: await range(rejected, begun.from.rejected),
    dead_letters: await range(deadLetters, begun.from.dead_letters),
    ledger: await range(ledger, begun.from.ledger),
  }
}

function offsetsOf(from: readonly number[]): Map<number, bigint> {
  return new Map(from.map((offset, partition) => [partition, BigInt(offset)]))
}

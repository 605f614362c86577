import type { Broker } from '../../../services/brokers/broker.ts'
import { discardLetters, type ReplayWork, replayLetters } from '../../../services/pipeline/replay/replay.ts'
import type { LetterReport } from '../../../services/pipeline/replay/report.ts'
import type { Topology } from '../../../topologies/topology.ts'
import { type Fate, readFates } from '../fates.ts'
import { codec } from '../pipelines.ts'

function workOf(broker: Broker, topology: Topology, options: Partial<ReplayWork>): ReplayWork {
  return {
    broker,
    codec,
    topology,
    pipeline: topology.pipeline,
    topics: topology.topics,
    choice: {},
    limit: Number.POSITIVE_INFINITY,
    dryRun: false,
    batch: { letters: 7, bytes: 1_000_000 },
    signal: new AbortController().signal,
    onSettled: () => undefined,
    acceptRecipeChange: false,
    maxAttempts: 5,
    ...options,
  }
}

/** Replays dead letters as the command does, all unless chosen otherwise, a few in a transaction. */
export function replay(broker: Broker, topology: Topology, options: Partial<ReplayWork> = {}): Promise<LetterReport> {
  return replayLetters(workOf(broker, topology, options))
}

export function discard(broker: Broker, topology: Topology, options: Partial<ReplayWork> = {}): Promise<LetterReport> {
  return discardLetters(workOf(broker, topology, options))
}

/** What was refined and rejected by now, comparable between runs. */
export async function corpus(broker: Broker, topology: Topology): Promise<string[]> {
  const fates = await readFates(broker, topology, codec)
  return fates
    .filter(({ kind }) => kind !== 'dead letter')
    .map(fateText)
    .sort()
}

function fateText({ id, kind, content }: Fate): string {
  return `${id} ${kind} ${content}`
}

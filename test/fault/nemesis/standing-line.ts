import { setTimeout as sleep } from 'node:timers/promises'
import type { Broker } from '../../../services/brokers/broker.ts'
import { feed } from '../../../services/pipeline/feed.ts'
import { Fleet, type Launch } from '../../../services/pipeline/fleet.ts'
import { lags, prepareTopics } from '../../../services/pipeline/topics.ts'
import type { Failure } from '../../../topologies/failure.ts'
import type { Topology } from '../../../topologies/topology.ts'
import { feedLines, quiet, type TestLine } from '../../support/pipelines.ts'
import { type PipelineLog, readLog } from '../checker/pipeline-log.ts'

const POLL = 50

/** Resolves with the milliseconds that passed when every stage has come to the end of its input; rejects after the patience. */
export async function untilNoLag(broker: Broker, topology: Topology, patience: number): Promise<number> {
  const started = performance.now()
  for (;;) {
    const stages = await lags(broker, topology)
    const passed = performance.now() - started
    if (stages.every(({ total }) => total === 0)) return passed
    if (passed > patience) {
      const where = stages.map(({ stage, partitions }) => `${stage}: ${partitions.join(', ')}`).join('; ')
      throw new Error(`After ${Math.round(passed)} ms there is still lag. ${where}`)
    }
    await sleep(POLL)
  }
}

/** A line that stays up: fed when a test likes, and never taken down by the end of its input. */
export interface StandingLine {
  feed(lines: readonly TestLine[]): Promise<void>
  /** Resolves when all that was fed has come through; rejects with what breaks the line. */
  rest(patience?: number): Promise<void>
  /** Resolves with the failure that breaks the line. */
  broken: Promise<Failure>
  drain(): Promise<void>
  log(): Promise<PipelineLog>
}

export async function standingLine(broker: Broker, topology: Topology, launch: Launch): Promise<StandingLine> {
  await prepareTopics(broker, topology)
  const fleet = new Fleet({ topology, launch, log: quiet })
  fleet.start()
  return {
    feed: async (lines) => {
      await feed({ broker, topology, run: null, lines: feedLines(lines), onFed: () => undefined })
    },
    rest: async (patience = 60_000) => {
      await Promise.race([fleet.broken, untilNoLag(broker, topology, patience)])
    },
    broken: fleet.broken.catch((failure: Failure) => failure),
    drain: () => fleet.drain(),
    log: () => readLog(broker, topology),
  }
}

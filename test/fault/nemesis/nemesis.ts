import { setTimeout as sleep } from 'node:timers/promises'
import { groupName } from '../../../topologies/names.ts'
import { codec } from '../../support/pipelines.ts'
import { random } from '../../support/random.ts'
import { check } from '../checker/check.ts'
import { fateDifferences, shownFates, undisturbed } from '../checker/expected.ts'
import { ordinalOf } from '../checker/fates.ts'
import { type PipelineLog, readLog } from '../checker/pipeline-log.ts'
import { storedViolations } from '../checker/segments.ts'
import { type Violation, violation } from '../checker/violation.ts'
import { deadlyCode } from './documents.ts'
import { FAULTS } from './faults.ts'
import { Mill, type MillOptions } from './mill.ts'
import type { OwnKafka } from './own-kafka.ts'
import type { Appointment } from './schedule.ts'
import { untilNoLag } from './standing-line.ts'

export interface Attack {
  options: MillOptions
  kafka: OwnKafka | null
  schedule: readonly Appointment[]
  /** Longest that the line may need to come to the end of its input once all faults are over. Milliseconds. */
  patience: number
  tell(sentence: string): void
}

export interface Outcome {
  violations: Violation[]
  documents: number
  /** Milliseconds from the last fault, and the end of the input, to the end of all lag. */
  recovery: number
  restarts: number
  feederDeaths: number
  /** What the faults did, in order. */
  deeds: string[]
}

/** Starts a line, does to it what the schedule says, lets it come to rest, and holds what it left against every invariant. */
export async function attack({ options, kafka, schedule, patience, tell }: Attack): Promise<Outcome> {
  const mill = await Mill.start(options)
  let clean = false
  try {
    const deeds: string[] = []
    const harm = async () => {
      await untilReady(mill)
      for (const appointment of schedule) {
        await sleep(appointment.pause)
        const deed = await FAULTS[appointment.fault]({ mill, kafka, dice: random(appointment.seed) })
        deeds.push(`${appointment.fault}: ${deed}`)
        tell(deed)
      }
      mill.feeding.stop()
      await mill.feeding.done
      return untilNoLag(mill.broker, mill.topology, patience)
    }
    const recovery = await Promise.race([mill.fleet.broken, harm()])
    await mill.drain()
    const log = await readLog(mill.broker, mill.topology)
    const violations = await verdict(mill, log, kafka)
    clean = violations.length === 0
    const { restarts } = mill.fleet
    const documents = log.records.get(mill.topology.topics.raw)?.length ?? 0
    return { violations, documents, recovery, restarts, feederDeaths: mill.feeding.deaths, deeds }
  } finally {
    if (!clean) tell(`the logs of the processes are in ${mill.folder}`)
    await mill.close({ keepLogs: !clean })
  }
}

const READY_PATIENCE = 60_000

/** Resolves when every replica works; rejects after a minute. */
export async function untilReady(mill: Mill): Promise<void> {
  const deadline = Date.now() + READY_PATIENCE
  const { stages } = mill.topology
  const all = stages.reduce((sum, { replicas }) => sum + replicas, 0)
  while (mill.replicas().filter(({ ready }) => ready).length < all) {
    if (Date.now() > deadline) throw new Error('the line was not ready within a minute')
    await sleep(50)
  }
}

/** Holds what a line at rest has left against every invariant. */
export async function verdict(mill: Mill, log: PipelineLog, kafka: OwnKafka | null): Promise<Violation[]> {
  return [
    ...check(log, codec),
    ...fateDifferences(shownFates(log, codec), await undisturbed(log, codec, deadlyCode)),
    ...(await mill.follower.verdict(log, 10_000)),
    ...(kafka ? storedViolations(log, kafka.data) : []),
    ...(await feedCount(mill, log)),
  ]
}

/** The feeder's count is how much it fed. */
async function feedCount({ broker, topology }: Mill, log: PipelineLog): Promise<Violation[]> {
  const [count] = await broker.committed(groupName(topology.pipeline, 'feed'), topology.topics.raw)
  const fed = (log.records.get(topology.topics.raw) ?? []).filter((logged) => ordinalOf(logged) !== null).length
  const right = Number(count ?? 0n) === fed
  return violation('I5', 'the feeder counts otherwise than what it fed', right ? [] : [`${count} counted, ${fed} fed`])
}

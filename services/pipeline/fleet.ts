import { setTimeout as sleep } from 'node:timers/promises'
import type { Failure } from '../../topologies/failure.ts'
import type { Stage, Topology } from '../../topologies/topology.ts'
import type { Log } from '../worker/parts.ts'

/** One running replica of a stage, wherever it runs. */
export interface Member {
  /** Id of its process, where it has one of its own. */
  readonly pid?: number
  /** Resolves when its partitions flow for the first time, where it can say so. */
  readonly ready?: Promise<void>
  /** Resolves when it has ended by whatever cause; `failure` says which, when it could say. */
  readonly ended: Promise<{ failure: Failure | null }>
  /** Asks it to finish and commit what it works on, and to end. */
  drain(): void
}

/** Starts a replica: as a process of its own, or in this one. */
export type Launch = (stage: Stage, replica: number) => Member

export interface FleetParts {
  topology: Topology
  launch: Launch
  log: Log
}

/** A replica that ran this long is healthy again: its back-off starts from the beginning. Milliseconds. */
const HEALTHY = 30_000
const FIRST_BACK_OFF = 200
const LONGEST_BACK_OFF = 10_000

/** Every replica of every stage, kept running: one that dies is started again, with growing pauses while it keeps dying. */
export class Fleet {
  /** Rejects with the first failure that starting again cannot mend. */
  readonly broken: Promise<never>
  restarts = 0
  readonly #parts: FleetParts
  readonly #members = new Map<Member, Stage>()
  /** Stages of which nothing is started again. */
  readonly #drained = new Set<string>()
  readonly #keeping: Promise<void>[] = []
  readonly #pausing = new AbortController()
  #draining = false
  #fail: (failure: Failure) => void = () => undefined

  constructor(parts: FleetParts) {
    this.#parts = parts
    this.broken = new Promise<never>((_, reject) => {
      this.#fail = reject
    })
    this.broken.catch(() => undefined)
  }

  start(): void {
    for (const stage of this.#parts.topology.stages) {
      for (let replica = 0; replica < stage.replicas; replica++) this.#keeping.push(this.#keep(stage, replica))
    }
  }

  /** Lets the replicas of one stage finish and commit what they work on; resolves when they have ended. None is started again. */
  async drainStage(name: string): Promise<void> {
    this.#drained.add(name)
    const members = this.#parts.topology.stages.flatMap((stage) =>
      stage.name === name ? [...this.#membersOf(stage)] : [],
    )
    for (const member of members) member.drain()
    await Promise.all(members.map(({ ended }) => ended))
  }

  /** Lets every replica finish and commit what it works on; resolves when all have ended. */
  async drain(): Promise<void> {
    this.#draining = true
    this.#pausing.abort()
    for (const member of this.#members.keys()) member.drain()
    await Promise.all(this.#keeping)
  }

  #membersOf(stage: Stage): Member[] {
    return [...this.#members].flatMap(([member, of]) => (of === stage ? [member] : []))
  }

  async #keep(stage: Stage, replica: number): Promise<void> {
    let deaths = 0
    while (!this.#draining && !this.#drained.has(stage.name)) {
      const started = performance.now()
      const member = this.#parts.launch(stage, replica)
      this.#members.set(member, stage)
      const { failure } = await member.ended
      this.#members.delete(member)
      if (this.#draining || this.#drained.has(stage.name)) return
      if (failure && !failure.retryable) return this.#fail(failure)
      deaths = performance.now() - started > HEALTHY ? 0 : deaths + 1
      this.restarts++
      const pause = Math.min(FIRST_BACK_OFF * 2 ** (deaths - 1), LONGEST_BACK_OFF)
      this.#parts.log.warn(
        { stage: stage.name, replica, reason: failure?.message ?? 'killed', pause },
        'replica died and is started again',
      )
      // A drain cuts the pause short.
      await sleep(pause, undefined, { signal: this.#pausing.signal }).catch(() => undefined)
    }
  }
}

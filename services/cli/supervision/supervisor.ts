import { setTimeout as sleep } from 'node:timers/promises'
import { classify, Failure } from '../../../topologies/failure.ts'
import type { Stage, Topology } from '../../../topologies/topology.ts'
import { Fleet, type Launch, type Member } from '../../pipeline/fleet.ts'
import type { StageLag } from '../../pipeline/topics.ts'
import type { Log } from '../../worker/parts.ts'
import { type PipelineState, type ServiceState, writeState } from './state.ts'

/** How often a pipeline that finishes looks whether it has. Milliseconds. */
const POLL = 200

export interface SupervisionParts {
  topology: Topology
  launch: Launch
  log: Log
  /** Where the pipeline's supervisor, recipe and broker are written down. */
  state: PipelineState
  /** Called once, when every replica of every stage works. */
  onReady(): void
  /** Aborts when the pipeline shall drain and end. */
  signal: AbortSignal
  /** Aborts when it shall take nothing in any more, finish what lies between its stages, and end. */
  finish: AbortSignal
  /** How many records wait in front of each stage. */
  lags(): Promise<StageLag[]>
}

/**
 * Keeps a pipeline running until the signal aborts: starts every replica of every stage, starts again what dies, and writes
 * down what becomes of each. Rejects with the first failure that starting again cannot mend; everything has drained by then.
 */
export async function supervise(parts: SupervisionParts): Promise<void> {
  const roll = new Roll(parts)
  const fleet = new Fleet({ topology: parts.topology, launch: roll.watched(parts.launch), log: parts.log })
  const asked = new Promise<void>((resolve) => parts.signal.addEventListener('abort', () => resolve(), { once: true }))
  const finished = new Promise<void>((resolve) =>
    parts.finish.addEventListener('abort', () => resolve(), { once: true }),
  )
  fleet.start()
  await roll.written()
  try {
    await Promise.race([fleet.broken, asked, finished.then(() => finishWork(parts, fleet))])
  } catch (thrown) {
    roll.failed(classify(thrown))
    throw thrown
  } finally {
    await fleet.drain()
    await roll.written()
  }
}

/** Stops the first stage, and waits until the others have nothing left to read. */
async function finishWork({ topology, lags, signal, log }: SupervisionParts, fleet: Fleet): Promise<void> {
  const [first, ...others] = topology.stages
  if (!first) return
  log.info({ stage: first.name }, 'taking nothing in any more')
  await fleet.drainStage(first.name)
  const mine = new Set(others.map(({ name }) => name))
  while (!signal.aborted) {
    const waiting = (await lags()).reduce((sum, { stage, total }) => (mine.has(stage) ? sum + total : sum), 0)
    if (waiting === 0) return
    await sleep(POLL)
  }
}

/** Who works, who is being started again and why: the list that `status` shows. */
class Roll {
  readonly #parts: SupervisionParts
  readonly #state: PipelineState
  #writing: Promise<void> = Promise.resolve()
  #ready = false

  constructor(parts: SupervisionParts) {
    this.#parts = parts
    this.#state = parts.state
    this.#state.services = parts.topology.stages.flatMap((stage) => servicesOf(stage))
  }

  /** The same launch, with an eye on what it launches. */
  watched(launch: Launch): Launch {
    return (stage, replica) => {
      const member = launch(stage, replica)
      this.#watch(member, this.#serviceOf(stage, replica))
      return member
    }
  }

  failed({ code, message }: Failure): void {
    this.#state.failure = { code, message }
    this.#write()
  }

  /** Resolves when all that is known stands on the disk. */
  written(): Promise<void> {
    return this.#writing
  }

  #watch(member: Member, service: ServiceState): void {
    this.#enter(service, 'starting', member.pid ?? null)
    void member.ready?.then(() => {
      this.#enter(service, 'ready', member.pid ?? null)
      this.#announce()
    })
    void member.ended.then(({ failure }) => {
      const draining = this.#parts.signal.aborted || this.#parts.finish.aborted
      service.reason = failure?.message ?? (draining ? null : 'it was killed')
      if (!draining) service.restarts++
      this.#enter(service, draining ? 'ended' : 'restarting', null)
    })
  }

  #announce(): void {
    if (this.#ready || !this.#state.services.every(({ state }) => state === 'ready')) return
    this.#ready = true
    this.#parts.onReady()
  }

  #enter(service: ServiceState, state: ServiceState['state'], pid: number | null): void {
    service.state = state
    service.pid = pid
    service.since = new Date().toISOString()
    this.#write()
  }

  #serviceOf(stage: Stage, replica: number): ServiceState {
    const found = this.#state.services.find((service) => service.stage === stage.name && service.replica === replica)
    if (!found) throw new Failure('unknown', `The topology has no replica ${replica} of ${stage.name}.`)
    return found
  }

  /** One write at a time; a disk that is full must not end the pipeline. */
  #write(): void {
    this.#writing = this.#writing
      .then(() => writeState(this.#state))
      .catch((thrown: unknown) => {
        this.#parts.log.warn(
          { reason: classify(thrown).message },
          'the state of the pipeline could not be written down',
        )
      })
  }
}

function servicesOf(stage: Stage): ServiceState[] {
  const since = new Date().toISOString()
  const service = (replica: number): ServiceState => ({
    stage: stage.name,
    replica,
    state: 'starting',
    pid: null,
    since,
    restarts: 0,
    reason: null,
  })
  return Array.from({ length: stage.replicas }, (_, replica) => service(replica))
}

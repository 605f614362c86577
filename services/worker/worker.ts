import { setTimeout as sleep } from 'node:timers/promises'
import type { Codec } from '../../schemas/codec.ts'
import { classify, Failure } from '../../topologies/failure.ts'
import type { Stage, Topology } from '../../topologies/topology.ts'
import type { Batch, Broker, Consumer, TopicPartition } from '../brokers/broker.ts'
import { commitOf } from './commit.ts'
import { Lane } from './lane.ts'
import type { StageMetrics } from './metrics.ts'
import type { LaneParts, Log } from './parts.ts'
import type { Processor } from './processor.ts'

export interface WorkerParts {
  broker: Broker
  topology: Topology
  stage: Stage
  processor: Processor
  codec: Codec
  metrics: StageMetrics
  log: Log
  /** Name of this replica, for the ledger and the logs. */
  name: string
  /** Milliseconds without a sign of life after which the group takes the partitions away; the broker contract's when not given. */
  sessionTimeout?: number
}

/** How long a replica that is to end waits to be let into its group: a rebalance takes no longer. Milliseconds. */
const JOIN_PATIENCE = 15_000

/** One replica of one stage. */
export class StageWorker {
  /** Resolves when the worker has ended: null after a drain, or the failure that it could not mend. */
  readonly finished: Promise<Failure | null>
  readonly #parts: WorkerParts
  readonly #lanes = new Map<number, Lane>()
  /** Lanes of partitions that are somebody else's now and still finish their last step. */
  readonly #leaving = new Set<Promise<void>>()
  #joining: Promise<Consumer> | null = null
  #consumer: Consumer | null = null
  #assigned = false
  #end: (failure: Failure | null) => void = () => undefined
  #ending: Promise<void> | null = null
  #stopping = false

  constructor(parts: WorkerParts) {
    this.#parts = parts
    this.finished = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  /** Joins the consumer group and begins to work. Rejects when the broker cannot be reached or refuses. */
  async start(): Promise<void> {
    const { broker, stage, metrics, sessionTimeout } = this.#parts
    this.#joining = broker.consumer({
      group: stage.group,
      topics: [stage.input],
      ...(sessionTimeout === undefined ? {} : { sessionTimeout }),
      onAssigned: (partitions) => this.#assign(partitions),
      onBatch: (batch) => this.#receive(batch),
      onExpired: ({ partition, from, to }) => metrics.expired(partition, to - from),
      onLost: (error) => void this.#stop(classify(error)),
    })
    this.#consumer = await this.#joining
  }

  /** True once every assigned partition is fenced and flowing; a replica without partitions is ready too. */
  get ready(): boolean {
    return this.#assigned && !this.#stopping && [...this.#lanes.values()].every((lane) => lane.ready)
  }

  /** Finishes and commits what is being worked on, leaves the group, and ends. */
  drain(): Promise<void> {
    return this.#stop(null)
  }

  #assign(partitions: TopicPartition[]): void {
    if (this.#stopping) return
    const former = new Map(this.#lanes)
    this.#lanes.clear()
    for (const lane of former.values()) this.#leave(lane)
    for (const { partition } of partitions) {
      const after = Promise.all([former.get(partition)?.finished, this.#joining])
      this.#lanes.set(partition, new Lane(partition, this.#laneParts(), after))
    }
    this.#assigned = true
    this.#parts.log.info({ partitions: partitions.map(({ partition }) => partition) }, 'partitions assigned')
  }

  #leave(lane: Lane): void {
    lane.abandon()
    const left = lane.finished.finally(() => this.#leaving.delete(left))
    this.#leaving.add(left)
  }

  #receive(batch: Batch): void {
    this.#lanes.get(batch.partition)?.receive(batch)
  }

  #laneParts(): LaneParts {
    const { topology, stage, processor, metrics, log, broker, codec, name } = this.#parts
    const consumer = () => this.#joined()
    return {
      topology,
      stage,
      processor,
      metrics,
      log,
      consumer,
      intakeBytes: topology.transactionBytes,
      commitFor: (partition) => commitOf(partition, { broker, topology, stage, codec, worker: name, consumer }),
      onFatal: (failure) => void this.#stop(failure),
    }
  }

  #joined(): Consumer {
    if (!this.#consumer) throw new Failure('broker_failed', 'The consumer has not joined its group yet.')
    return this.#consumer
  }

  #stop(failure: Failure | null): Promise<void> {
    this.#stopping = true
    this.#ending ??= this.#shutDown(failure)
    return this.#ending
  }

  async #shutDown(failure: Failure | null): Promise<void> {
    if (failure) this.#parts.log.info({ code: failure.code, reason: failure.message }, 'worker ends')
    await Promise.all([...[...this.#lanes.values()].map((lane) => lane.drain()), ...this.#leaving])
    await this.#leaveGroup()
    await this.#parts.processor.close()
    this.#end(failure)
  }

  /** Who is still joining leaves on arrival: a member without lanes would keep its partitions from everybody. */
  async #leaveGroup(): Promise<void> {
    const left = this.#joining?.then((consumer) => consumer.close()).catch(() => undefined)
    await (this.#consumer ? left : Promise.race([left, sleep(JOIN_PATIENCE, undefined, { ref: false })]))
  }
}

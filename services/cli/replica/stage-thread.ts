import { Worker as Thread } from 'node:worker_threads'
import type { KnownSchemas } from '../../../schemas/codec.ts'
import { TOLERANCE } from '../../../topologies/tolerance.ts'
import { operatorsOf, type Stage, type Topology } from '../../../topologies/topology.ts'
import type { Broker } from '../../brokers/broker.ts'
import { keysIn } from '../../endpoints/keys.ts'
import type { StageMetrics } from '../../worker/metrics.ts'
import type { Log } from '../../worker/parts.ts'
import type { Processor } from '../../worker/processor.ts'
import { CarefulProcessor } from '../../worker/thread/careful.ts'
import { fileDiary } from '../../worker/thread/diary.ts'
import { IsolatingProcessor } from '../../worker/thread/isolation.ts'
import { Mark } from '../../worker/thread/mark.ts'
import { OperatorThread } from '../../worker/thread/operator-thread.ts'
import type { ThreadData } from '../operator-thread.ts'
import { openEnvironment } from '../terminal/secrets.ts'

/** What a replica of a stage is made with. */
export interface WorkerOptions {
  broker: Broker
  topology: Topology
  schemas: KnownSchemas
  assets: string
  /** The directory of the stores of indexes. */
  stores: string
  /** The directory in which processes tell their successors what they work on; without one a process that dies tells nothing. */
  diary?: string
  log: Log
  metrics?: StageMetrics
  /** Milliseconds without a sign of life after which a replica's partitions go to others. */
  sessionTimeout?: number
}

/** The operators of a stage in a thread of their own, which may die. */
export function threadOf(
  stage: Stage,
  { topology, schemas, assets, diary }: Pick<WorkerOptions, 'topology' | 'schemas' | 'assets' | 'diary'>,
): Processor {
  const mark = new Mark()
  const workerData: ThreadData = { topology, stage: stage.name, assets, schemas, mark: mark.memory }
  const { threadMemory } = topology
  const resourceLimits = threadMemory === null ? {} : { maxOldGenerationSizeMb: Math.ceil(threadMemory / 2 ** 20) }
  const thread = new OperatorThread({
    start: () =>
      new Thread(new URL('../operator-thread.ts', import.meta.url), {
        workerData,
        resourceLimits,
        env: { ...openEnvironment(), ...keysIn(process.env) },
      }),
    mark,
    timeBudgets: operatorsOf(stage).map(({ tolerance = TOLERANCE }) => tolerance.timeBudget),
  })
  const isolating = new IsolatingProcessor(thread, operatorsOf(stage))
  return diary ? new CarefulProcessor(isolating, fileDiary(diary)) : isolating
}

import type { Failure } from '../../topologies/failure.ts'
import type { Stage, Topology } from '../../topologies/topology.ts'
import type { Consumer } from '../brokers/broker.ts'
import type { Commit } from './commit.ts'
import type { StageMetrics } from './metrics.ts'
import type { Processor } from './processor.ts'

/** What the worker asks of a logger; pino is one. */
export interface Log {
  debug(details: object, message: string): void
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

/** What every lane of a worker shares. */
export interface LaneParts {
  topology: Topology
  stage: Stage
  processor: Processor
  metrics: StageMetrics
  log: Log
  /** About the size of one transaction. Bytes of record values. */
  intakeBytes: number
  consumer(): Consumer
  commitFor(partition: number): Commit
  /** A failure that trying again cannot mend: the worker ends. */
  onFatal(failure: Failure): void
}

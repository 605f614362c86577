import { Failure } from '../../../../topologies/failure.ts'

/** A failure found inside of kafkajs that trying again does not mend. `broker_failed`. */
export class WireFailure extends Failure {
  /** kafkajs tries again whatever does not say this. */
  readonly retriable = false

  constructor(message: string, options: { cause?: unknown } = {}) {
    super('broker_failed', message, options)
  }
}

import { Failure, type FailureCode } from '../../../../topologies/failure.ts'

/** A failure found inside of kafkajs that trying again does not mend. `broker_failed`, unless it says otherwise. */
export class WireFailure extends Failure {
  /** kafkajs tries again whatever does not say this. */
  readonly retriable = false

  constructor(message: string, options: { cause?: unknown; code?: FailureCode } = {}) {
    super(options.code ?? 'broker_failed', message, options)
  }
}

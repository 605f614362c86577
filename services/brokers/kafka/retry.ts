import { setTimeout as sleep } from 'node:timers/promises'
import type { FailureCode } from '../../../topologies/failure.ts'
import { type FailureContext, kafkaFailure } from './failures.ts'

/** kafkajs' own back-off, all of it given because its defaults depend on NODE_ENV. About four seconds in all. */
export const CLIENT_RETRY = { initialRetryTime: 50, maxRetryTime: 1000, factor: 0.2, multiplier: 1.7, retries: 8 }

const FIRST_PAUSE = 50
const LONGEST_PAUSE = 1000

export interface RetryContext extends FailureContext {
  /** Milliseconds after which the last error is given to the caller. */
  patience: number
  /** Only failures with this code are tried again; all that are retryable, when not given. */
  only?: FailureCode
  /** Failures with these codes are not tried again, though they are retryable: more must be done anew than this work. */
  except?: ReadonlySet<FailureCode>
  /** Called before every further attempt. */
  again?: () => Promise<void>
}

/** Does the work, again while its failures are retryable and patience lasts. Rejects with a Failure. */
export async function persistently<T>(context: RetryContext, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + context.patience
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    try {
      return await work()
    } catch (error) {
      const failure = kafkaFailure(error, context)
      const possible = context.only ? failure.code === context.only : failure.retryable
      const worthwhile = possible && !context.except?.has(failure.code)
      if (!worthwhile || performance.now() + pause > deadline) throw failure
    }
    await sleep(pause)
    await context.again?.()
  }
}

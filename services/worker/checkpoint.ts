import { classify, type FailureCode } from '../../topologies/failure.ts'
import type { Delivery, Position, Transactor } from '../brokers/broker.ts'

/** Everything that must happen together or not at all. */
export interface Checkpoint {
  deliveries: Delivery[]
  group: string
  /** What the group has done once this is committed: a consumer's offset, or a feeder's count. */
  position: Position
}

/** After these the outcome is not ours to decide: the next init settles it. */
const UNSETTLED = new Set<FailureCode>(['producer_fenced', 'transaction_lost', 'broker_timeout'])

/**
 * The one transaction that moves outputs, rejections, dead letters, ledger and offset together; no other code begins, commits
 * or aborts. When it rejects, the caller must throw the transactor's state away: `init` it, and read the committed offset again.
 */
export async function checkpoint(transactor: Transactor, work: Checkpoint): Promise<void> {
  const transaction = await transactor.begin()
  try {
    if (work.deliveries.length > 0) await transaction.send(work.deliveries)
    await transaction.sendOffsets(work.group, [work.position])
    await transaction.commit()
  } catch (thrown) {
    const failure = classify(thrown)
    if (!UNSETTLED.has(failure.code)) await transaction.abort().catch(() => undefined)
    throw failure
  }
}

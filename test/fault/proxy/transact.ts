import type { Broker, Transactor } from '../../../services/brokers/broker.ts'
import { classify, type FailureCode } from '../../../topologies/failure.ts'

/** What a step of a transaction leads to: it goes on, or rejects with this. */
export type Lead = 'goes on' | FailureCode

/** Where a transaction writes, and for which group. */
export interface Work {
  topic: string
  group: string
}

/** Two records and an offset in one transaction, which is aborted when a step fails. */
export async function transact(transactor: Transactor, { topic, group }: Work, number: bigint): Promise<Lead> {
  const delivery = { topic, partition: 0, records: [{ key: null, value: Buffer.from(String(number)) }] }
  const transaction = await transactor.begin()
  try {
    await transaction.send([delivery])
    await transaction.send([delivery])
    await transaction.sendOffsets(group, [{ topic, partition: 0, offset: number }])
    await transaction.commit()
    return 'goes on'
  } catch (thrown) {
    await transaction.abort().catch(() => undefined)
    return classify(thrown).code
  }
}

/** What a reader sees who sees only what is committed. */
export async function visible(
  broker: Broker,
  { topic, group }: Work,
): Promise<{ values: string[]; offset: bigint | null }> {
  const values: string[] = []
  for await (const { records } of broker.read(topic, { until: 'end' }))
    values.push(...records.map(({ value }) => String(value)))
  return { values, offset: (await broker.committed(group, topic))[0] ?? null }
}

/** The values that such a reader sees by now, when a transaction may be open that holds it back from the end. Resolves after the wait. */
export async function seenWithin(milliseconds: number, broker: Broker, { topic }: Work): Promise<string[]> {
  const values: string[] = []
  const signal = AbortSignal.timeout(milliseconds)
  for await (const { records } of broker.read(topic, { until: 'forever', signal }))
    values.push(...records.map(({ value }) => String(value)))
  return values
}

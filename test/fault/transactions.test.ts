import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Broker } from '../../services/brokers/broker.ts'
import { connectKafka } from '../../services/brokers/kafka/kafka.ts'
import { testKafka } from '../support/kafka.ts'
import type { CodeName } from './proxy/answers.ts'
import { PASSING } from './proxy/error-table.ts'
import type { Fault } from './proxy/faults.ts'
import type { ApiName } from './proxy/layouts.ts'
import { FaultyProxy } from './proxy/proxy.ts'
import { type Lead, transact, visible } from './proxy/transact.ts'

/** Errors after which `init` must come first, whatever was being done. */
const ENDS: Partial<Record<CodeName, Lead>> = {
  INVALID_PRODUCER_EPOCH: 'producer_fenced',
  PRODUCER_FENCED: 'producer_fenced',
  INVALID_PRODUCER_ID_MAPPING: 'transaction_lost',
  INVALID_TXN_STATE: 'transaction_lost',
  TRANSACTION_ABORTABLE: 'transaction_lost',
  OUT_OF_ORDER_SEQUENCE_NUMBER: 'transaction_lost',
  UNKNOWN_PRODUCER_ID: 'transaction_lost',
  UNKNOWN_SERVER_ERROR: 'broker_timeout',
}
/** Requests that may be sent again without a doubt: their sequence numbers tell, or they say only what is so already. */
const REPEATABLE: ApiName[] = ['Produce', 'AddPartitionsToTxn']

function leadOf(api: ApiName, code: CodeName): Lead {
  if (ENDS[code]) return ENDS[code]
  if (api === 'EndTxn') return 'broker_timeout'
  if (code === 'REQUEST_TIMED_OUT' && !REPEATABLE.includes(api)) return 'broker_timeout'
  return 'goes on'
}

const STEPS: ApiName[] = ['AddPartitionsToTxn', 'Produce', 'AddOffsetsToTxn', 'TxnOffsetCommit', 'EndTxn']
const ERRORS = STEPS.flatMap((api) =>
  (PASSING[api] ?? []).map((code, i): [ApiName, CodeName, 'request' | 'answer', Lead] => [
    api,
    code,
    i % 2 === 0 ? 'answer' : 'request',
    leadOf(api, code),
  ]),
)
const LOSSES = STEPS.flatMap((api): [ApiName, Fault, Lead][] =>
  (['request', 'answer'] as const).flatMap((at) =>
    (['reset', 'cut'] as const).map((kind): [ApiName, Fault, Lead] => [
      api,
      { kind, at },
      REPEATABLE.includes(api) ? 'goes on' : 'broker_timeout',
    ]),
  ),
)
/** What a refusal leads to: it stays what it is, so that somebody is told. */
const REFUSALS: [ApiName, CodeName, Lead][] = [
  ['AddPartitionsToTxn', 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'broker_denied'],
  ['AddPartitionsToTxn', 'TOPIC_AUTHORIZATION_FAILED', 'broker_denied'],
  ['Produce', 'TOPIC_AUTHORIZATION_FAILED', 'broker_denied'],
  ['Produce', 'MESSAGE_TOO_LARGE', 'message_too_large'],
  ['AddOffsetsToTxn', 'GROUP_AUTHORIZATION_FAILED', 'broker_denied'],
  ['TxnOffsetCommit', 'GROUP_AUTHORIZATION_FAILED', 'broker_denied'],
  ['EndTxn', 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'broker_denied'],
]

const kafka = await testKafka()
let direct: Broker
let behind: Broker
let proxy: FaultyProxy

beforeAll(async () => {
  const address = kafka?.brokers[0]
  if (!address) return
  proxy = await FaultyProxy.start(address, 1)
  direct = await connectKafka({ brokers: [address], env: {} })
  behind = await connectKafka({ brokers: [proxy.address], env: {}, requestTimeout: 1000 })
})
afterAll(async () => {
  await behind?.close()
  await direct?.close()
  await proxy?.close()
})

describe.skipIf(!kafka)('a transaction is there as a whole or not at all, and the next one goes through,', () => {
  test.each(ERRORS)('when %s is answered with %s (%s): %s', (api, code, at, lead) =>
    spoiltTransaction(api, { kind: 'code', at, code }, lead),
  )
  test.each(LOSSES)('when a connection is lost at %s %o: %s', (api, fault, lead) => spoiltTransaction(api, fault, lead))
  test.each(REFUSALS)('when %s is refused with %s: %s', (api, code, lead) =>
    spoiltTransaction(api, { kind: 'code', at: 'request', code }, lead),
  )
})

/** One transaction with this fault in it, and one after it: records and offsets of each must be visible together. */
async function spoiltTransaction(api: ApiName, fault: Fault, lead: Lead): Promise<void> {
  const work = { topic: `fault-${randomUUID()}`, group: `fault-${randomUUID()}` }
  await direct.createTopics([{ topic: work.topic, partitions: 1 }])
  const transactor = await behind.transactor(randomUUID())
  await transactor.init()
  proxy.add({ api, fault })
  const led = await transact(transactor, work, 1n)
  expect(proxy.hits).toBe(1)
  proxy.clear()
  expect(led).toBe(lead)
  if (['producer_fenced', 'transaction_lost', 'broker_timeout'].includes(led))
    await expect(transactor.begin()).rejects.toMatchObject({ code: led })
  await transactor.init()

  const first = await visible(direct, work)
  expect(first.offset).toBe(first.values.length === 0 ? null : 1n)
  expect(first.values).toEqual(led === 'goes on' || first.values.length > 0 ? ['1', '1'] : [])
  expect(await transact(transactor, work, 2n)).toBe('goes on')
  expect(await visible(direct, work)).toEqual({ values: [...first.values, '2', '2'], offset: 2n })
  await transactor.close()
  await direct.deleteTopics([work.topic])
}

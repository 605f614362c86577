import type { CodeName } from './answers.ts'
import type { Rule } from './faults.ts'
import { fieldsOf, type Seen } from './frames.ts'
import type { ApiName } from './layouts.ts'

const COORDINATOR: CodeName[] = ['COORDINATOR_LOAD_IN_PROGRESS', 'COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR']
const LEADER: CodeName[] = [
  'NOT_LEADER_OR_FOLLOWER',
  'LEADER_NOT_AVAILABLE',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'KAFKA_STORAGE_ERROR',
  'NETWORK_EXCEPTION',
]
const FENCED: CodeName[] = ['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED']
const TRANSACTION: CodeName[] = [
  ...FENCED,
  'INVALID_PRODUCER_ID_MAPPING',
  'INVALID_TXN_STATE',
  'TRANSACTION_ABORTABLE',
  'CONCURRENT_TRANSACTIONS',
]
const MEMBER: CodeName[] = ['UNKNOWN_MEMBER_ID', 'REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION']
const ANY: CodeName[] = ['REQUEST_TIMED_OUT', 'UNKNOWN_SERVER_ERROR']

/** Errors that a broker may answer now and then to each kind of request, and after which the line must go on. */
export const PASSING: Partial<Record<ApiName, CodeName[]>> = {
  Produce: [
    ...LEADER,
    ...ANY,
    ...TRANSACTION,
    'CORRUPT_MESSAGE',
    'NOT_ENOUGH_REPLICAS',
    'OUT_OF_ORDER_SEQUENCE_NUMBER',
    'UNKNOWN_PRODUCER_ID',
  ],
  AddPartitionsToTxn: [...COORDINATOR, ...ANY, ...TRANSACTION],
  AddOffsetsToTxn: [...COORDINATOR, ...ANY, ...TRANSACTION],
  TxnOffsetCommit: [...COORDINATOR, ...ANY, ...TRANSACTION],
  EndTxn: [...COORDINATOR, ...ANY, ...TRANSACTION],
  InitProducerId: [...COORDINATOR, ...ANY, ...FENCED, 'CONCURRENT_TRANSACTIONS'],
  OffsetFetch: [...COORDINATOR, ...ANY, 'UNSTABLE_OFFSET_COMMIT'],
  Fetch: [...LEADER, ...ANY, 'CORRUPT_MESSAGE'],
  ListOffsets: [...LEADER, ...ANY],
  JoinGroup: [...COORDINATOR, ...ANY, ...MEMBER],
  SyncGroup: [...COORDINATOR, ...ANY, ...MEMBER],
  Heartbeat: [...COORDINATOR, ...ANY, ...MEMBER],
  FindCoordinator: [...COORDINATOR, ...ANY],
}

/** Every request of the table with every error of it, before and after the broker acted. */
export function passingErrors(): Rule[] {
  return Object.entries(PASSING).flatMap(([name, codes]) => {
    const api = name as ApiName
    return codes.flatMap((code) =>
      (['request', 'answer'] as const).map((at) => {
        const fault = { kind: 'code', at, code } as const
        return FENCED.includes(code) ? { api, fault, when: byWorker } : { api, fault }
      }),
    )
  })
}

/** A feeder that is told that somebody has taken over rightly stops for good; a worker begins anew. */
function byWorker(request: Seen): boolean {
  const id = fieldsOf(request).transactional_id
  return typeof id === 'string' && !id.includes('.feed.')
}

import { Failure, type FailureCode } from '../../../topologies/failure.ts'
import { type Concern, refusalFailure } from './refusals.ts'

/** Kafka's error types, as kafkajs names them, and what they mean here. Types that are not listed are `broker_failed`. */
const TYPES: Record<string, FailureCode> = {
  PRODUCER_FENCED: 'producer_fenced',
  INVALID_PRODUCER_EPOCH: 'producer_fenced',
  INVALID_TXN_STATE: 'transaction_lost',
  INVALID_PRODUCER_ID_MAPPING: 'transaction_lost',
  UNKNOWN_PRODUCER_ID: 'transaction_lost',
  OUT_OF_ORDER_SEQUENCE_NUMBER: 'transaction_lost',
  TRANSACTION_COORDINATOR_FENCED: 'transaction_lost',
  TRANSACTIONAL_ID_NOT_FOUND: 'transaction_lost',
  TRANSACTION_ABORTABLE: 'transaction_lost',
  UNKNOWN: 'broker_timeout',
  REQUEST_TIMED_OUT: 'broker_timeout',
  NETWORK_EXCEPTION: 'broker_timeout',
  NOT_ENOUGH_REPLICAS: 'broker_timeout',
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: 'broker_timeout',
  LEADER_NOT_AVAILABLE: 'broker_not_ready',
  NOT_LEADER_FOR_PARTITION: 'broker_not_ready',
  REPLICA_NOT_AVAILABLE: 'broker_not_ready',
  BROKER_NOT_AVAILABLE: 'broker_not_ready',
  NOT_CONTROLLER: 'broker_not_ready',
  GROUP_LOAD_IN_PROGRESS: 'broker_not_ready',
  GROUP_COORDINATOR_NOT_AVAILABLE: 'broker_not_ready',
  NOT_COORDINATOR_FOR_GROUP: 'broker_not_ready',
  CONCURRENT_TRANSACTIONS: 'broker_not_ready',
  UNSTABLE_OFFSET_COMMIT: 'broker_not_ready',
  OFFSET_NOT_AVAILABLE: 'broker_not_ready',
  UNKNOWN_LEADER_EPOCH: 'broker_not_ready',
  FENCED_LEADER_EPOCH: 'broker_not_ready',
  KAFKA_STORAGE_ERROR: 'broker_not_ready',
  CORRUPT_MESSAGE: 'broker_not_ready',
  THROTTLING_QUOTA_EXCEEDED: 'broker_not_ready',
  UNKNOWN_TOPIC_ID: 'broker_not_ready',
  REBALANCE_IN_PROGRESS: 'broker_not_ready',
  ILLEGAL_GENERATION: 'broker_not_ready',
  UNKNOWN_MEMBER_ID: 'broker_not_ready',
  MESSAGE_TOO_LARGE: 'message_too_large',
  RECORD_LIST_TOO_LARGE: 'message_too_large',
  UNKNOWN_TOPIC_OR_PARTITION: 'topic_missing',
  TOPIC_AUTHORIZATION_FAILED: 'broker_denied',
  GROUP_AUTHORIZATION_FAILED: 'broker_denied',
  CLUSTER_AUTHORIZATION_FAILED: 'broker_denied',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'broker_denied',
  SASL_AUTHENTICATION_FAILED: 'broker_denied',
  ILLEGAL_SASL_STATE: 'broker_denied',
  UNSUPPORTED_SASL_MECHANISM: 'broker_denied',
  SECURITY_DISABLED: 'broker_denied',
}

/** Names of kafkajs' own errors that say that the connection was lost or nothing answered. */
const LOST = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSLockTimeout',
  'KafkaJSTimeout',
  'KafkaJSBrokerNotFound',
  'KafkaJSNoBrokerAvailableError',
  'KafkaJSGroupCoordinatorNotFound',
])

/** Names of kafkajs' own errors that pass once the cluster's metadata is there. */
const NOT_READY = new Set(['KafkaJSMetadataNotLoaded', 'KafkaJSTopicMetadataNotLoaded'])

/** `doing`: what was being done, to open the sentence: `producing to orders`. */
export interface FailureContext extends Concern {
  /** The code for a lost connection: within a transaction nobody knows whether the broker acted. */
  lost?: FailureCode
}

/** Any error of kafkajs as a Failure, by its type and name and never by its text. */
export function kafkaFailure(thrown: unknown, context: FailureContext): Failure {
  const chain = causes(thrown)
  const own = chain.find((error) => error instanceof Failure)
  if (own instanceof Failure) return own
  const refused = refusalFailure(chain, context)
  if (refused) return refused
  const reason = chain.at(-1)?.message ?? String(thrown)
  return new Failure(codeOf(chain, context), `While ${context.doing}: ${reason}`, { cause: thrown })
}

function codeOf(chain: Error[], context: FailureContext): FailureCode {
  for (const error of chain) {
    const type = 'type' in error && typeof error.type === 'string' ? error.type : null
    if (type !== null) return TYPES[type] ?? 'broker_failed'
  }
  if (chain.some(({ name }) => name === 'KafkaJSSASLAuthenticationError')) return 'broker_denied'
  if (chain.some(({ name }) => LOST.has(name))) return context.lost ?? 'broker_unreachable'
  if (chain.some(({ name }) => NOT_READY.has(name))) return 'broker_not_ready'
  return 'broker_failed'
}

/** The error and what caused it, outermost first. Of several errors at once the first counts. */
function causes(thrown: unknown): Error[] {
  const chain: Error[] = []
  let next = thrown
  while (next instanceof Error && !chain.includes(next)) {
    chain.push(next)
    next = 'errors' in next && Array.isArray(next.errors) ? next.errors[0] : next.cause
  }
  return chain
}

/** The type of the protocol error in the chain, as kafkajs names it; null when there is none. */
export function errorType(thrown: unknown): string | null {
  for (const error of causes(thrown)) {
    if ('type' in error && typeof error.type === 'string') return error.type
  }
  return null
}

/** Throws an error again unless it is of this type and, where several topics failed at once, all of them are. */
export function throwUnless(thrown: unknown, type: string): void {
  const together = causes(thrown).find((error) => 'errors' in error && Array.isArray(error.errors))
  const all: unknown[] = together && 'errors' in together && Array.isArray(together.errors) ? together.errors : [thrown]
  const other = all.find((error) => errorType(error) !== type)
  if (other) throw other
}

/** Whether the other side took the connection and closed it without an answer. */
export function hungUp(thrown: unknown): boolean {
  return causes(thrown).some(
    (error) => error.name === 'KafkaJSConnectionClosedError' || ('code' in error && HANG_UPS.has(String(error.code))),
  )
}

/** By these codes a socket says that it was closed, or that what it heard was no TLS. */
const HANG_UPS = new Set(['ECONNRESET', 'EPIPE', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG'])

import { describe, expect, it } from 'vitest'
import { errorType, kafkaFailure } from '../../../services/brokers/kafka/failures.ts'
import { Failure } from '../../../topologies/failure.ts'

function kafkajsError(name: string, more: object = {}): Error {
  return Object.assign(new Error('what it said'), { name, ...more })
}

const doing = 'producing to orders'

describe('an error of kafkajs', () => {
  it.each([
    ['INVALID_PRODUCER_EPOCH', 'producer_fenced'],
    ['PRODUCER_FENCED', 'producer_fenced'],
    ['OUT_OF_ORDER_SEQUENCE_NUMBER', 'transaction_lost'],
    ['UNKNOWN_PRODUCER_ID', 'transaction_lost'],
    ['INVALID_PRODUCER_ID_MAPPING', 'transaction_lost'],
    ['INVALID_TXN_STATE', 'transaction_lost'],
    ['TRANSACTION_ABORTABLE', 'transaction_lost'],
    ['NETWORK_EXCEPTION', 'broker_timeout'],
    ['NOT_ENOUGH_REPLICAS', 'broker_timeout'],
    ['UNKNOWN', 'broker_timeout'],
    ['NOT_LEADER_FOR_PARTITION', 'broker_not_ready'],
    ['NOT_COORDINATOR_FOR_GROUP', 'broker_not_ready'],
    ['GROUP_COORDINATOR_NOT_AVAILABLE', 'broker_not_ready'],
    ['UNSTABLE_OFFSET_COMMIT', 'broker_not_ready'],
    ['REBALANCE_IN_PROGRESS', 'broker_not_ready'],
    ['THROTTLING_QUOTA_EXCEEDED', 'broker_not_ready'],
    ['KAFKA_STORAGE_ERROR', 'broker_not_ready'],
    ['CORRUPT_MESSAGE', 'broker_not_ready'],
    ['TOPIC_AUTHORIZATION_FAILED', 'broker_denied'],
    ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'broker_denied'],
    ['REQUEST_TIMED_OUT', 'broker_timeout'],
    ['GROUP_LOAD_IN_PROGRESS', 'broker_not_ready'],
    ['CONCURRENT_TRANSACTIONS', 'broker_not_ready'],
    ['MESSAGE_TOO_LARGE', 'message_too_large'],
    ['UNKNOWN_TOPIC_OR_PARTITION', 'topic_missing'],
    ['GROUP_AUTHORIZATION_FAILED', 'broker_denied'],
    ['POLICY_VIOLATION', 'broker_failed'],
  ])('of type %s is %s', (type, code) => {
    expect(kafkaFailure(kafkajsError('KafkaJSProtocolError', { type }), { doing }).code).toBe(code)
  })

  it('is known by its cause, however often it was wrapped', () => {
    const cause = kafkajsError('KafkaJSProtocolError', { type: 'MESSAGE_TOO_LARGE' })
    const wrapped = kafkajsError('KafkaJSNumberOfRetriesExceeded', {
      cause: kafkajsError('KafkaJSNonRetriableError', { cause }),
    })
    expect(kafkaFailure(wrapped, { doing }).code).toBe('message_too_large')
    expect(errorType(wrapped)).toBe('MESSAGE_TOO_LARGE')
    expect(errorType(kafkajsError('KafkaJSAggregateError', { errors: [cause] }))).toBe('MESSAGE_TOO_LARGE')
  })

  it('that lost the connection is what the caller says, for only it knows what is at stake', () => {
    const lost = kafkajsError('KafkaJSConnectionClosedError')
    expect(kafkaFailure(lost, { doing }).code).toBe('broker_unreachable')
    expect(kafkaFailure(lost, { doing, lost: 'broker_timeout' }).code).toBe('broker_timeout')
  })

  it('says what was being done and what kafkajs said', () => {
    expect(kafkaFailure(kafkajsError('KafkaJSTimeout'), { doing }).message).toBe(
      'While producing to orders: what it said',
    )
  })

  it('that is a failure of ours stays what it is', () => {
    const ours = new Failure('broker_failed', 'damaged')
    expect(kafkaFailure(kafkajsError('KafkaJSNonRetriableError', { cause: ours }), { doing })).toBe(ours)
  })

  it('may be anything, even no error at all', () => {
    expect(kafkaFailure('a string', { doing }).code).toBe('broker_failed')
    expect(kafkaFailure(undefined, { doing }).code).toBe('broker_failed')
    const circle = kafkajsError('KafkaJSError')
    circle.cause = circle
    expect(kafkaFailure(circle, { doing }).code).toBe('broker_failed')
  })
})

import { Failure } from '../../../topologies/failure.ts'
import { type Refusal, refusalOf, tlsFault } from './wire/refusal-marks.ts'

/** What the refused work was about, beside what the broker said. */
export interface Concern {
  doing: string
  group?: string
  transactionalId?: string
}

const RIGHTS = 'infra/SECURITY.md lists the rights that a pipeline needs'

/** A refusal that is found among the causes of an error, as one sentence with the cure; null when there is none. */
export function refusalFailure(causes: Error[], concern: Concern): Failure | null {
  for (const error of causes) {
    const refusal = refusalOf(error)
    if (refusal) return failureOf(error, refusal, concern)
  }
  return null
}

function failureOf(error: Error, refusal: Refusal, concern: Concern): Failure {
  const tls = tlsFault(error)
  if (tls === 'theirs') return new Failure('broker_untrusted', untrusted(error, refusal), { cause: error })
  const sentence = tls === 'ours' ? unwelcome(refusal) : denied(error, refusal, concern)
  return new Failure('broker_denied', sentence, { cause: error })
}

function untrusted(error: Error, { broker }: Refusal): string {
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'CERT_HAS_EXPIRED') return `The certificate of Kafka at ${broker} has expired; have it renewed.`
  if (code === 'CERT_NOT_YET_VALID')
    return `The certificate of Kafka at ${broker} is not valid yet; look at the clocks of both machines.`
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `The certificate of Kafka at ${broker} is made for another host; use the address that it names, in MILLRACE_BROKERS and in the broker's advertised.listeners, or have one made for this address.`
  return `The certificate of Kafka at ${broker} is signed by nobody who is trusted here (${code}); name the certificate of its authority in MILLRACE_KAFKA_CA_FILE.`
}

function unwelcome({ broker }: Refusal): string {
  return `Kafka at ${broker} wants a client certificate that it trusts; name one and its key in MILLRACE_KAFKA_CERT_FILE and MILLRACE_KAFKA_KEY_FILE.`
}

function denied(error: Error, refusal: Refusal, concern: Concern): string {
  const type = 'type' in error ? String(error.type) : ''
  if (type.endsWith('_AUTHORIZATION_FAILED')) return unauthorised(type, refusal, concern)
  const { broker, mechanism, offered } = refusal
  if (type === 'UNSUPPORTED_SASL_MECHANISM') {
    const offer = offered.length > 0 ? `it offers ${offered.join(', ')}` : 'look at what it offers'
    return `Kafka at ${broker} does not take users by ${mechanism}; ${offer}. Set MILLRACE_KAFKA_SASL_MECHANISM.`
  }
  if (type === 'ILLEGAL_SASL_STATE')
    return `Kafka at ${broker} takes no users there; use the address of its SASL listener, or unset MILLRACE_KAFKA_SASL_MECHANISM.`
  return `Kafka at ${broker} refuses ${nameOf(refusal)} (${mechanism}): no such user, or a wrong password. Look at MILLRACE_KAFKA_SASL_USERNAME and at MILLRACE_KAFKA_SASL_PASSWORD or MILLRACE_KAFKA_SASL_PASSWORD_FILE.`
}

function unauthorised(type: string, refusal: Refusal, concern: Concern): string {
  const right = rightOf(type, refusal, concern)
  return `Kafka refuses ${nameOf(refusal)} the right ${right}, while ${concern.doing}. Have it granted; ${RIGHTS}.`
}

function nameOf({ user }: Refusal): string {
  return user === null ? 'this client, which has no user,' : `the user "${user}"`
}

/** Which right on topics a request needs, by Kafka's name of the request. */
const TOPIC_RIGHTS: Record<string, string> = {
  Produce: 'Write',
  AddPartitionsToTxn: 'Write',
  Fetch: 'Read',
  OffsetCommit: 'Read',
  TxnOffsetCommit: 'Read',
  CreateTopics: 'Create',
  DeleteTopics: 'Delete',
}

function rightOf(type: string, { api, topics }: Refusal, concern: Concern): string {
  if (type === 'TOPIC_AUTHORIZATION_FAILED') {
    const names = topics.length > 0 ? `topic ${topics.join(', ')}` : 'a topic'
    return `${TOPIC_RIGHTS[api ?? ''] ?? 'Describe'} on ${names}`
  }
  if (type === 'GROUP_AUTHORIZATION_FAILED')
    return concern.group ? `Read on group ${concern.group}` : 'Read on its group'
  if (type === 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED')
    return concern.transactionalId
      ? `Write on transactional id ${concern.transactionalId}`
      : 'Write on its transactional id'
  // Kafka lets everybody be an idempotent producer who may write to any topic at all.
  return api === 'InitProducerId' ? 'Write on any topic, or IdempotentWrite on the cluster' : `to ${api} on the cluster`
}

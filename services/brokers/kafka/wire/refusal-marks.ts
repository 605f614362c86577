import { createRequire } from 'node:module'

const load = createRequire(import.meta.url)

/** What stood behind a request that was refused: kafkajs' errors say nothing of it. */
export interface Refusal {
  /** `host:port` of the broker that refused. */
  broker: string
  /** Who asked; null for a client without a user. */
  user: string | null
  mechanism: string | null
  /** Kafka's name of the request; null when the connection itself was refused. */
  api: string | null
  /** The topics of the request that were refused, where it named several. */
  topics: string[]
  /** The SASL mechanisms that the broker offers, where it said so. */
  offered: string[]
}

const MARK = Symbol('millrace.refusal')

/** The refusal that an error was marked with. */
export function refusalOf(error: Error): Refusal | null {
  return MARK in error ? (error[MARK] as Refusal) : null
}

/** Marks errors of authentication, authorization and TLS with what was refused, and keeps kafkajs from hiding or repeating them. */
export function installRefusalMarks(): void {
  markConnections()
  passOnRefusals()
}

interface Connection {
  broker: string
  sasl: { username?: string; mechanism?: string } | null
  connect(): Promise<unknown>
  authenticate(): Promise<unknown>
  send(protocol: Protocol): Promise<unknown>
}

interface Protocol {
  request: { apiName: string }
  response: { decode(bytes: unknown): Promise<unknown>; parse(payload: unknown): Promise<unknown> }
}

function markConnections(): void {
  const { prototype } = load('kafkajs/src/network/connection.js') as { prototype: Connection }
  const { connect, authenticate, send } = prototype
  prototype.connect = function connectMarked(this: Connection): Promise<unknown> {
    return connect.call(this).catch((error: unknown) => {
      if (isTlsRefusal(error)) markTls(error, this)
      throw error
    })
  }
  prototype.authenticate = function authenticateMarked(this: Connection): Promise<unknown> {
    return authenticate.call(this).catch((error: unknown) => {
      if (isRefusal(error)) mark(error, refusal(this, null))
      throw error
    })
  }
  prototype.send = function sendMarked(this: Connection, protocol: Protocol): Promise<unknown> {
    let payload: unknown
    const parse = (decoded: unknown) => {
      payload = decoded
      return protocol.response.parse(decoded).catch((error: unknown) => {
        throw culprit(error, decoded)
      })
    }
    const watched = { ...protocol, response: { ...protocol.response, parse } }
    return send.call(this, watched).catch((error: unknown) => {
      // A broker looks at our certificate after we hold the connection for made, so the first request hears of it.
      if (isTlsRefusal(error)) markTls(error, this)
      for (const refused of together(error).filter(isRefusal)) {
        mark(refused, refusal(this, protocol.request.apiName, payload, refused))
      }
      throw error
    })
  }
}

interface BrokerPool {
  withBroker(callback: (found: unknown) => Promise<unknown>): Promise<unknown>
}

/** kafkajs asks one broker after the other and forgets why each said no: a refused group became one whose coordinator is not found. */
function passOnRefusals(): void {
  const { prototype } = load('kafkajs/src/cluster/brokerPool.js') as { prototype: BrokerPool }
  const { withBroker } = prototype
  prototype.withBroker = async function withBrokerOrRefusal(this: BrokerPool, callback): Promise<unknown> {
    let refused: unknown = null
    const result = await withBroker.call(this, async (found) => {
      try {
        return await callback(found)
      } catch (error) {
        if (isRefusal(error)) refused = error
        throw error
      }
    })
    if (result === null && refused !== null) throw refused
    return result
  }
}

/**
 * Where one topic of a transaction is refused the others are not attempted. kafkajs gives the first error of the answer, be it
 * one of theirs, which reads as if trying again would help; this is the error of the one that was refused.
 */
function culprit(error: unknown, payload: unknown): unknown {
  if (!(error instanceof Error && 'type' in error && error.type === NOT_ATTEMPTED)) return error
  const { createErrorFromCode } = load('kafkajs/src/protocol/error.js') as { createErrorFromCode(code: number): Error }
  const errors = errorCodes(payload).map((code) => createErrorFromCode(code))
  return errors.find((other) => 'type' in other && other.type !== NOT_ATTEMPTED) ?? error
}

const NOT_ATTEMPTED = 'OPERATION_NOT_ATTEMPTED'

/** The errors of a request whose topics failed one by one; else the error itself. */
function together(error: unknown): unknown[] {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors : [error]
}

/** A certificate is as wrong at the next try. */
function markTls(error: Error, connection: Connection): void {
  mark(error, refusal(connection, null))
  Object.assign(error, { retriable: false })
}

function mark(error: Error, what: Refusal): void {
  if (!(MARK in error)) Object.defineProperty(error, MARK, { value: what })
}

function refusal(connection: Connection, api: string | null, payload?: unknown, error?: Error): Refusal {
  const code = error && 'code' in error ? error.code : undefined
  const offered = isObject(payload) && Array.isArray(payload.enabledMechanisms) ? payload.enabledMechanisms : []
  return {
    broker: connection.broker,
    user: connection.sasl?.username ?? null,
    mechanism: connection.sasl?.mechanism?.toUpperCase() ?? null,
    api,
    topics: [...new Set(topicsWith(code, payload))],
    offered: offered.map(String),
  }
}

function isRefusal(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  const type = 'type' in error ? String(error.type) : ''
  return (
    type.endsWith('_AUTHORIZATION_FAILED') || type.includes('SASL') || error.name === 'KafkaJSSASLAuthenticationError'
  )
}

/** Faults of TLS by their code: Node's own, and alerts of the other side that are about our certificate. */
const UNTRUSTED = /^(CERT_|ERR_TLS_CERT|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|INVALID_CA|HOSTNAME_MISMATCH)/
const OUR_CERTIFICATE =
  /^ERR_SSL_.*ALERT_(BAD_CERTIFICATE|CERTIFICATE_|UNSUPPORTED_CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/

/** What TLS found wrong: their certificate, ours, or nothing of that kind. */
export function tlsFault(error: Error): 'theirs' | 'ours' | null {
  const code = 'code' in error ? String(error.code) : ''
  if (UNTRUSTED.test(code)) return 'theirs'
  return OUR_CERTIFICATE.test(code) ? 'ours' : null
}

function isTlsRefusal(error: unknown): error is Error {
  return error instanceof Error && tlsFault(error) !== null
}

/** The topics under which a decoded answer carries this error code, however the request lays them out. */
function topicsWith(code: unknown, payload: unknown): string[] {
  if (Array.isArray(payload)) return payload.flatMap((entry: unknown) => topicsWith(code, entry))
  if (!isObject(payload)) return []
  const topic = payload.topicName ?? payload.topic
  if (typeof topic === 'string') return carries(code, payload) ? [topic] : []
  return Object.values(payload).flatMap((value) => topicsWith(code, value))
}

function carries(code: unknown, value: unknown): boolean {
  return errorCodes(value).some((found) => found === code)
}

/** All error codes of a decoded answer but 0, which says that there is none. */
function errorCodes(value: unknown): number[] {
  if (Array.isArray(value)) return value.flatMap(errorCodes)
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([name, part]) => {
    if (!/errorcode$/i.test(name)) return errorCodes(part)
    return typeof part === 'number' && part !== 0 ? [part] : []
  })
}

/** Not a buffer: records are no place to look for names. */
function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)
}

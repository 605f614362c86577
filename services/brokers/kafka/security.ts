import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import type { SASLOptions } from 'kafkajs'
import { Failure } from '../../../topologies/failure.ts'

export interface Security {
  ssl?: ConnectionOptions | boolean
  sasl?: SASLOptions
}

type Environment = Record<string, string | undefined>

/** Reads a file that a setting names; passed in so that the rest is pure. */
export type ReadText = (path: string) => string

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const

/**
 * TLS and SASL from the environment: MILLRACE_KAFKA_SSL, _CA_FILE, _CERT_FILE, _KEY_FILE, _SASL_MECHANISM, _USERNAME, _PASSWORD or
 * _PASSWORD_FILE. Throws `usage` when settings are missing, contradict each other or name a file that cannot be read.
 */
export function securityFrom(env: Environment, read: ReadText = (path) => readFileSync(path, 'utf8')): Security {
  const ssl = tlsFrom(env, read)
  const sasl = saslFrom(env, read)
  return { ...(ssl === undefined ? {} : { ssl }), ...(sasl === undefined ? {} : { sasl }) }
}

function tlsFrom(env: Environment, read: ReadText): ConnectionOptions | boolean | undefined {
  const files = {
    ca: fileOf(env, 'MILLRACE_KAFKA_CA_FILE', read),
    cert: fileOf(env, 'MILLRACE_KAFKA_CERT_FILE', read),
    key: fileOf(env, 'MILLRACE_KAFKA_KEY_FILE', read),
  }
  const given = Object.values(files).some((content) => content !== undefined)
  const wanted = flagOf(env, 'MILLRACE_KAFKA_SSL') ?? given
  if (!wanted && given) throw usage('MILLRACE_KAFKA_SSL is off, but certificates are set. Unset one of them.')
  if ((files.cert === undefined) !== (files.key === undefined)) {
    throw usage('MILLRACE_KAFKA_CERT_FILE and MILLRACE_KAFKA_KEY_FILE belong together; one of them is missing.')
  }
  if (!wanted) return undefined
  if (!given) return true
  return {
    ...(files.ca === undefined ? {} : { ca: [files.ca] }),
    ...(files.cert === undefined ? {} : { cert: files.cert }),
    ...(files.key === undefined ? {} : { key: files.key }),
  }
}

function saslFrom(env: Environment, read: ReadText): SASLOptions | undefined {
  const mechanism = env.MILLRACE_KAFKA_SASL_MECHANISM?.toLowerCase()
  const username = env.MILLRACE_KAFKA_SASL_USERNAME
  const password = env.MILLRACE_KAFKA_SASL_PASSWORD ?? fileOf(env, 'MILLRACE_KAFKA_SASL_PASSWORD_FILE', read)?.trimEnd()
  if (!mechanism) {
    if (username === undefined && password === undefined) return undefined
    throw usage(`A user for Kafka is set, but no MILLRACE_KAFKA_SASL_MECHANISM (${MECHANISMS.join(', ')}).`)
  }
  const known = MECHANISMS.find((name) => name === mechanism)
  if (!known) throw usage(`MILLRACE_KAFKA_SASL_MECHANISM is "${mechanism}"; known are ${MECHANISMS.join(', ')}.`)
  if (!username) throw usage('MILLRACE_KAFKA_SASL_MECHANISM needs MILLRACE_KAFKA_SASL_USERNAME.')
  if (!password)
    throw usage(
      'MILLRACE_KAFKA_SASL_MECHANISM needs MILLRACE_KAFKA_SASL_PASSWORD or MILLRACE_KAFKA_SASL_PASSWORD_FILE.',
    )
  return { mechanism: known, username, password }
}

function fileOf(env: Environment, name: string, read: ReadText): string | undefined {
  const path = env[name]
  if (!path) return undefined
  try {
    return read(path)
  } catch (cause) {
    throw new Failure('usage', `${name} names ${path}, which cannot be read.`, { cause })
  }
}

const ON = ['1', 'true', 'yes', 'on']
const OFF = ['0', 'false', 'no', 'off']

function flagOf(env: Environment, name: string): boolean | undefined {
  const value = env[name]?.toLowerCase()
  if (!value) return undefined
  if (ON.includes(value)) return true
  if (OFF.includes(value)) return false
  throw usage(`${name} is "${value}"; it is either true or false.`)
}

function usage(sentence: string): Failure {
  return new Failure('usage', sentence)
}

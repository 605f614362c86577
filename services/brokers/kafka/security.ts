import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
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
 * TLS and SASL from the environment, each name behind MILLRACE_KAFKA_: SSL, CA_FILE, CERT_FILE, KEY_FILE, KEY_PASSWORD or
 * KEY_PASSWORD_FILE, SASL_MECHANISM, SASL_USERNAME, SASL_PASSWORD or SASL_PASSWORD_FILE. Throws `usage` when settings are
 * missing, contradict each other, or name a file that cannot be read or does not hold what it should.
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
  const passphrase = secretOf(env, 'MILLRACE_KAFKA_KEY_PASSWORD', read)
  if (files.ca !== undefined) certificateIn(files.ca, 'MILLRACE_KAFKA_CA_FILE')
  if (files.cert !== undefined && files.key !== undefined) requirePair(files.cert, files.key, passphrase)
  return {
    ...(files.ca === undefined ? {} : { ca: [files.ca] }),
    ...(files.cert === undefined ? {} : { cert: files.cert }),
    ...(files.key === undefined ? {} : { key: files.key }),
    ...(passphrase === undefined ? {} : { passphrase }),
  }
}

function requirePair(certificate: string, key: string, passphrase: string | undefined): void {
  const parsed = certificateIn(certificate, 'MILLRACE_KAFKA_CERT_FILE')
  if (parsed.checkPrivateKey(privateKeyIn(key, passphrase))) return
  throw usage('The key of MILLRACE_KAFKA_KEY_FILE does not belong to the certificate of MILLRACE_KAFKA_CERT_FILE.')
}

/** The first certificate of a PEM file. What OpenSSL says of a damaged one says nothing to anybody. */
function certificateIn(pem: string, name: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (cause) {
    throw new Failure('usage', `${name} names a file that holds no PEM certificate.`, { cause })
  }
}

function privateKeyIn(pem: string, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) })
  } catch (cause) {
    const cure = 'Is it encrypted? Then set MILLRACE_KAFKA_KEY_PASSWORD_FILE.'
    throw new Failure('usage', `MILLRACE_KAFKA_KEY_FILE names a file that holds no PEM key that opens. ${cure}`, {
      cause,
    })
  }
}

function saslFrom(env: Environment, read: ReadText): SASLOptions | undefined {
  const mechanism = env.MILLRACE_KAFKA_SASL_MECHANISM?.toLowerCase()
  const username = env.MILLRACE_KAFKA_SASL_USERNAME
  const password = secretOf(env, 'MILLRACE_KAFKA_SASL_PASSWORD', read)
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

/** A secret from the environment, or from the file that the same name with _FILE behind it names. */
function secretOf(env: Environment, name: string, read: ReadText): string | undefined {
  const inFile = fileOf(env, `${name}_FILE`, read)?.replace(/\r?\n$/, '')
  const given = env[name] || undefined
  if (given !== undefined && inFile !== undefined)
    throw usage(`${name} and ${name}_FILE are both set. Unset one of them.`)
  return given ?? inFile
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

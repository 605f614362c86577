import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { connectKafka } from '../../../services/brokers/kafka/kafka.ts'
import { millrace, scratchDirectory } from '../../support/command-line.ts'
import { rejectionOf } from '../../support/failures.ts'
import { type Place, securedKafka } from '../../support/secured-kafka.ts'

const kafka = await securedKafka()
afterAll(() => kafka?.close())

type Settings = Record<string, string>

describe.skipIf(!kafka)('a secured Kafka', () => {
  if (!kafka) return
  const { files, settings } = kafka
  const tls = { MILLRACE_KAFKA_CA_FILE: files.ca }
  const certificate = {
    ...tls,
    MILLRACE_KAFKA_CERT_FILE: files.clientCertificate,
    MILLRACE_KAFKA_KEY_FILE: files.clientKey,
  }
  const without = (all: Settings, name: string) =>
    Object.fromEntries(Object.entries(all).filter(([key]) => key !== name))
  const user = settings('user-0')
  const passwordFile = join(scratchDirectory(), 'password')
  writeFileSync(passwordFile, `${kafka.passwordOf('user-0')}\n`)

  const welcome: [string, Place, Settings][] = [
    ['a user with a password (PLAIN)', 'sasl', user],
    ['a user with a password (SCRAM-SHA-256)', 'sasl', settings('user-0', 'SCRAM-SHA-256')],
    ['a user with a password (SCRAM-SHA-512)', 'sasl', settings('user-1', 'scram-sha-512')],
    [
      'a user whose password lies in a file',
      'sasl',
      { ...without(user, 'MILLRACE_KAFKA_SASL_PASSWORD'), MILLRACE_KAFKA_SASL_PASSWORD_FILE: passwordFile },
    ],
    ['a user without TLS', 'saslPlaintext', without(user, 'MILLRACE_KAFKA_CA_FILE')],
    ['a client certificate', 'mutual', certificate],
  ]

  test.each(welcome)('lets in %s', async (_, place, env) => {
    const broker = await connectKafka({ brokers: [kafka.address[place]], env })
    expect(await broker.topics()).toEqual([])
    await broker.close()
  })

  /** Who is refused where, with which code, and what the one sentence must name behind it: what was refused, and the cure. */
  const refused: [string, Place, Settings, string[]][] = [
    [
      'a certificate of an unknown authority',
      'sasl',
      { ...user, MILLRACE_KAFKA_CA_FILE: files.strangeCa },
      ['broker_untrusted', 'signed by nobody who is trusted', 'MILLRACE_KAFKA_CA_FILE'],
    ],
    [
      'a certificate that only the own authority signed, when none is named',
      'sasl',
      { ...without(user, 'MILLRACE_KAFKA_CA_FILE'), MILLRACE_KAFKA_SSL: 'true' },
      ['broker_untrusted', 'MILLRACE_KAFKA_CA_FILE'],
    ],
    ['a certificate of another host', 'otherHost', user, ['broker_untrusted', 'another host', 'advertised.listeners']],
    ['a certificate that has expired', 'expired', user, ['broker_untrusted', 'has expired', 'renewed']],
    [
      'a client without a certificate',
      'mutual',
      tls,
      ['broker_denied', 'MILLRACE_KAFKA_CERT_FILE', 'MILLRACE_KAFKA_KEY_FILE'],
    ],
    ...['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'].map((mechanism): [string, Place, Settings, string[]] => [
      `a wrong password (${mechanism})`,
      'sasl',
      { ...settings('user-0', mechanism), MILLRACE_KAFKA_SASL_PASSWORD: 'canary-wrong' },
      ['broker_denied', '"user-0"', mechanism, 'MILLRACE_KAFKA_SASL_PASSWORD_FILE'],
    ]),
    [
      'a user that does not exist',
      'sasl',
      { ...user, MILLRACE_KAFKA_SASL_USERNAME: 'nobody' },
      ['broker_denied', '"nobody"', 'MILLRACE_KAFKA_SASL_USERNAME'],
    ],
    [
      'a user where none is expected',
      'open',
      without(user, 'MILLRACE_KAFKA_CA_FILE'),
      ['broker_denied', 'takes no users', 'MILLRACE_KAFKA_SASL_MECHANISM'],
    ],
    ['a client without a user', 'sasl', tls, ['broker_unreachable', 'hangs up', 'MILLRACE_KAFKA_SASL_MECHANISM']],
    [
      'a client without TLS',
      'sasl',
      without(user, 'MILLRACE_KAFKA_CA_FILE'),
      ['broker_unreachable', 'hangs up', 'MILLRACE_KAFKA_SSL'],
    ],
    ['TLS where none is spoken', 'open', tls, ['broker_unreachable', 'hangs up', 'not want TLS']],
  ]

  test.each(refused)('%s is refused in one sentence that says the cure, and soon', async (_, place, env, expected) => {
    const [code, ...named] = expected
    const address = kafka.address[place]
    const started = Date.now()
    const failure = await rejectionOf(connectKafka({ brokers: [address], env }))
    expect(failure.code).toBe(code)
    for (const part of [address, ...named]) expect(failure.message).toContain(part)
    expect(failure.message).not.toContain('canary')
    expect(failure.message).not.toContain('\n')
    expect(Date.now() - started).toBeLessThan(20_000)
  })

  test.each([
    ['broker_untrusted', { ...user, MILLRACE_KAFKA_CA_FILE: files.strangeCa }],
    ['broker_denied', { ...user, MILLRACE_KAFKA_SASL_PASSWORD: 'canary-wrong' }],
  ])('ends a command with %s, exit code 1, and nothing more than the sentence', async (code, env) => {
    const recipe = join(scratchDirectory(), 'recipe.yaml')
    writeFileSync(recipe, 'process: []\n')
    const ended = await millrace(['run', recipe, '--input', recipe, '--broker', kafka.address.sasl, '--json'], { env })
    expect(ended.code).toBe(1)
    expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code } })
    expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(ended.stdout + ended.stderr).not.toContain('canary')
  })
})

import { describe, expect, it } from 'vitest'
import { securityFrom } from '../../../services/brokers/kafka/security.ts'
import { Failure } from '../../../topologies/failure.ts'

const files: Record<string, string> = { 'ca.pem': 'CA', 'cert.pem': 'CERT', 'key.pem': 'KEY', secret: 'from file\n' }

function security(env: Record<string, string>): ReturnType<typeof securityFrom> {
  return securityFrom(env, (path) => {
    const content = files[path]
    if (content === undefined) throw new Error('no such file')
    return content
  })
}

function refusal(env: Record<string, string>): string {
  try {
    security(env)
  } catch (error) {
    if (error instanceof Failure && error.code === 'usage') return error.message
  }
  return 'accepted'
}

describe('security settings', () => {
  it('are none when the environment says nothing', () => {
    expect(security({})).toEqual({})
  })

  it('turn TLS on by a flag or by certificates', () => {
    expect(security({ MILLRACE_KAFKA_SSL: 'true' })).toEqual({ ssl: true })
    expect(security({ MILLRACE_KAFKA_SSL: 'off' })).toEqual({})
    expect(security({ MILLRACE_KAFKA_CA_FILE: 'ca.pem' })).toEqual({ ssl: { ca: ['CA'] } })
    expect(security({ MILLRACE_KAFKA_CERT_FILE: 'cert.pem', MILLRACE_KAFKA_KEY_FILE: 'key.pem' })).toEqual({
      ssl: { cert: 'CERT', key: 'KEY' },
    })
  })

  it('take the password from the environment or from a file', () => {
    const user = { MILLRACE_KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512', MILLRACE_KAFKA_SASL_USERNAME: 'ann' }
    const sasl = { mechanism: 'scram-sha-512', username: 'ann' }
    expect(security({ ...user, MILLRACE_KAFKA_SASL_PASSWORD: 'open' })).toEqual({ sasl: { ...sasl, password: 'open' } })
    expect(security({ ...user, MILLRACE_KAFKA_SASL_PASSWORD_FILE: 'secret' })).toEqual({
      sasl: { ...sasl, password: 'from file' },
    })
  })

  it.each([
    [{ MILLRACE_KAFKA_SSL: 'perhaps' }, 'MILLRACE_KAFKA_SSL'],
    [{ MILLRACE_KAFKA_SSL: 'no', MILLRACE_KAFKA_CA_FILE: 'ca.pem' }, 'MILLRACE_KAFKA_SSL'],
    [{ MILLRACE_KAFKA_CERT_FILE: 'cert.pem' }, 'MILLRACE_KAFKA_KEY_FILE'],
    [{ MILLRACE_KAFKA_CA_FILE: 'lost.pem' }, 'lost.pem'],
    [{ MILLRACE_KAFKA_SASL_MECHANISM: 'kerberos' }, 'scram-sha-256'],
    [{ MILLRACE_KAFKA_SASL_USERNAME: 'ann' }, 'MILLRACE_KAFKA_SASL_MECHANISM'],
    [{ MILLRACE_KAFKA_SASL_MECHANISM: 'plain' }, 'MILLRACE_KAFKA_SASL_USERNAME'],
    [
      { MILLRACE_KAFKA_SASL_MECHANISM: 'plain', MILLRACE_KAFKA_SASL_USERNAME: 'ann' },
      'MILLRACE_KAFKA_SASL_PASSWORD_FILE',
    ],
  ])('are refused with the name of what to mend: %j', (env, named) => {
    expect(refusal(env)).toContain(named)
  })
})

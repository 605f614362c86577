import { createPrivateKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { securityFrom } from '../../../services/brokers/kafka/security.ts'
import { Failure } from '../../../topologies/failure.ts'
import { certificateAuthority } from '../../support/certificates.ts'

const authority = certificateAuthority('Test')
const { certificate, key } = authority.issue({ name: 'ann' })
const sealedKey = createPrivateKey(key).export({
  type: 'pkcs8',
  format: 'pem',
  cipher: 'aes-256-cbc',
  passphrase: 'open',
})
const files: Record<string, string> = {
  'ca.pem': authority.certificate,
  'cert.pem': certificate,
  'key.pem': key,
  'sealed-key.pem': sealedKey.toString(),
  'other-key.pem': authority.issue({ name: 'ben' }).key,
  secret: ' from file \n',
  word: 'open\n',
}

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
    expect(security({ MILLRACE_KAFKA_CA_FILE: 'ca.pem' })).toEqual({
      ssl: { ca: [authority.certificate] },
    })
    expect(security({ MILLRACE_KAFKA_CERT_FILE: 'cert.pem', MILLRACE_KAFKA_KEY_FILE: 'key.pem' })).toEqual({
      ssl: { cert: certificate, key },
    })
  })

  it('take the password from the environment or from a file', () => {
    const user = { MILLRACE_KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512', MILLRACE_KAFKA_SASL_USERNAME: 'ann' }
    const sasl = { mechanism: 'scram-sha-512', username: 'ann' }
    expect(security({ ...user, MILLRACE_KAFKA_SASL_PASSWORD: 'open' })).toEqual({ sasl: { ...sasl, password: 'open' } })
    expect(security({ ...user, MILLRACE_KAFKA_SASL_PASSWORD_FILE: 'secret' })).toEqual({
      sasl: { ...sasl, password: ' from file ' },
    })
  })

  it('open a key that is encrypted', () => {
    const sealed = { MILLRACE_KAFKA_CERT_FILE: 'cert.pem', MILLRACE_KAFKA_KEY_FILE: 'sealed-key.pem' }
    expect(security({ ...sealed, MILLRACE_KAFKA_KEY_PASSWORD_FILE: 'word' })).toEqual({
      ssl: { cert: certificate, key: sealedKey, passphrase: 'open' },
    })
    expect(refusal(sealed)).toContain('MILLRACE_KAFKA_KEY_PASSWORD_FILE')
    expect(refusal({ ...sealed, MILLRACE_KAFKA_KEY_PASSWORD: 'shut' })).toContain('MILLRACE_KAFKA_KEY_PASSWORD_FILE')
  })

  it.each([
    [{ MILLRACE_KAFKA_CA_FILE: 'secret' }, 'MILLRACE_KAFKA_CA_FILE'],
    [{ MILLRACE_KAFKA_CERT_FILE: 'secret', MILLRACE_KAFKA_KEY_FILE: 'key.pem' }, 'MILLRACE_KAFKA_CERT_FILE'],
    [{ MILLRACE_KAFKA_CERT_FILE: 'cert.pem', MILLRACE_KAFKA_KEY_FILE: 'ca.pem' }, 'MILLRACE_KAFKA_KEY_FILE'],
    [{ MILLRACE_KAFKA_CERT_FILE: 'cert.pem', MILLRACE_KAFKA_KEY_FILE: 'other-key.pem' }, 'does not belong'],
    [
      { MILLRACE_KAFKA_SASL_PASSWORD: 'open', MILLRACE_KAFKA_SASL_PASSWORD_FILE: 'secret' },
      'MILLRACE_KAFKA_SASL_PASSWORD_FILE are both set',
    ],
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

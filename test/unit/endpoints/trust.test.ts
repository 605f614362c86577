import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withoutSecrets } from '../../../services/cli/terminal/secrets.ts'
import { addressOf } from '../../../services/endpoints/addresses.ts'
import { keyOf, keysIn } from '../../../services/endpoints/keys.ts'
import { askedToWait } from '../../../services/endpoints/pace.ts'

const chat = { baseUrl: null, path: '/chat/completions' }

describe('the address of an endpoint', () => {
  it('is that of whoever runs the recipe, or of OpenAI', () => {
    expect(addressOf(chat, { allowed: false, own: 'http://10.0.0.7:8000/v1/' }).href).toBe(
      'http://10.0.0.7:8000/v1/chat/completions',
    )
    expect(addressOf(chat, { allowed: false, own: undefined }).href).toBe('https://api.openai.com/v1/chat/completions')
  })

  it('is another one only where the recipe may name it', () => {
    const named = { ...chat, baseUrl: 'http://models.example:8000/v1' }
    expect(() => addressOf(named, { allowed: false, own: undefined })).toThrow(
      'stream.allow_endpoints to [models.example]',
    )
    expect(() => addressOf(named, { allowed: ['other.example'], own: undefined })).toThrow('stream.allow_endpoints')
    for (const allowed of [true, ['models.example'], ['models.example:8000']])
      expect(addressOf(named, { allowed, own: undefined }).host).toBe('models.example:8000')
  })

  it('may be whole in the path, under the same conditions', () => {
    const whole = { baseUrl: null, path: 'https://models.example/api/chat' }
    expect(() => addressOf(whole, { allowed: false, own: undefined })).toThrow('models.example')
    expect(addressOf(whole, { allowed: false, own: 'https://models.example/v1' }).pathname).toBe('/api/chat')
  })

  it('speaks HTTP and holds no password', () => {
    const trust = { allowed: true, own: undefined }
    expect(() => addressOf({ ...chat, baseUrl: 'file:///etc' }, trust)).toThrow('no address of an endpoint')
    expect(() => addressOf({ ...chat, baseUrl: 'https://me:secret@models.example' }, trust)).toThrow('holds a password')
  })
})

describe('the key of an endpoint', () => {
  it('is in the usual variable, or in the one that the recipe names', () => {
    const env = { OPENAI_API_KEY: 'usual', MILLRACE_ENDPOINT_JUDGE_KEY: 'other' }
    expect(keyOf(null, env)).toBe('usual')
    expect(keyOf('env:MILLRACE_ENDPOINT_JUDGE_KEY', env)).toBe('other')
    expect(keyOf(null, {})).toBeNull()
  })

  it('may lie in a file that a variable names', () => {
    const folder = mkdtempSync(join(tmpdir(), 'keys-'))
    writeFileSync(join(folder, 'key'), 'from a file\n')
    expect(keyOf(null, { OPENAI_API_KEY_FILE: join(folder, 'key') })).toBe('from a file')
    rmSync(folder, { recursive: true })
  })

  it('is no other secret of the machine', () => {
    expect(() => keyOf('env:AWS_SECRET_ACCESS_KEY', { AWS_SECRET_ACCESS_KEY: 'x' })).toThrow('no variable for the key')
    expect(() => keyOf('env:MILLRACE_SASL_PASSWORD', { MILLRACE_SASL_PASSWORD: 'x' })).toThrow(
      'no variable for the key',
    )
  })

  it('must be there when it is named', () => {
    expect(() => keyOf('env:OPENAI_API_KEY', {})).toThrow('is not set')
  })

  it('goes to the thread that asks, and is masked wherever text is shown', () => {
    const env = { OPENAI_API_KEY: 'sk-123456', PATH: '/bin', MILLRACE_ENDPOINT_A_KEY_FILE: '/run/key' }
    expect(Object.keys(keysIn(env)).sort()).toEqual(['MILLRACE_ENDPOINT_A_KEY_FILE', 'OPENAI_API_KEY'])
    expect(withoutSecrets('the key sk-123456 is wrong', env)).toBe('the key *** is wrong')
  })
})

describe('the time that an endpoint asks to wait', () => {
  const now = new Date('2026-11-24T20:00:00Z')
  it.each([
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': 'Tue, 24 Nov 2026 20:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Tue, 24 Nov 2026 19:00:00 GMT' }, 0],
    [{ 'retry-after-ms': '150', 'retry-after': '1' }, 150],
    [{ 'retry-after': 'soon' }, null],
    [{}, null],
  ])('of %o is %s ms', (headers, wait) => {
    expect(askedToWait(headers, now)).toBe(wait)
  })
})

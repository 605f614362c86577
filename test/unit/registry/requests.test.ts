import { createServer, type Server } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { registerSchemas } from '../../../services/registry/registry.ts'
import { addressOf } from '../../../services/registry/requests.ts'
import { Failure } from '../../../topologies/failure.ts'

let server: Server | null = null

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  server = null
})

/** A web server that answers everything the same way; gives its URL and what it was asked. */
async function answering(status: number, body: string): Promise<{ url: string; authorizations: string[] }> {
  const authorizations: string[] = []
  const opened = createServer((request, response) => {
    authorizations.push(request.headers.authorization ?? '')
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  }).listen(0, '127.0.0.1')
  server = opened
  await new Promise((resolve) => opened.once('listening', resolve))
  const address = opened.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { url: `http://127.0.0.1:${address.port}`, authorizations }
}

async function failureOf(url: string): Promise<Failure> {
  try {
    await registerSchemas(url)
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown
    throw thrown
  }
  throw new Error('nothing failed')
}

describe("A registry's URL", () => {
  test('may hold a user and a path, and loses the slash at its end', () => {
    expect(addressOf('https://me:p%40ss@host:8081/apis/ccompat/v7/')).toEqual({
      host: 'https://host:8081/apis/ccompat/v7',
      auth: { username: 'me', password: 'p@ss' },
    })
    expect(addressOf('http://host:8081')).toEqual({ host: 'http://host:8081', auth: null })
  })

  test.each(['host:8081', '', 'kafka://host'])('must be one of the web: %j', (url) => {
    expect(() => addressOf(url)).toThrow('MILLRACE_REGISTRY')
  })
})

describe('A registry that is no help', () => {
  test('does not answer', async () => {
    const { url } = await answering(200, '{}')
    server?.close()
    const failure = await failureOf(url)
    expect(failure).toMatchObject({ code: 'registry_unreachable', retryable: true })
    expect(failure.message).toContain('ECONNREFUSED')
  })

  test('answers that it is unwell', async () => {
    const { url } = await answering(503, '{"error_code":50301,"message":"no leader"}')
    expect(await failureOf(url)).toMatchObject({
      code: 'registry_unreachable',
      message: expect.stringContaining('no leader'),
    })
  })

  test('refuses the user, who was named to it', async () => {
    const { url, authorizations } = await answering(401, '{"message":"who are you"}')
    const failure = await failureOf(url.replace('//', '//me:secret@'))
    expect(failure).toMatchObject({ code: 'registry_denied', retryable: false })
    expect(failure.message).toContain('who are you')
    expect(failure.message).not.toContain('secret')
    expect(authorizations[0]).toBe(`Basic ${Buffer.from('me:secret').toString('base64')}`)
  })

  test.each([
    [200, '<html>Welcome</html>'],
    [200, '{"hello":"world"}'],
    [404, '<html>Not found</html>'],
  ])('is none at all (%i %s)', async (status, body) => {
    const { url } = await answering(status, body)
    expect((await failureOf(url)).code).toBe('registry_denied')
  })
})

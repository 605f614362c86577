import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isPublic } from '../../../services/downloads/addresses.ts'
import { downloader } from '../../../services/downloads/download.ts'

let server: Server
let origin: string
let asked: string[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    if (request.url === '/file') response.end('content')
    else if (request.url === '/inside') response.writeHead(302, { location: 'http://169.254.169.254/token' }).end()
    else if (request.url === '/round') response.writeHead(302, { location: '/round' }).end()
    else if (request.url === '/moved') response.writeHead(301, { location: '/file' }).end()
    else if (request.url === '/large') response.end(Buffer.alloc(5000))
    else if (request.url !== '/silent') response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on TCP
  origin = `http://127.0.0.1:${port}`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const listed = downloader({ hosts: ['127.0.0.1'], largest: 4096 })

describe('a listed host', () => {
  test('gives its files, through a redirect too', async () => {
    expect(Buffer.from(await listed({ url: `${origin}/file`, timeout: 5 })).toString()).toBe('content')
    expect(Buffer.from(await listed({ url: `${origin}/moved`, timeout: 5 })).toString()).toBe('content')
  })

  test('cannot send us elsewhere', async () => {
    await expect(listed({ url: `${origin}/inside`, timeout: 5 })).rejects.toMatchObject({ code: 'address_refused' })
  })

  test.each(['/missing', '/round', '/large', '/silent'])('fails for %s', async (path) => {
    await expect(listed({ url: origin + path, timeout: 0.5 })).rejects.toMatchObject({ code: 'download_failed' })
  })

  test('saves a file whole, and takes one that is there for it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-download-'))
    const saveAs = join(folder, 'sub', 'file')
    await listed({ url: `${origin}/file`, timeout: 5, saveAs })
    expect(readFileSync(saveAs, 'utf8')).toBe('content')
    expect(readdirSync(join(folder, 'sub'))).toEqual(['file'])
    asked = []
    await listed({ url: `${origin}/other`, timeout: 5, saveAs })
    expect(asked).toEqual([])
  })
})

describe('without a list of hosts', () => {
  const open = downloader({ hosts: null })

  test.each([
    ['an address of this host', () => `${origin}/file`],
    ['a name of this host', () => origin.replace('127.0.0.1', 'localhost')],
    ['an address in IPv6', () => 'http://[::1]/'],
    ['IPv4 inside of IPv6', () => 'http://[::ffff:127.0.0.1]/'],
    ['an address as one number', () => 'http://2130706433/'],
    ['a metadata service', () => 'http://169.254.169.254/latest/meta-data'],
    ['another protocol', () => 'file:///etc/hostname'],
  ])('%s is refused, and nothing is asked', async (_, url) => {
    asked = []
    await expect(open({ url: url(), timeout: 5 })).rejects.toMatchObject({ code: 'address_refused' })
    expect(asked).toEqual([])
  })
})

test.each(['8.8.8.8', '2606:4700:4700::1111', '::ffff:8.8.8.8', '172.32.0.1'])('%s is public', (address) => {
  expect(isPublic(address)).toBe(true)
})

test.each([
  '10.0.0.1',
  '172.31.255.255',
  '192.168.0.1',
  '100.64.0.1',
  '0.0.0.0',
  '::',
  'fe80::1',
  'fd00::1',
  'ff02::1',
  '64:ff9b::a00:1',
  'localhost',
])('%s is not public', (address) => {
  expect(isPublic(address)).toBe(false)
})

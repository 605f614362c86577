import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { localBrokerStatus, stopLocalBroker } from '../../../services/brokers/local/local.ts'
import { underLock } from '../../../services/brokers/local/lock.ts'
import { localPaths, PROPERTIES } from '../../../services/brokers/local/paths.ts'
import { servesKafka, speaksKafka } from '../../../services/brokers/local/probe.ts'
import { fillProperties, freePort } from '../../../services/brokers/local/server.ts'

/** No process has this id: it is above the largest that Linux gives. */
const NOBODY = 4_194_305

let home: string

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'millrace-local-'))
})

afterEach(async () => {
  await rm(home, { recursive: true })
})

describe('the lock', () => {
  it('lets one in at a time', async () => {
    let inside = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, ++inside)
      await sleep(5)
      inside--
    }
    await Promise.all(Array.from({ length: 5 }, () => underLock(join(home, 'lock'), work)))
    expect(most).toBe(1)
  })

  it('of a dead process is taken over', async () => {
    await writeFile(join(home, 'lock'), String(NOBODY))
    expect(await underLock(join(home, 'lock'), async () => 'done')).toBe('done')
  })

  it('is released when the work fails', async () => {
    const failing = underLock(join(home, 'lock'), async () => {
      throw new Error('failed')
    })
    await expect(failing).rejects.toThrow('failed')
    expect(await underLock(join(home, 'lock'), async () => 'done')).toBe('done')
  })
})

describe('the properties', () => {
  it('have every placeholder filled, and listen on this machine only', async () => {
    const filled = fillProperties(await readFile(PROPERTIES, 'utf8'), {
      port: 19_092,
      controllerPort: 19_093,
      data: '/data',
    })
    const settings = filled.split('\n').filter((line) => !line.startsWith('#'))
    expect(settings.join('\n')).not.toMatch(/[{}]/)
    expect(settings).toContain('listeners=PLAINTEXT://127.0.0.1:19092,CONTROLLER://127.0.0.1:19093')
    expect(settings).toContain('log.dirs=/data')
  })
})

describe('the local broker', () => {
  it('is not there when it was never started, and stopping it is no error', async () => {
    expect(await localBrokerStatus({ home })).toBeNull()
    expect(await stopLocalBroker({ home })).toBe(false)
  })

  it('is not taken for running when its process is gone or is another program', async () => {
    const { root, state } = localPaths(home)
    await mkdir(root, { recursive: true })
    for (const pid of [NOBODY, process.pid]) {
      await writeFile(state, JSON.stringify({ pid, port: 1, address: '127.0.0.1:1' }))
      expect(await localBrokerStatus({ home })).toBeNull()
      expect(await stopLocalBroker({ home })).toBe(false)
    }
  })

  it('takes another port when its own is taken', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const taken = typeof address === 'object' && address ? address.port : 0
    expect(await freePort(taken)).not.toBe(taken)
    server.close()
  })

  it('is told from a port where nothing listens, and from a server that is no Kafka', async () => {
    expect(await speaksKafka(await freePort(0))).toBe(false)
    const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    expect(await speaksKafka(port)).toBe(false)
    expect(await servesKafka(port)).toBe(false)
    server.close()
  })
})

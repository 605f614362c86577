import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createServer, type Server } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { loadKafkajs } from '../../../services/brokers/kafka/client.ts'
import { connectKafka } from '../../../services/brokers/kafka/kafka.ts'
import { freePort } from '../../../services/brokers/local/server.ts'

loadKafkajs()
const load = createRequire(import.meta.url)

afterEach(() => {
  vi.restoreAllMocks()
})

describe('kafkajs, mended', () => {
  it('sets no timer when no request waits, and none with a negative delay', () => {
    const RequestQueue = load('kafkajs/src/network/requestQueue/index.js') as new (
      options: object,
    ) => {
      pending: unknown[]
      scheduleCheckPendingRequests(): void
      destroy(): void
    }
    const timer = vi.spyOn(globalThis, 'setTimeout')
    const queue = new RequestQueue({
      maxInFlightRequests: 1,
      requestTimeout: 1000,
      clientId: '',
      broker: '',
      logger: {},
    })
    queue.scheduleCheckPendingRequests()
    expect(timer).not.toHaveBeenCalled()
    queue.pending.push({})
    queue.scheduleCheckPendingRequests()
    queue.destroy()
    expect(timer).toHaveBeenCalledOnce()
    expect(timer.mock.calls[0]?.[1]).toBeGreaterThan(0)
  })

  it('tells a fenced producer apart, and retries what passes by itself', () => {
    const { createErrorFromCode } = load('kafkajs/src/protocol/error.js') as {
      createErrorFromCode(code: number): { type: string; retriable: boolean }
    }
    expect(createErrorFromCode(90)).toMatchObject({ type: 'PRODUCER_FENCED', retriable: false })
    expect(createErrorFromCode(51)).toMatchObject({ type: 'CONCURRENT_TRANSACTIONS', retriable: true })
  })

  it('does not join its group anew as fast as it can while a partition has no leader', async () => {
    const { prototype } = load('kafkajs/src/consumer/consumerGroup.js') as {
      prototype: { recoverFromFetch(error: { type: string }): Promise<void> }
    }
    let joined = 0
    const logger = { debug: () => undefined }
    const cluster = { refreshMetadata: async () => undefined }
    const group = Object.assign(Object.create(prototype), { logger, cluster, joinAndSync: async () => void joined++ })
    const until = performance.now() + 400
    while (performance.now() < until) await group.recoverFromFetch({ type: 'LEADER_NOT_AVAILABLE' })
    expect(joined).toBeGreaterThan(1)
    expect(joined).toBeLessThan(6)
  })

  it('begins a new connection without the rest of an old answer', async () => {
    const Connection = load('kafkajs/src/network/connection.js') as new (
      options: object,
    ) => {
      chunks: Buffer[]
      bytesBuffered: number
      processData(data: Buffer): void
      connect(): Promise<unknown>
    }
    const logger = { namespace: () => logger, debug: () => undefined, error: () => undefined }
    const socketFactory = () => {
      throw new Error('no network here')
    }
    const connection = new Connection({
      host: 'h',
      port: 1,
      logger,
      socketFactory,
      requestTimeout: 1,
      connectionTimeout: 1000,
    })
    connection.processData(Buffer.from([0, 0, 0, 9, 1, 2]))
    expect(connection.bytesBuffered).toBe(6)
    await connection.connect().catch(() => undefined)
    expect(connection).toMatchObject({ chunks: [], bytesBuffered: 0 })
  })
})

describe('what takes connections and says nothing', () => {
  let deaf: Server
  let connections = 0
  const port = () => {
    const place = deaf.address()
    return typeof place === 'object' && place ? place.port : 0
  }

  beforeEach(async () => {
    connections = 0
    deaf = createServer((socket) => {
      connections++
      socket.on('error', () => undefined)
    }).listen(0, '127.0.0.1')
    await once(deaf, 'listening')
  })
  afterEach(() => void deaf.close())

  it('is given up after a while, and the sentence says so', async () => {
    const connecting = connectKafka({ brokers: [`127.0.0.1:${port()}`], env: {}, silencePatience: 500 })
    await expect(connecting).rejects.toMatchObject({
      code: 'broker_unreachable',
      message: expect.stringContaining('does not answer'),
    })
  })

  it('loses the connection on which it did not answer, and all requests that wait on it', async () => {
    const Connection = load('kafkajs/src/network/connection.js') as new (
      options: object,
    ) => {
      connect(): Promise<unknown>
      send(protocol: object): Promise<unknown>
      isConnected(): boolean
    }
    const Encoder = load('kafkajs/src/protocol/encoder') as new () => object
    const logger = { namespace: () => logger, debug: () => undefined, error: () => undefined }
    const socketFactory = (load('kafkajs/src/network/socketFactory') as () => unknown)()
    const timeouts = { requestTimeout: 100, connectionTimeout: 1000 }
    const connection = new Connection({ host: '127.0.0.1', port: port(), logger, socketFactory, ...timeouts })
    await connection.connect()
    const question = (requestTimeout: number) => {
      const request = {
        apiKey: 3,
        apiVersion: 0,
        apiName: 'Metadata',
        encode: async () => new Encoder(),
      }
      return connection.send({ request, response: {}, requestTimeout })
    }
    const [short, long] = await Promise.allSettled([question(100), question(60_000)])
    expect([short, long]).toMatchObject([
      { status: 'rejected', reason: { name: 'KafkaJSRequestTimeoutError' } },
      { status: 'rejected', reason: { name: 'KafkaJSConnectionClosedError' } },
    ])
    expect(connection.isConnected()).toBe(false)
    await connection.connect()
    expect(connections).toBe(2)
  })
})

describe('connecting', () => {
  it('gives up on an address where nothing listens, and says what to do', {
    timeout: 30_000,
  }, async () => {
    const port = await freePort(0)
    const began = Date.now()
    const connecting = connectKafka({ brokers: [`127.0.0.1:${port}`], env: {} })
    await expect(connecting).rejects.toMatchObject({
      code: 'broker_unreachable',
      message: expect.stringContaining('MILLRACE_BROKERS'),
    })
    expect(Date.now() - began).toBeLessThan(15_000)
  })
})

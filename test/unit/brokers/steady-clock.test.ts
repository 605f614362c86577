import { createRequire } from 'node:module'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { loadKafkajs } from '../../../services/brokers/kafka/client.ts'

loadKafkajs()
const load = createRequire(import.meta.url)
const HOUR = 3_600_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance', 'setInterval', 'clearInterval'] })
})
afterEach(() => {
  vi.useRealTimers()
})

interface Queue {
  inflight: Map<number, { requestTimeout: number; timeoutRequest(): void }>
  scheduleRequestTimeoutCheck(): void
  destroy(): void
}

function queueWith(timeoutRequest: () => void): Queue {
  const RequestQueue = load('kafkajs/src/network/requestQueue/index.js') as new (options: object) => Queue
  const options = { maxInFlightRequests: 1, requestTimeout: 1000, clientId: '', broker: '', logger: {} }
  const queue = new RequestQueue({ ...options, enforceRequestTimeout: true, isConnected: () => true })
  queue.inflight.set(1, { requestTimeout: 1000, timeoutRequest })
  queue.scheduleRequestTimeoutCheck()
  return queue
}

describe('with a clock that somebody sets', () => {
  it.each([
    ['ahead', HOUR],
    ['back', -HOUR],
  ])('requests time out when their time is over, and not before: set %s', (_, jump) => {
    const late = vi.fn()
    const queue = queueWith(late)
    vi.advanceTimersByTime(200)
    vi.setSystemTime(Date.now() + jump)
    vi.advanceTimersByTime(700)
    expect(late).not.toHaveBeenCalled()
    vi.advanceTimersByTime(400)
    expect(late).toHaveBeenCalled()
    queue.destroy()
  })

  it.each([
    ['ahead', HOUR],
    ['back', -HOUR],
  ])('a member goes on telling its group that it lives: set %s', async (_, jump) => {
    const beats = vi.fn(async () => undefined)
    const member = memberWith(beats)
    vi.setSystemTime(Date.now() + jump)
    await member.heartbeat({ interval: 1000 })
    expect(beats).toHaveBeenCalledTimes(1)
    await member.heartbeat({ interval: 1000 })
    expect(beats).toHaveBeenCalledTimes(1)
    vi.setSystemTime(Date.now() + 1000)
    await member.heartbeat({ interval: 1000 })
    expect(beats).toHaveBeenCalledTimes(2)
  })
})

interface Member {
  memberId: string
  coordinator: { heartbeat(): Promise<void> }
  heartbeat(options: { interval: number }): Promise<void>
}

function memberWith(beats: () => Promise<undefined>): Member {
  const ConsumerGroup = load('kafkajs/src/consumer/consumerGroup.js') as new (options: object) => Member
  const member = new ConsumerGroup({
    retry: {},
    cluster: {},
    logger: { namespace: () => ({}) },
    topics: [],
    topicConfigurations: {},
    assigners: [],
    instrumentationEmitter: { emit: () => undefined },
  })
  member.memberId = 'somebody'
  member.coordinator = { heartbeat: beats }
  return member
}

import { createRequire } from 'node:module'

const load = createRequire(import.meta.url)

/** Lets kafkajs keep time when somebody sets the clock. */
export function keepTime(): void {
  timeOutBySteadyClock()
  beatWhateverTheClock()
}

interface TimedQueue {
  enforceRequestTimeout: boolean
  requestTimeout: number
  requestTimeoutIntervalId: NodeJS.Timeout
  inflight: Map<unknown, { requestTimeout: number; timeoutRequest(): void }>
  destroy(): void
  isConnected(): boolean
}

/** How often requests in flight are looked at. Milliseconds. */
const TIMEOUT_POLL = 100

/** kafkajs measured how long an answer takes by the wall clock: one that is set ahead ended every request, one that is set back none. */
function timeOutBySteadyClock(): void {
  const { prototype } = load('kafkajs/src/network/requestQueue/index.js') as {
    prototype: TimedQueue & { scheduleRequestTimeoutCheck(): void }
  }
  prototype.scheduleRequestTimeoutCheck = function schedule(this: TimedQueue): void {
    if (!this.enforceRequestTimeout) return
    this.destroy()
    const since = new WeakMap<object, number>()
    const check = () => {
      const now = performance.now()
      for (const request of this.inflight.values()) {
        const first = since.get(request) ?? now
        since.set(request, first)
        if (now - first > request.requestTimeout) request.timeoutRequest()
      }
      if (!this.isConnected()) this.destroy()
    }
    this.requestTimeoutIntervalId = setInterval(check, Math.min(this.requestTimeout, TIMEOUT_POLL))
  }
}

interface Beating {
  lastRequest: number
  heartbeat(options: { interval: number }): Promise<void>
}

/** A clock that is set back by an hour made kafkajs silent for an hour, and its group gave the member up. */
function beatWhateverTheClock(): void {
  const { prototype } = load('kafkajs/src/consumer/consumerGroup.js') as { prototype: Beating }
  const { heartbeat } = prototype
  prototype.heartbeat = function beat(this: Beating, options: { interval: number }): Promise<void> {
    if (this.lastRequest > Date.now()) this.lastRequest = 0
    return heartbeat.call(this, options)
  }
}

import { createRequire } from 'node:module'
import type { Socket } from 'node:net'

const load = createRequire(import.meta.url)

/**
 * Some requests are not worth the patience that others have. A coordinator that leaves a heartbeat unanswered for a session has
 * given the member up; who does not say at once which versions it speaks is hardly Kafka. Milliseconds.
 */
const PATIENCE: Record<string, number> = { Heartbeat: 10_000, ApiVersions: 5000 }
/** An idle connection is tried this often, so that one whose other end is gone is noticed. Milliseconds. */
const KEEP_ALIVE = 10_000

interface SocketRequest {
  requestTimeout: number
  timeoutHandler(): void
}

interface RequestQueue {
  createSocketRequest(pushed: { entry: { apiName: string } }): SocketRequest
  /** Called when a request was not answered in time. */
  onSilence?: () => void
}

interface Connection {
  host: string
  port: number
  socket?: Socket
  requestQueue: RequestQueue
  connect(): Promise<unknown>
  disconnect(): Promise<unknown>
  rejectRequests(error: Error): void
}

/**
 * Gives a connection up on which a request was not answered in time. kafkajs kept it, and sent every further attempt into the same
 * silence for as long as the system held on to it: a quarter of an hour.
 */
export function hangUpOnSilence(): void {
  watchRequests()
  const { prototype } = load('kafkajs/src/network/connection.js') as { prototype: Connection }
  const { KafkaJSConnectionClosedError } = load('kafkajs/src/errors.js') as {
    KafkaJSConnectionClosedError: new (message: string, broker: { host: string; port: number }) => Error
  }
  const { connect } = prototype
  prototype.connect = function connectWatched(this: Connection): Promise<unknown> {
    this.requestQueue.onSilence = () => {
      const { host, port, socket } = this
      this.rejectRequests(new KafkaJSConnectionClosedError('Closed a connection that does not answer', { host, port }))
      void this.disconnect()
      socket?.destroy()
    }
    const connecting = connect.call(this)
    this.socket?.setKeepAlive(true, KEEP_ALIVE)
    return connecting
  }
}

function watchRequests(): void {
  const { prototype } = load('kafkajs/src/network/requestQueue/index.js') as { prototype: RequestQueue }
  const { createSocketRequest } = prototype
  prototype.createSocketRequest = function createWatched(this: RequestQueue, pushed): SocketRequest {
    const request = createSocketRequest.call(this, pushed)
    const patience = PATIENCE[pushed.entry.apiName]
    if (patience !== undefined) request.requestTimeout = Math.min(request.requestTimeout, patience)
    const { timeoutHandler } = request
    request.timeoutHandler = () => {
      timeoutHandler.call(request)
      this.onSilence?.()
    }
    return request
  }
}

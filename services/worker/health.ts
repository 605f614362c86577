import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { StageMetrics } from './metrics.ts'

export interface HealthOptions {
  port: number
  /** Address to listen on; loopback unless a container must be reachable. */
  host: string
  ready(): boolean
  metrics: StageMetrics
}

/** `/live`: the process answers. `/ready`: its partitions are fenced and flowing. `/metrics`: for Prometheus. */
export async function serveHealth(options: HealthOptions): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    void answer(request.url ?? '/', options).then(({ status, type, text }) => {
      response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' }).end(text)
    })
  })
  server.listen(options.port, options.host)
  await once(server, 'listening')
  return { port: portOf(server), close: () => closed(server) }
}

async function answer(path: string, options: HealthOptions): Promise<{ status: number; type: string; text: string }> {
  const type = 'text/plain; charset=utf-8'
  if (path === '/live') return { status: 200, type, text: 'live\n' }
  if (path === '/ready')
    return options.ready() ? { status: 200, type, text: 'ready\n' } : { status: 503, type, text: 'not ready\n' }
  if (path === '/metrics') return { status: 200, ...(await options.metrics.exposition()) }
  return { status: 404, type, text: 'known paths: /live /ready /metrics\n' }
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function closed(server: Server): Promise<void> {
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
}

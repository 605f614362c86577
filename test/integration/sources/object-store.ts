import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import S3rver from 's3rver'
import { scratchDirectory } from '../../support/command-line.ts'

/** s3rver's own key pair. */
const KEYS = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' }

/** An S3 server on this machine, and before it a door that may be slammed in the middle of an answer. */
export interface ObjectStore {
  /** How it is spoken to. */
  access: { endpoint: string; region: string; accessKeyId: string; secretAccessKey: string }
  put(key: string, body: string | Uint8Array): Promise<void>
  /** The next so many answers end after so many bytes of their bodies. */
  breakOff(answers: number, afterBytes: number): void
  /** Ranges that were asked for, in order; null for whole objects. */
  ranges: (string | null)[]
  close(): Promise<void>
}

/** Starts the server with one bucket. */
export async function startObjectStore(bucket: string): Promise<ObjectStore> {
  const directory = scratchDirectory()
  const server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory,
    configureBuckets: [{ name: bucket, configs: [] }],
  })
  const { port } = await server.run()
  const breaks: number[] = []
  const ranges: (string | null)[] = []
  const door = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming
    const forwarded = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      const isObject = method === 'GET' && !url?.includes('list-type')
      if (isObject) ranges.push(headers.range ?? null)
      const after = isObject ? breaks.shift() : undefined
      let sent = 0
      answer.on('data', (bytes: Buffer) => {
        outgoing.write(after === undefined ? bytes : bytes.subarray(0, Math.max(0, after - sent)))
        sent += bytes.length
        if (after !== undefined && sent >= after) setImmediate(() => outgoing.destroy())
      })
      answer.on('end', () => outgoing.end())
      answer.on('error', () => outgoing.destroy())
    })
    forwarded.on('error', () => outgoing.destroy())
    incoming.pipe(forwarded)
  })
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${portOf(door)}`
  const access = { endpoint, region: 'us-east-1', ...KEYS }
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: KEYS })
  return {
    access,
    ranges,
    async put(key, body) {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }))
    },
    breakOff(answers, afterBytes) {
      for (let i = 0; i < answers; i++) breaks.push(afterBytes)
    },
    async close() {
      client.destroy()
      door.closeAllConnections()
      await new Promise((resolve) => door.close(resolve))
      await server.close()
    },
  }
}

function portOf(server: Server): number {
  const address = server.address()
  return isAddress(address) ? address.port : 0
}

function isAddress(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}

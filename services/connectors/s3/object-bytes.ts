import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3'
import { Failure } from '../../../topologies/failure.ts'
import { objectAddress, type StoreAccess } from '../object-address.ts'
import { clientFor, storeFailure } from './client.ts'

/** So often a download may break off without a byte before it is given up. */
const ATTEMPTS = 6
const PAUSE = 200

/**
 * The bytes of an object, as they come. Where the connection breaks off, the rest is asked for by range, of the same version of
 * the object. Throws Failure `input_missing`, `store_unreachable`, or `input_corrupt` where the object was replaced meanwhile.
 */
export async function* objectBytes(address: string, access: StoreAccess | undefined): AsyncGenerator<Buffer> {
  const client = await clientFor(access)
  const at: Place = { position: 0, etag: undefined, size: null }
  for (let attempt = 1; ; attempt++) {
    const before = at.position
    try {
      yield* rest(client, address, at)
      return
    } catch (thrown) {
      const failure = storeFailure(address, thrown)
      if (at.position > before) attempt = 1
      if (!failure.retryable || attempt >= ATTEMPTS) throw failure
      await sleep(PAUSE * 2 ** attempt)
    }
  }
}

/** How far a download is, and of what version of the object. */
interface Place {
  position: number
  etag: string | undefined
  size: number | null
}

async function* rest(client: S3Client, address: string, at: Place): AsyncGenerator<Buffer> {
  if (at.size !== null && at.position >= at.size) return
  const body = await begin(client, address, at)
  for await (const piece of body) {
    const bytes = Buffer.isBuffer(piece) ? piece : Buffer.from(piece)
    at.position += bytes.length
    yield bytes
  }
  if (at.size !== null && at.position < at.size) {
    throw new Failure('store_unreachable', `${address} ended after ${at.position} of ${at.size} bytes.`)
  }
}

async function begin(client: S3Client, address: string, at: Place): Promise<Readable> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3')
  const { bucket: Bucket, key: Key } = objectAddress(address)
  const onward = at.position === 0 ? {} : { Range: `bytes=${at.position}-`, IfMatch: at.etag }
  const answer: GetObjectCommandOutput = await client.send(new GetObjectCommand({ Bucket, Key, ...onward }))
  if (at.position === 0) {
    at.etag = answer.ETag
    at.size = answer.ContentLength ?? null
  }
  if (answer.Body instanceof Readable) return answer.Body
  throw new Failure('store_unreachable', `${address} came without a body.`)
}

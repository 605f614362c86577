import { matchesGlob } from 'node:path'
import { Failure } from '../../../topologies/failure.ts'
import { objectAddress, type StoreAccess } from '../object-address.ts'
import { clientFor, storeFailure } from './client.ts'

const PATTERN = /[*?[{]/

/**
 * The objects that an address stands for, in the order of their names: one object as it is; all below a prefix that ends in a
 * slash; or those that match a pattern. Throws Failure `input_missing` where there are none, or `store_unreachable`.
 */
export async function listObjects(address: string, access: StoreAccess | undefined): Promise<string[]> {
  const { bucket, key } = objectAddress(address)
  if (bucket === '') throw new Failure('input_missing', `${address} names no bucket: write s3://BUCKET/KEY.`)
  const pattern = PATTERN.test(key)
  if (!pattern && key !== '' && !key.endsWith('/')) return [address]
  const keys = await keysBelow({ bucket, prefix: key.split(PATTERN)[0] ?? '', address }, access)
  const found = keys.filter((name) => !name.endsWith('/') && (!pattern || matchesGlob(name, key)))
  if (found.length === 0) throw new Failure('input_missing', `No object matches ${address}.`)
  return found.sort(byName).map((name) => `s3://${bucket}/${name}`)
}

interface Below {
  bucket: string
  prefix: string
  address: string
}

async function keysBelow({ bucket, prefix, address }: Below, access: StoreAccess | undefined): Promise<string[]> {
  const client = await clientFor(access)
  const { paginateListObjectsV2 } = await import('@aws-sdk/client-s3')
  const keys: string[] = []
  try {
    for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key)
    }
    return keys
  } catch (thrown) {
    throw storeFailure(address, thrown)
  }
}

/** By code units, the same on every machine. */
function byName(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { originOf } from '../../../topologies/assets.ts'
import { classify, Failure } from '../../../topologies/failure.ts'
import { checksumOf, readChecksums, writeChecksum } from './checksums.ts'

export interface Fetching {
  assets: string
  /** What the asset must be; where it is not given, what it was when it was fetched before. */
  sha256?: string
}

/**
 * Fetches an asset from where it is published; gives its SHA-256. It takes its place only when it is there whole and is what it
 * must be. Throws Failure `asset_missing` for one whose origin is not known, `download_failed`, or `asset_invalid`.
 */
export async function fetchAsset(name: string, { assets, sha256 }: Fetching): Promise<string> {
  const origin = originOf(name)
  if (!origin) throw new Failure('asset_missing', `Where ${name} comes from is not known here. Put it into ${assets}.`)
  const expected = sha256?.toLowerCase() ?? (await readChecksums(assets)).get(name)
  const path = join(assets, name)
  const part = `${path}.part`
  await mkdir(dirname(path), { recursive: true })
  try {
    await download(origin.addresses, part)
    const sum = await checksumOf(part)
    if (expected !== undefined && sum !== expected)
      throw new Failure('asset_invalid', `${name} has the SHA-256 ${sum}, and not ${expected}. It was not kept.`)
    await rename(part, path)
    await writeChecksum(assets, name, sum)
    return sum
  } finally {
    await rm(part, { force: true })
  }
}

async function download(addresses: string[], path: string): Promise<void> {
  const refusals: string[] = []
  for (const address of addresses) {
    const refusal = await downloadFrom(address, path)
    if (refusal === null) return
    refusals.push(`${address}: ${refusal}`)
  }
  throw new Failure('download_failed', `It could not be fetched from ${refusals.join('; nor from ')}.`)
}

/** Null when it is there, or why it is not. */
async function downloadFrom(address: string, path: string): Promise<string | null> {
  try {
    const response = await fetch(address)
    if (!response.ok || !response.body) return `it answers ${response.status}`
    await pipeline(Readable.fromWeb(response.body), createWriteStream(path))
    return null
  } catch (thrown) {
    const { cause } = thrown as Error // `fetch` hides why behind its own error
    return classify(cause instanceof Error ? cause : thrown).message
  }
}

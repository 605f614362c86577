import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../../topologies/failure.ts'

/** Beside the assets: what each was when it was fetched. */
const FILE = 'SHA256SUMS.json'
const sums = z.record(z.string(), z.string())

/** The SHA-256 of each fetched asset, in hexadecimal digits. Throws Failure `asset_invalid`. */
export async function readChecksums(assets: string): Promise<Map<string, string>> {
  const path = join(assets, FILE)
  if (!existsSync(path)) return new Map()
  try {
    return new Map(Object.entries(sums.parse(JSON.parse(await readFile(path, 'utf8')))))
  } catch (cause) {
    throw new Failure(
      'asset_invalid',
      `${path} is not a JSON object of checksums. Remove it, and fetch the assets again.`,
      {
        cause,
      },
    )
  }
}

/** Notes what an asset is. */
export async function writeChecksum(assets: string, name: string, sum: string): Promise<void> {
  const known = await readChecksums(assets)
  known.set(name, sum)
  const sorted = [...known].sort(([a], [b]) => (a < b ? -1 : 1))
  await writeFile(join(assets, FILE), `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`)
}

/** The SHA-256 of a file. */
export async function checksumOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(path)) hash.update(part)
  return hash.digest('hex')
}

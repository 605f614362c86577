import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { unwritable } from '../line-sink.ts'
import type { StoreAccess } from '../object-address.ts'
import { objectBytes } from './object-bytes.ts'

/** An object as a file of its own, to be removed by whoever asked for it. Rejects like objectBytes, or with `disk_full`. */
export async function download(
  address: string,
  access: StoreAccess | undefined,
): Promise<{ path: string; remove(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-object-'))
  const path = join(directory, 'object')
  const remove = () => rm(directory, { recursive: true, force: true })
  try {
    await unwritable(path, pipeline(objectBytes(address, access), createWriteStream(path)))
    return { path, remove }
  } catch (thrown) {
    await remove()
    throw thrown
  }
}

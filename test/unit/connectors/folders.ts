import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { type LineChunk, readLines } from '../../../services/connectors/jsonl-reader.ts'
import { Failure } from '../../../topologies/failure.ts'

const folders: string[] = []

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

/** A new folder that is gone after the test. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-'))
  folders.push(folder)
  return folder
}

/** The failure with which something rejects. */
export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown
    throw thrown
  }
  throw new Error('nothing failed')
}

/** All lines of a source, and the failure that ended it, if one did. */
export async function readAll(source: string, options = {}): Promise<{ lines: LineChunk['lines']; failure?: Failure }> {
  const lines: LineChunk['lines'] = []
  try {
    for await (const chunk of readLines(source, options)) lines.push(...chunk.lines)
  } catch (thrown) {
    if (thrown instanceof Failure) return { lines, failure: thrown }
    throw thrown
  }
  return { lines }
}

/** Whole lines as text. */
export function texts(lines: LineChunk['lines']): string[] {
  return lines.map((line) => (line.oversize ? `oversize ${line.length}` : Buffer.from(line.bytes).toString()))
}

import { readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { alive } from '../brokers/local/lock.ts'
import { STANDARD } from '../connectors/files.ts'
import { openOutput } from '../connectors/jsonl-writer.ts'
import type { RunOutput } from '../pipeline/run.ts'

/** Lines are handed on in groups of so many. */
const GROUP = 256

/**
 * The output of a run: a file that appears at once and whole, or standard output for `-`. Rejects with `output_unwritable`
 * now rather than at the end of the run; `write` rejects with that or `disk_full`, and leaves nothing half-written.
 */
export async function outputFile(path: string): Promise<RunOutput> {
  const run = `output-${process.pid}`
  const write = (lines: AsyncIterable<Buffer>) => writeLines(path, run, lines)
  if (path === STANDARD) return { path, spills: join(tmpdir(), 'millrace-output'), write }
  const found = await stat(path).catch(() => null)
  // A device or a pipe cannot be opened just to see whether it would work.
  if (!found || found.isFile() || found.isDirectory()) await (await openOutput(path, run)).abort()
  await removeSpills(path)
  return { path, write }
}

async function writeLines(path: string, run: string, lines: AsyncIterable<Buffer>): Promise<void> {
  const file = await openOutput(path, run)
  try {
    let group: Buffer[] = []
    for await (const line of lines) {
      group.push(line)
      if (group.length < GROUP) continue
      await file.write(group)
      group = []
    }
    await file.write(group)
    await file.commit()
  } catch (thrown) {
    await file.abort()
    throw thrown
  }
}

/** Where a run that was killed had spilled: `<path>.<run>-<pid>.<partition>.partial`. */
const SPILL = /^\d{8}T\d+Z-(\d+)\.\d+\.partial$/

/** Removes what killed runs left beside the output; a run that still lives keeps its own. */
async function removeSpills(path: string): Promise<void> {
  const prefix = `${basename(path)}.`
  for (const name of await readdir(dirname(path)).catch(() => [])) {
    const pid = name.startsWith(prefix) ? SPILL.exec(name.slice(prefix.length))?.[1] : undefined
    if (pid !== undefined && !alive(Number(pid))) await rm(join(dirname(path), name), { force: true })
  }
}

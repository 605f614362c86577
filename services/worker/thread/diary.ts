import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'

/** Records of one input partition on which a process has begun, and how often one has ended with them unfinished. */
export interface DiaryEntry {
  /** First offset, and the offset behind the last. */
  from: bigint
  to: bigint
  deaths: number
  /** Offsets of records that have been found guilty and are not committed yet. */
  condemned: bigint[]
}

/** What this machine remembers of the processes that worked on a partition before. */
export interface Diary {
  read(partition: number): DiaryEntry | null
  write(partition: number, entry: DiaryEntry): void
}

const offset = z.coerce.bigint()
const entrySchema = z.object({ from: offset, to: offset, deaths: z.int(), condemned: z.array(offset) })

/**
 * A diary in a directory, a file per partition. It is a memory aid and no truth: one that cannot be read or written is as
 * good as none.
 */
export function fileDiary(directory: string): Diary {
  const pathOf = (partition: number) => join(directory, `${partition}.json`)
  return {
    read(partition) {
      try {
        return entrySchema.parse(JSON.parse(readFileSync(pathOf(partition), 'utf8')))
      } catch {
        return null
      }
    },
    write(partition, { from, to, deaths, condemned }) {
      const path = pathOf(partition)
      const line = JSON.stringify({ from: String(from), to: String(to), deaths, condemned: condemned.map(String) })
      try {
        writeFileSync(path, line)
      } catch {
        tryAll(
          () => mkdirSync(dirname(path), { recursive: true }),
          () => writeFileSync(path, line),
        )
      }
    },
  }
}

function tryAll(...steps: (() => void)[]): void {
  try {
    for (const step of steps) step()
  } catch {
    // A disk that takes nothing is told by those who need it.
  }
}

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'

/** A record of a partition. Its time tells it from one at the same offset of a topic that was made anew. */
export interface RecordPlace {
  offset: bigint
  /** Milliseconds since the epoch. */
  timestamp: number
}

/** Records of one input partition on which a process has begun, and how often one has ended with them unfinished. */
export interface DiaryEntry {
  first: RecordPlace
  /** The offset behind the last. */
  to: bigint
  deaths: number
  /** Records that have been found guilty and are not committed yet. */
  condemned: RecordPlace[]
}

/** What this machine remembers of the processes that worked on a partition before. */
export interface Diary {
  read(partition: number): DiaryEntry | null
  write(partition: number, entry: DiaryEntry): void
  clear(partition: number): void
}

const offset = z.coerce.bigint()
const place = z.object({ offset, timestamp: z.number() })
const entrySchema = z.object({ first: place, to: offset, deaths: z.int(), condemned: z.array(place) })

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
    write(partition, { first, to, deaths, condemned }) {
      const path = pathOf(partition)
      const line = JSON.stringify({ first: plain(first), to: String(to), deaths, condemned: condemned.map(plain) })
      try {
        writeFileSync(path, line)
      } catch {
        tryAll(
          () => mkdirSync(dirname(path), { recursive: true }),
          () => writeFileSync(path, line),
        )
      }
    },
    clear: (partition) => tryAll(() => rmSync(pathOf(partition), { force: true })),
  }
}

function plain({ offset, timestamp }: RecordPlace): { offset: string; timestamp: number } {
  return { offset: String(offset), timestamp }
}

function tryAll(...steps: (() => void)[]): void {
  try {
    for (const step of steps) step()
  } catch {
    // A disk that takes nothing is told by those who need it.
  }
}

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** What a process holds. */
export interface Held {
  /** Resident memory, megabytes. */
  resident: number
  descriptors: number
  threads: number
}

/** What a process holds now; null when it has ended. */
export function heldBy(pid: number): Held | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(status) ?? []
    const [, threads] = /Threads:\s+(\d+)/.exec(status) ?? []
    return {
      resident: Number(kilobytes) / 1000,
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
      threads: Number(threads),
    }
  } catch {
    return null
  }
}

/** Bytes of all files under a directory, in megabytes. */
export function megabytesUnder(directory: string): number {
  let bytes = 0
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile()) bytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0
  }
  return bytes / 1e6
}

/** By how much a value grows per sample: the slope of the straight line that fits best. Samples without a value are left out. */
export function slope(values: readonly number[]): number {
  const points = values.map((y, x) => ({ x, y })).filter(({ y }) => Number.isFinite(y))
  const mean = (of: 'x' | 'y') => points.reduce((sum, point) => sum + point[of], 0) / points.length
  const [mx, my] = [mean('x'), mean('y')]
  const spread = points.reduce((sum, { x }) => sum + (x - mx) ** 2, 0)
  return spread === 0 ? 0 : points.reduce((sum, { x, y }) => sum + (x - mx) * (y - my), 0) / spread
}

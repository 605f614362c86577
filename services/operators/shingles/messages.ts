import { CHUNK, MESSAGE_BLOCK } from '../kernels/layout.ts'
import type { Tokens } from './cutting.ts'
import type { Workbench } from './workbench.ts'

/** Bytes behind a message in its last block: a mark, and the length. */
const PADDING = 9
/** Kernels hash so many messages at a time. */
const QUARTERS = 4

/** What is done with the messages of a workbench. */
export interface Hashing {
  bench: Workbench
  /** Hashes the messages from the first to before the end, each of which has this many blocks. */
  hash(first: number, end: number, blocks: number): void
  /** Takes the digests of that many messages, from the first on. */
  take(count: number): void
}

/** Blocks of 64 bytes that a message of this many bytes becomes. */
export function blocksOf(bytes: number): number {
  return Math.ceil((bytes + PADDING) / MESSAGE_BLOCK)
}

/**
 * Hashes the runs of `window` tokens as messages and hands their digests over in chunks: the order of a text is not kept.
 * There are none in a text of fewer tokens.
 */
export function hashShingles({ count, edges }: Tokens, window: number, hashing: Hashing): void {
  const { starts, lengths } = hashing.bench
  const longest = MESSAGE_BLOCK - PADDING
  const behind = 2 * window - 1
  const long: number[] = []
  let filled = 0
  for (let edge = 0; edge + behind < 2 * count; edge += 2) {
    const begin = edges[edge] as number
    const length = (edges[edge + behind] as number) - begin
    if (length > longest) {
      long.push(edge)
      continue
    }
    starts[filled] = begin
    lengths[filled++] = length
    if (filled < CHUNK) continue
    hashMessages(0, filled, { blocks: 1, hashing })
    hashing.take(filled)
    filled = 0
  }
  if (filled > 0) hashMessages(0, filled, { blocks: 1, hashing })
  const left = hashLong({ edges, behind, long }, filled, hashing)
  if (left > 0) hashing.take(left)
}

interface LongShingles {
  edges: Int32Array
  behind: number
  /** Where those begin, among the edges, that need more than one block. */
  long: number[]
}

/** Goes on behind the messages that are hashed already; gives how many are hashed and not taken. */
function hashLong({ edges, behind, long }: LongShingles, hashed: number, hashing: Hashing): number {
  if (long.length === 0) return hashed
  const { starts, lengths } = hashing.bench
  const lengthOf = (edge: number) => (edges[edge + behind] as number) - (edges[edge] as number)
  let filled = hashed
  for (const [blocks, shingles] of Map.groupBy(long, (edge) => blocksOf(lengthOf(edge)))) {
    let first = filled
    for (const edge of shingles) {
      if (filled === CHUNK) {
        hashMessages(first, filled, { blocks, hashing })
        hashing.take(filled)
        first = filled = 0
      }
      starts[filled] = edges[edge] as number
      lengths[filled++] = lengthOf(edge)
    }
    hashMessages(first, filled, { blocks, hashing })
  }
  return filled
}

/** Fills the last quarters up with messages of nothing, whose digests nobody reads. */
export function hashMessages(
  first: number,
  end: number,
  { blocks, hashing: { bench, hash } }: { blocks: number; hashing: Pick<Hashing, 'bench' | 'hash'> },
): void {
  for (let at = end; (at - first) % QUARTERS !== 0; at++) {
    bench.starts[at] = bench.textAt
    bench.lengths[at] = 0
  }
  hash(first, end, blocks)
}

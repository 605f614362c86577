import { Failure } from '../../../topologies/failure.ts'
import type { Batch, ReadOptions } from '../broker.ts'
import type { MemoryCluster } from './cluster.ts'
import type { PartitionLog } from './partition-log.ts'

const PARTITION_BYTES = 4 * 1024 * 1024

interface Cursor {
  log: PartitionLog
  next: bigint
  end: bigint | null
}

/** Reads committed records without a group; see `Broker.read`. */
export async function* readMemory(cluster: MemoryCluster, topic: string, options: ReadOptions): AsyncGenerator<Batch> {
  const wanted = (partition: number) => options.partitions?.includes(partition) ?? true
  const cursors = cluster.partitions(topic).flatMap((log, partition) => {
    const next = options.from?.get(partition) ?? 0n
    return wanted(partition) ? [{ log, next, end: options.until === 'end' ? log.end : null }] : []
  })
  let open = cursors.filter(isOpen)
  while (open.length > 0 && !options.signal?.aborted) {
    // Watched before looking, so that a change between the look and the wait is not missed.
    const changed = change(cluster, open, options.signal)
    const batches = open.map(step).filter((batch) => batch !== null)
    yield* batches
    open = open.filter(isOpen)
    if (batches.length === 0 && open.length > 0) await changed.promise
    changed.end()
    if (!cluster.has(topic)) throw new Failure('topic_missing', `The topic ${topic} was deleted while it was read.`)
  }
}

function isOpen({ next, end }: Cursor): boolean {
  return end === null || next < end
}

/** The next batch up to the end, with the cursor moved behind it; null when there is none yet. */
function step(cursor: Cursor): Batch | null {
  const batch = cursor.log.read(cursor.next, PARTITION_BYTES)
  if (!batch) return null
  const { end } = cursor
  if (end === null || batch.next <= end) {
    cursor.next = batch.next
    return batch
  }
  cursor.next = end
  return { ...batch, next: end, records: batch.records.filter(({ offset }) => offset < end) }
}

function change(
  cluster: MemoryCluster,
  cursors: Cursor[],
  signal: AbortSignal | undefined,
): { promise: Promise<void>; end(): void } {
  let notice: () => void = () => undefined
  const promise = new Promise<void>((resolve) => {
    notice = resolve
  })
  const ends = [...cursors.map(({ log }) => log.watch(notice)), cluster.watchDeletions(notice)]
  signal?.addEventListener('abort', notice, { once: true })
  return {
    promise,
    end: () => {
      for (const end of ends) end()
      signal?.removeEventListener('abort', notice)
    },
  }
}

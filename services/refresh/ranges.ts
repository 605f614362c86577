import { Failure } from '../../topologies/failure.ts'
import type { Broker, IncomingRecord } from '../brokers/broker.ts'

/** A piece of a topic: by partition the first offset and the one behind the last. */
export interface Range {
  topic: string
  from: number[]
  to: number[]
}

/** The records of a piece of a topic, each partition in order. Rejects with `input_missing` when some of it has expired. */
export async function* recordsOf(broker: Broker, range: Range): AsyncGenerator<IncomingRecord> {
  await requireThere(broker, range)
  const partitions = range.from.flatMap((from, partition) => (from < (range.to[partition] ?? 0) ? [partition] : []))
  const from = new Map(partitions.map((partition) => [partition, BigInt(range.from[partition] ?? 0)]))
  const open = new Set(partitions)
  if (open.size === 0) return
  for await (const { partition, records, next } of broker.read(range.topic, { from, partitions, until: 'end' })) {
    const to = BigInt(range.to[partition] ?? 0)
    for (const record of records) if (record.offset < to) yield record
    if (next < to) continue
    open.delete(partition)
    if (open.size === 0) return
  }
}

/** What is decoded of several partitions, in one order; each of them is in that order already. */
export async function* inOrder<T>(
  broker: Broker,
  range: Range,
  read: { decode(record: IncomingRecord): T | null; order(item: T): bigint },
): AsyncGenerator<T> {
  const readers = range.from.map((_, partition) => decoded(recordsOf(broker, onlyOf(range, partition)), read.decode))
  try {
    const heads: { item: T; order: bigint; reader: AsyncGenerator<T> }[] = []
    for (const reader of readers) {
      const first = await reader.next()
      if (!first.done) heads.push({ item: first.value, order: read.order(first.value), reader })
    }
    while (heads.length > 0) {
      const least = heads.reduce((a, b) => (b.order < a.order ? b : a))
      yield least.item
      const next = await least.reader.next()
      if (next.done) heads.splice(heads.indexOf(least), 1)
      else Object.assign(least, { item: next.value, order: read.order(next.value) })
    }
  } finally {
    await Promise.all(readers.map((reader) => reader.return(undefined)))
  }
}

async function* decoded<T>(
  records: AsyncIterable<IncomingRecord>,
  decode: (record: IncomingRecord) => T | null,
): AsyncGenerator<T> {
  for await (const record of records) {
    const item = decode(record)
    if (item !== null) yield item
  }
}

function onlyOf({ topic, from, to }: Range, only: number): Range {
  return { topic, from, to: to.map((end, partition) => (partition === only ? end : (from[partition] ?? 0))) }
}

async function requireThere(broker: Broker, { topic, from, to }: Range): Promise<void> {
  const bounds = await broker.bounds(topic)
  for (const [partition, first] of from.entries()) {
    const end = to[partition] ?? 0
    const bound = bounds[partition]
    if (first === end || (bound && bound.earliest <= BigInt(first) && bound.latest >= BigInt(end))) continue
    throw new Failure(
      'input_missing',
      `Offsets ${first} to ${end} of ${topic}-${partition} are not there any more (stream.retention says how long they are kept).`,
    )
  }
}

/** Whether the raw record of a document lies in a piece of the raw topic. An id begins with its partition and offset. */
export function isWithin(id: string, { from, to }: { from: readonly number[]; to?: readonly number[] }): boolean {
  const [, digits, offset] = /^(\d+)-(\d+)/.exec(id) ?? []
  const partition = Number(digits)
  return (
    Number(offset) >= (from[partition] ?? 0) &&
    Number(offset) < (to === undefined ? Number.POSITIVE_INFINITY : (to[partition] ?? 0))
  )
}

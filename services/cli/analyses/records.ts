import { createCodec } from '../../../schemas/codec.ts'
import type { Document } from '../../../schemas/document.ts'
import { classify, Failure } from '../../../topologies/failure.ts'
import { HEADERS } from '../../../topologies/names.ts'
import type { Topology } from '../../../topologies/topology.ts'
import { draws, reservoir } from '../../analysis/draws.ts'
import type { Broker } from '../../brokers/broker.ts'
import type { FeedLine } from '../../pipeline/feed.ts'
import { decoderOf } from '../../worker/chain/decode.ts'
import type { UnpackedRecord } from '../../worker/thread/wire.ts'
import { schemasInUse } from '../schemas-in-use.ts'

/** A record that may be a document, and its partition; of a file, its number takes the place of the offset. */
export interface Candidate {
  record: UnpackedRecord
  partition: number
}

/** Lines of files as the feeder would write them to a raw topic. */
export async function* fileCandidates(lines: AsyncIterable<FeedLine[]>): AsyncGenerator<Candidate> {
  let offset = 0n
  for await (const group of lines) {
    for (const { bytes, place, oversize } of group) {
      const headers: UnpackedRecord['headers'] = { [HEADERS.source]: Buffer.from(place) }
      if (oversize)
        headers[HEADERS.oversize] = Buffer.from(
          JSON.stringify({ ...oversize, byteOffset: String(oversize.byteOffset) }),
        )
      const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      yield { record: { offset: offset++, timestamp: 0, key: null, value, headers }, partition: 0 }
    }
  }
}

/**
 * The committed records of a topic up to its present end, without a group, one partition behind the other. Left out are end
 * markers, and dead letters that came back: they stand for documents that are on the topic already.
 * @param last only so many of the newest records, or a few less
 */
export async function* topicCandidates(
  broker: Broker,
  topic: string,
  { signal, last }: { signal: AbortSignal; last?: number },
): AsyncGenerator<Candidate> {
  const bounds = await broker.bounds(topic)
  const each = last === undefined ? null : BigInt(Math.ceil(last / bounds.length))
  for (const [partition, { earliest, latest }] of bounds.entries()) {
    const begin = each === null || latest - each < earliest ? earliest : latest - each
    const from = new Map([[partition, begin]])
    for await (const { records } of broker.read(topic, { from, partitions: [partition], until: 'end', signal })) {
      signal.throwIfAborted()
      for (const record of records) {
        if (record.value && !record.headers[HEADERS.resume]) yield { record, partition }
      }
    }
    signal.throwIfAborted()
  }
}

/** A part of the records: so many of them, or each with this chance. */
export type Sample = { number: number } | { ratio: number }

/** Reads `--sample`: a whole number from 1, or a ratio between 0 and 1. Throws `usage`. */
export function sampleOf(given: string): Sample {
  const number = Number(given)
  if (/^\d+$/.test(given) && number > 0) return { number }
  if (/^[\d.]+$/.test(given) && number > 0 && number <= 1) return { ratio: number }
  throw new Failure(
    'usage',
    `--sample ${given}: it must be a whole number of documents from 1, or a ratio such as 0.1.`,
  )
}

/** What a sample is, for people. */
export function sampleText(sample: Sample): string {
  if ('number' in sample) return `${sample.number.toLocaleString('en-US')} documents, drawn at random`
  return `each document with a chance of ${sample.ratio}`
}

const SEED = 2

/** Draws a uniform sample, always the same of the same records. A number of them is held in memory until all have come. */
export async function* drawn(records: AsyncIterable<Candidate>, sample: Sample): AsyncGenerator<Candidate> {
  const draw = draws(SEED)
  if ('ratio' in sample) {
    for await (const candidate of records) if (draw() < sample.ratio) yield candidate
    return
  }
  const held: { candidate: Candidate; order: number }[] = []
  const takes = reservoir(sample.number, draw)
  let order = 0
  for await (const candidate of records) {
    const place = takes()
    if (place !== null) held[place] = { candidate: ownBytes(candidate), order }
    order++
  }
  for (const { candidate } of held.sort((a, b) => a.order - b.order)) yield candidate
}

/** A record that does not keep the whole batch alive in which it came. */
function ownBytes({ record, partition }: Candidate): Candidate {
  return { record: { ...record, value: record.value && Buffer.from(record.value) }, partition }
}

/** The documents that records are for a recipe, through its own door; for one that is none, why. */
export async function* documentsOf(
  records: AsyncIterable<Candidate>,
  topology: Topology,
): AsyncGenerator<Document | Failure> {
  const [first] = topology.stages
  if (!first) return
  const decode = decoderOf(topology, first, createCodec(await schemasInUse()))
  for await (const { record, partition } of records) {
    let document: Document | Failure
    try {
      document = decode(record, partition)
    } catch (thrown) {
      document = classify(thrown)
    }
    yield document
  }
}

import type { Codec } from '../../../schemas/codec.ts'
import { CodecError } from '../../../schemas/codec-error.ts'
import { DEAD_LETTER_HEADER, type DeadLetter } from '../../../schemas/dead-letter.ts'
import type { Broker, IncomingRecord } from '../../brokers/broker.ts'
import { ends } from '../topics.ts'

/** A dead letter where it lies. */
export interface FiledLetter {
  /** `<partition>-<offset>` on the dead-letter topic: what `show` takes. */
  id: string
  partition: number
  offset: bigint
  record: IncomingRecord
  /** Null when another program wrote the record, so that it has no story that we can read. */
  letter: DeadLetter | null
}

/** All dead letters that a topic holds now, partition by partition as they come. */
export async function* readDeadLetters(broker: Broker, topic: string, codec: Codec): AsyncGenerator<FiledLetter> {
  for await (const { records, partition } of broker.read(topic, { until: 'end' })) {
    for (const record of records) yield filed(record, partition, codec)
  }
}

/** The dead letter at one place, or null when there is none. */
export async function readDeadLetter(
  broker: Broker,
  { topic, partition, offset }: { topic: string; partition: number; offset: bigint },
  codec: Codec,
): Promise<FiledLetter | null> {
  const bounds = await broker.bounds(topic)
  const bound = bounds[partition]
  if (!bound || offset < bound.earliest || offset >= bound.latest) return null
  // Every other partition is read from its end, so nothing of it comes.
  const from = await ends(broker, topic)
  from.set(partition, offset)
  for await (const batch of broker.read(topic, { from, until: 'end' })) {
    if (batch.partition !== partition) continue
    const record = batch.records.find((candidate) => candidate.offset === offset)
    if (record) return filed(record, partition, codec)
    if (batch.next > offset) return null
  }
  return null
}

function filed(record: IncomingRecord, partition: number, codec: Codec): FiledLetter {
  return {
    id: `${partition}-${record.offset}`,
    partition,
    offset: record.offset,
    record,
    letter: letterOf(record, codec),
  }
}

function letterOf(record: IncomingRecord, codec: Codec): DeadLetter | null {
  const header = record.headers[DEAD_LETTER_HEADER]
  if (!header) return null
  try {
    return codec.decodeDeadLetter(header)
  } catch (thrown) {
    if (thrown instanceof CodecError) return null
    throw thrown
  }
}

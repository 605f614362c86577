import { type Codec, schemaIdOf } from '../../../schemas/codec.ts'
import type { Document } from '../../../schemas/document.ts'
import { readSample } from '../../../schemas/sample.ts'
import { Failure } from '../../../topologies/failure.ts'
import { HEADERS } from '../../../topologies/names.ts'
import type { Stage, Topology } from '../../../topologies/topology.ts'
import type { UnpackedRecord } from '../thread/wire.ts'
import { placeIn, resumptionOf } from './resumption.ts'

/** Reads a stage's input records; those that were dead letters as they stood. Throws Failure or CodecError for what is no document. */
export type Decoder = (record: UnpackedRecord, partition: number) => Document

export function decoderOf(topology: Topology, stage: Stage, codec: Codec): Decoder {
  return (record, partition) => {
    const resumption = resumptionOf(record.headers)
    if (resumption) placeIn(stage, topology, resumption)
    if (!stage.first) return codec.decodeDocument(bytesOf(record))
    if (!resumption) return readRaw(record, { partition, offset: record.offset }, topology, codec)
    const { origin } = resumption
    const document = record.headers[HEADERS.resumeDocument]
    // A letter of a later stage has a Document for its value, and that one has its own place.
    if (document || !origin) return codec.decodeDocument(document ?? bytesOf(record))
    return readRaw(record, origin, topology, codec)
  }
}

/** Where a raw record lies, or lay before it was a dead letter. */
interface Origin {
  partition: number
  offset: bigint
}

/** A raw record is a JSON line as its producer had it, or a Document in the registry's wire format. */
function readRaw(record: UnpackedRecord, { partition, offset }: Origin, topology: Topology, codec: Codec): Document {
  const value = bytesOf(record)
  const oversize = record.headers[HEADERS.oversize]
  if (oversize)
    throw new Failure(
      'document_too_large',
      `Only the beginning of the line is here; the whole is ${oversize.toString()}.`,
    )
  if (value.length > topology.maxDocumentBytes) {
    throw new Failure(
      'document_too_large',
      `The record has ${value.length} bytes; the recipe allows ${topology.maxDocumentBytes} (stream.max_document_bytes).`,
    )
  }
  const origin = {
    id: `${partition}-${offset}`,
    source: record.headers[HEADERS.source]?.toString() ?? topology.topics.raw,
    partition,
    offset,
    ordinal: ordinalOf(record) ?? offset,
  }
  // Registries count from 1: a zero id is a line of NULs.
  if (schemaIdOf(value)) return { ...codec.decodeDocument(value), ...origin }
  const sample = readSample(value, { textKey: topology.textKey, maxDepth: topology.maxDepth })
  return { ...origin, ...sample, skipped: [] }
}

function bytesOf(record: UnpackedRecord): Buffer {
  if (record.value) return record.value
  throw new Failure('record_empty', 'The record has no value (a tombstone).')
}

/** The feeder's count; undefined when the record's producer did not count. */
function ordinalOf(record: UnpackedRecord): bigint | undefined {
  const header = record.headers[HEADERS.ordinal]
  return header?.length === 8 ? header.readBigInt64BE() : undefined
}

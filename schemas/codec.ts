import { BUNDLED_SCHEMAS, BUNDLED_VERSIONS } from './avro/bundled.ts'
import {
  type AvroEdgeBlock,
  type AvroProbeBlock,
  type AvroVerdictBlock,
  edgesFromAvro,
  edgesToAvro,
  probesFromAvro,
  probesToAvro,
  verdictsFromAvro,
  verdictsToAvro,
} from './avro/dataset-faces.ts'
import { readDocument } from './avro/document-reader.ts'
import { roomForDocument, writeDocument } from './avro/document-writer.ts'
import {
  type AvroDeadLetter,
  type AvroDocument,
  type AvroLedgerEntry,
  type AvroRejection,
  deadLetterFromAvro,
  deadLetterToAvro,
  documentFromAvro,
  ledgerEntryFromAvro,
  ledgerEntryToAvro,
  rejectionFromAvro,
} from './avro/faces.ts'
import { type RecordReader, recordReader, recordWriter } from './avro/generic.ts'
import { finish, start } from './avro/memory.ts'
import { broken, type Cursor, cursorOver, readDouble, readInt, readString } from './avro/reading.ts'
import { type Pen, roomFor, writeDouble, writeLong, writeString } from './avro/writing.ts'
import { CodecError } from './codec-error.ts'
import type { EdgeBlock, Original, ProbeBlock, VerdictBlock } from './dataset.ts'
import type { DeadLetter } from './dead-letter.ts'
import type { Document } from './document.ts'
import { BUNDLED_IDS, type SchemaIds, type SchemaName, type SchemaVersion } from './ids.ts'
import type { LedgerEntry } from './ledger.ts'
import type { Rejection } from './rejection.ts'

/** What a registry knows: the ids to write with, and older versions to read. */
export interface KnownSchemas {
  ids: SchemaIds
  older: readonly SchemaVersion[]
}

/**
 * Everything that travels, to bytes and back, in the registry's wire format: 0, the schema id as four bytes big-endian, Avro
 * binary. What `encode…` gives are views into shared memory: copy them, never transfer their ArrayBuffer. `decode…` throws
 * CodecError `avro_broken` or `avro_unknown_schema`, whatever the bytes; `fields` of a decoded document are a view of them.
 */
export interface Codec {
  encodeDocument(document: Document): Buffer
  decodeDocument(bytes: Uint8Array): Document
  encodeRejection(rejection: Rejection): Buffer
  decodeRejection(bytes: Uint8Array): Rejection
  encodeDeadLetter(letter: DeadLetter): Buffer
  decodeDeadLetter(bytes: Uint8Array): DeadLetter
  encodeLedgerEntry(entry: LedgerEntry): Buffer
  decodeLedgerEntry(bytes: Uint8Array): LedgerEntry
  encodeProbes(block: ProbeBlock): Buffer
  decodeProbes(bytes: Uint8Array): ProbeBlock
  encodeEdges(block: EdgeBlock): Buffer
  decodeEdges(bytes: Uint8Array): EdgeBlock
  encodeVerdicts(block: VerdictBlock): Buffer
  decodeVerdicts(bytes: Uint8Array): VerdictBlock
}

const HEAD = 5

/** A codec that writes with these ids. Records written with the bundled ids stay readable whatever a registry says. */
export function createCodec(known: KnownSchemas = { ids: BUNDLED_IDS, older: [] }): Codec {
  const { ids } = known
  const versions = knownVersions(known)
  const read = versionReader(versions)
  const isNewest = (name: SchemaName, bytes: Uint8Array) =>
    versions.get(schemaIdOf(bytes) ?? -1)?.schema === BUNDLED_SCHEMAS[name]
  const letterWriter = recordWriter(BUNDLED_SCHEMAS.dead_letter)
  const entryWriter = recordWriter(BUNDLED_SCHEMAS.ledger_entry)
  const probesWriter = recordWriter(BUNDLED_SCHEMAS.probe_block)
  const edgesWriter = recordWriter(BUNDLED_SCHEMAS.edge_block)
  const verdictsWriter = recordWriter(BUNDLED_SCHEMAS.verdict_block)
  // The casts: avsc gives what the bundled schema says, of which these are the types.
  return {
    encodeDocument: (document) => encodeDocumentAs(ids.document, document),
    decodeDocument(bytes) {
      if (isNewest('document', bytes)) return readWhole(bytes, readDocument)
      return documentFromAvro(read('document', bytes) as AvroDocument)
    },
    encodeRejection: (rejection) => encodeRejectionAs(ids.rejection, rejection),
    decodeRejection(bytes) {
      if (isNewest('rejection', bytes)) return readWhole(bytes, readRejection)
      return rejectionFromAvro(read('rejection', bytes) as AvroRejection)
    },
    encodeDeadLetter: (letter) => framed(ids.dead_letter, letterWriter(deadLetterToAvro(letter))),
    decodeDeadLetter: (bytes) => deadLetterFromAvro(read('dead_letter', bytes) as AvroDeadLetter),
    encodeLedgerEntry: (entry) => framed(ids.ledger_entry, entryWriter(ledgerEntryToAvro(entry))),
    decodeLedgerEntry: (bytes) => ledgerEntryFromAvro(read('ledger_entry', bytes) as AvroLedgerEntry),
    encodeProbes: (block) => framed(ids.probe_block, probesWriter(probesToAvro(block))),
    decodeProbes: (bytes) => probesFromAvro(read('probe_block', bytes) as AvroProbeBlock),
    encodeEdges: (block) => framed(ids.edge_block, edgesWriter(edgesToAvro(block))),
    decodeEdges: (bytes) => edgesFromAvro(read('edge_block', bytes) as AvroEdgeBlock),
    encodeVerdicts: (block) => framed(ids.verdict_block, verdictsWriter(verdictsToAvro(block))),
    decodeVerdicts: (bytes) => verdictsFromAvro(read('verdict_block', bytes) as AvroVerdictBlock),
  }
}

/** The codec of the bundled schemas. */
export const {
  encodeDocument,
  decodeDocument,
  encodeRejection,
  decodeRejection,
  encodeDeadLetter,
  decodeDeadLetter,
  encodeLedgerEntry,
  decodeLedgerEntry,
} = createCodec()

/** Schema id of a record in wire format, or null for anything else (JSON never begins with a zero byte). */
export function schemaIdOf(bytes: Uint8Array): number | null {
  if (bytes.length < HEAD || bytes[0] !== 0) return null
  return (((bytes[1] ?? 0) << 24) | ((bytes[2] ?? 0) << 16) | ((bytes[3] ?? 0) << 8) | (bytes[4] ?? 0)) >>> 0
}

function encodeDocumentAs(id: number, document: Document): Buffer {
  const pen = start(HEAD + roomForDocument(document))
  writeHead(pen, id)
  writeDocument(pen, document)
  return finish(pen)
}

function encodeRejectionAs(id: number, rejection: Rejection): Buffer {
  const { document, pipeline, recipe, stage, operator, operator_index, reason, duplicate_of: original } = rejection
  const names = roomFor(pipeline) + roomFor(recipe) + roomFor(stage) + roomFor(operator) + roomFor(reason)
  const others = original ? roomFor(original.pipeline) + roomFor(original.id) + roomFor(original.source) : 0
  const pen = start(HEAD + roomForDocument(document) + names + others + 20)
  writeHead(pen, id)
  writeDocument(pen, document)
  writeString(pen, pipeline)
  writeString(pen, recipe)
  writeString(pen, stage)
  writeString(pen, operator)
  writeLong(pen, operator_index)
  writeString(pen, reason)
  writeLong(pen, original ? 1 : 0)
  if (original) {
    writeString(pen, original.pipeline)
    writeString(pen, original.id)
    writeString(pen, original.source)
    writeDouble(pen, original.similarity)
  }
  return finish(pen)
}

function readRejection(cursor: Cursor): Rejection {
  const document = readDocument(cursor)
  const pipeline = readString(cursor)
  const recipe = readString(cursor)
  const stage = readString(cursor)
  const operator = readString(cursor)
  const names = { document, pipeline, recipe, stage, operator }
  return { ...names, operator_index: readInt(cursor), reason: readString(cursor), duplicate_of: readOriginal(cursor) }
}

function readOriginal(cursor: Cursor): Original | null {
  const branch = readInt(cursor)
  if (branch === 0) return null
  if (branch !== 1) throw broken(cursor, 'a branch that its union does not have')
  const pipeline = readString(cursor)
  const id = readString(cursor)
  return { pipeline, id, source: readString(cursor), similarity: readDouble(cursor) }
}

function writeHead(pen: Pen, id: number): void {
  pen.bytes[pen.at] = 0
  pen.at = pen.bytes.writeUInt32BE(id, pen.at + 1)
}

function framed(id: number, payload: Buffer): Buffer {
  const pen = start(HEAD + payload.length)
  writeHead(pen, id)
  pen.bytes.set(payload, pen.at)
  pen.at += payload.length
  return finish(pen)
}

function readWhole<T>(bytes: Uint8Array, read: (cursor: Cursor) => T): T {
  const cursor = cursorOver(bytes)
  cursor.at = HEAD
  const value = read(cursor)
  if (cursor.at !== cursor.end) throw broken(cursor, 'more than its schema says')
  return value
}

/** Every version by its id. Where a registry gave out one of the bundled ids, the registry's word counts. */
function knownVersions(known: KnownSchemas): Map<number, SchemaVersion> {
  const versions = new Map<number, SchemaVersion>()
  for (const version of BUNDLED_VERSIONS) versions.set(version.id, version)
  for (const version of known.older) versions.set(version.id, version)
  for (const { name } of BUNDLED_VERSIONS) {
    versions.set(known.ids[name], { name, id: known.ids[name], schema: BUNDLED_SCHEMAS[name] })
  }
  return versions
}

/** Reads a record of any known version of a schema as the newest; a reader is made when its version first comes. */
function versionReader(versions: Map<number, SchemaVersion>): (name: SchemaName, bytes: Uint8Array) => unknown {
  const readers = new Map<number, RecordReader>()
  return (name, bytes) => {
    const version = versionOf(versions, name, bytes)
    const reader = readers.get(version.id) ?? recordReader(version.schema, BUNDLED_SCHEMAS[name])
    readers.set(version.id, reader)
    return reader(bytes.subarray(HEAD))
  }
}

function versionOf(versions: Map<number, SchemaVersion>, name: SchemaName, bytes: Uint8Array): SchemaVersion {
  const id = schemaIdOf(bytes)
  if (id === null) throw new CodecError('avro_broken', 'The record is not in wire format: 0, a schema id, Avro.')
  const version = versions.get(id)
  if (!version) {
    throw new CodecError(
      'avro_unknown_schema',
      `The record names schema ${id}; point the registry's URL at the one that gave it.`,
    )
  }
  if (version.name !== name) throw new CodecError('avro_broken', `The record is a ${version.name}, not a ${name}.`)
  return version
}

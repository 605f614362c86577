import avro, { type Schema, type Type } from 'avsc'
import { CodecError } from '../codec-error.ts'
import { walk } from './bounds.ts'
import { cursorOver } from './reading.ts'

/** Reads one record as its schema's plain values: longs as numbers, strings as strings, unions of ambiguous types wrapped. */
export type RecordReader = (payload: Uint8Array) => unknown
export type RecordWriter = (value: unknown) => Buffer

/** A writer for records of this schema. */
export function recordWriter(schema: object): RecordWriter {
  const type = typeOf(schema)
  return (value) => type.toBuffer(value)
}

/** A reader that takes records of the writer's schema and gives them as the reader's. Throws CodecError `avro_broken`. */
export function recordReader(writerSchema: object, readerSchema: object): RecordReader {
  const writer = typeOf(writerSchema)
  const reader = typeOf(readerSchema)
  const resolver = resolve(reader, writer)
  return (payload) => {
    const cursor = cursorOver(payload)
    walk(writer, cursor)
    if (cursor.at !== cursor.end) throw new CodecError('avro_broken', 'The record is longer than its schema.')
    try {
      return reader.fromBuffer(cursor.bytes, resolver)
    } catch (cause) {
      throw new CodecError('avro_broken', `The record does not decode: ${String(cause)}`, { cause })
    }
  }
}

function resolve(reader: Type, writer: Type): ReturnType<Type['createResolver']> {
  try {
    return reader.createResolver(writer)
  } catch (cause) {
    throw new CodecError('avro_broken', `The record's schema cannot be read as today's: ${String(cause)}`, { cause })
  }
}

function typeOf(schema: object): Type {
  // avsc's own type of a schema is a union of literals that JSON read from a file does not have; forSchema checks it.
  return avro.Type.forSchema(schema as Schema)
}

import avro, { type Type } from 'avsc'
import { broken, type Cursor, readBlock, readBoolean, readBytes, readDouble, readInt, readLong } from './reading.ts'

const { types } = avro

/**
 * Walks over one value of a type and sees that every length and count lies within the bytes, which avsc does not before it
 * allocates or loops. Throws CodecError `avro_broken`.
 */
export function walk(type: Type, cursor: Cursor): void {
  if (type instanceof types.RecordType) walkRecord(type.fields, cursor)
  else if (type instanceof types.ArrayType) walkBlocks(cursor, () => walk(type.itemsType, cursor))
  else if (type instanceof types.MapType) walkBlocks(cursor, () => walkEntry(type.valuesType, cursor))
  else if (type instanceof types.UnwrappedUnionType) walkUnion(type.types, cursor)
  else if (type instanceof types.WrappedUnionType) walkUnion(type.types, cursor)
  else walkPrimitive(type.typeName, cursor)
}

function walkRecord(fields: readonly { type: Type }[], cursor: Cursor): void {
  for (const field of fields) walk(field.type, cursor)
}

function walkBlocks(cursor: Cursor, walkItem: () => void): void {
  for (let count = readBlock(cursor); count > 0; count = readBlock(cursor)) {
    for (let i = 0; i < count; i++) walkItem()
  }
}

function walkEntry(values: Type, cursor: Cursor): void {
  readBytes(cursor)
  walk(values, cursor)
}

function walkUnion(branches: readonly Type[], cursor: Cursor): void {
  const branch = branches[readLong(cursor)]
  if (!branch) throw broken(cursor, 'a branch that is none')
  walk(branch, cursor)
}

function walkPrimitive(name: string, cursor: Cursor): void {
  if (name === 'null') return
  if (name === 'string' || name === 'bytes') readBytes(cursor)
  else if (name === 'long') readLong(cursor)
  else if (name === 'int') readInt(cursor)
  else if (name === 'double') readDouble(cursor)
  else if (name === 'boolean') readBoolean(cursor)
  else throw broken(cursor, `a type ${name}, which no schema of ours has`)
}

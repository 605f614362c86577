import type { Layout, Primitive, Type } from './layouts.ts'

export type Value = boolean | number | bigint | string | Buffer | null | Value[] | Fields
export interface Fields {
  [name: string]: Value
}

/** Reads a body by its layout. Throws when bytes are missing or left over: then the layout is of another version. */
export function decode(layout: Layout, bytes: Buffer): Fields {
  const reader = { bytes, at: 0 }
  const fields = readFields(layout, reader)
  if (reader.at !== bytes.length) throw new Error(`${bytes.length - reader.at} bytes are left over.`)
  return fields
}

/** Writes a body by its layout. */
export function encode(layout: Layout, fields: Fields): Buffer {
  return Buffer.concat(layout.map(([name, type]) => write(type, fields[name] ?? null)))
}

/** The entries of a field that is a list of structures. */
export function entries(fields: Fields, name: string): Fields[] {
  const value = fields[name]
  return Array.isArray(value) ? value.filter(isFields) : []
}

export function isFields(value: Value | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value)
}

interface Reader {
  bytes: Buffer
  at: number
}

function readFields(layout: Layout, reader: Reader): Fields {
  const fields: Fields = {}
  for (const [name, type] of layout) fields[name] = read(type, reader)
  return fields
}

function read(type: Type, reader: Reader): Value {
  if (typeof type === 'string') return readPrimitive(type, reader)
  const count = take(reader, 4).readInt32BE()
  if (count < 0) return null
  const one = () => ('each' in type ? readFields(type.each, reader) : readPrimitive(type.list, reader))
  return Array.from({ length: count }, one)
}

function readPrimitive(type: Primitive, reader: Reader): Value {
  if (type === 'boolean') return take(reader, 1).readInt8() !== 0
  if (type === 'int8') return take(reader, 1).readInt8()
  if (type === 'int16') return take(reader, 2).readInt16BE()
  if (type === 'int32') return take(reader, 4).readInt32BE()
  if (type === 'int64') return take(reader, 8).readBigInt64BE()
  const length = type === 'string' ? take(reader, 2).readInt16BE() : take(reader, 4).readInt32BE()
  if (length < 0) return null
  const bytes = take(reader, length)
  return type === 'string' ? bytes.toString() : bytes
}

function take(reader: Reader, length: number): Buffer {
  const end = reader.at + length
  if (end > reader.bytes.length) throw new Error(`${end - reader.bytes.length} bytes are missing.`)
  const taken = reader.bytes.subarray(reader.at, end)
  reader.at = end
  return taken
}

function write(type: Type, value: Value): Buffer {
  if (typeof type === 'string') return writePrimitive(type, value)
  if (value === null) return int32(-1)
  if (!Array.isArray(value)) throw new Error('A list is wanted here.')
  const one = (entry: Value) => {
    if (!('each' in type)) return writePrimitive(type.list, entry)
    if (!isFields(entry)) throw new Error('A structure is wanted here.')
    return encode(type.each, entry)
  }
  return Buffer.concat([int32(value.length), ...value.map(one)])
}

function writePrimitive(type: Primitive, value: Value): Buffer {
  if (type === 'string' || type === 'bytes') return writeText(type, value)
  const bytes = Buffer.alloc({ boolean: 1, int8: 1, int16: 2, int32: 4, int64: 8 }[type])
  if (type === 'int64') bytes.writeBigInt64BE(typeof value === 'bigint' ? value : 0n)
  else bytes.writeIntBE(Number(value), 0, bytes.length)
  return bytes
}

function writeText(type: 'string' | 'bytes', value: Value): Buffer {
  const text = typeof value === 'string' || Buffer.isBuffer(value) ? Buffer.from(value) : null
  const length = text?.length ?? -1
  const head = Buffer.alloc(type === 'string' ? 2 : 4)
  head.writeIntBE(length, 0, head.length)
  return text ? Buffer.concat([head, text]) : head
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

import type { Document, Stats, StatValue } from '../document.ts'
import { setOwn } from '../json/keys.ts'
import { STAT } from './document-writer.ts'
import {
  broken,
  type Cursor,
  readBigLong,
  readBlock,
  readBoolean,
  readBytes,
  readDouble,
  readInt,
  readLong,
  readString,
  readStrings,
} from './reading.ts'

/** Reads what `writeDocument` wrote. `fields` is a view into the memory that is read. Throws CodecError `avro_broken`. */
export function readDocument(cursor: Cursor): Document {
  const id = readString(cursor)
  const source = readString(cursor)
  const partition = readInt(cursor)
  const offset = readBigLong(cursor)
  const ordinal = readBigLong(cursor)
  const text = readText(cursor)
  const fields = readBytes(cursor)
  const textAt = readInt(cursor)
  if (!hasPlace({ text, fields, textAt })) throw broken(cursor, 'a text without a place in its sample')
  const stats = readStats(cursor)
  return {
    id,
    source,
    partition,
    offset,
    ordinal,
    text,
    fields,
    textAt,
    stats,
    repairs: readStrings(cursor),
    skipped: readStrings(cursor),
  }
}

/** Whether the four bytes `null` stand where the text belongs; a sample may be without one. */
export function hasPlace({ text, fields, textAt: at }: Pick<Document, 'text' | 'fields' | 'textAt'>): boolean {
  if (at === -1) return text === ''
  return fields[at] === 110 && fields[at + 1] === 117 && fields[at + 2] === 108 && fields[at + 3] === 108
}

/** Text of UTF-16BE code units; undefined where half a unit is left over. */
export function textOfUnits(units: Uint8Array): string | undefined {
  if (units.length % 2 !== 0) return undefined
  return Buffer.from(units).swap16().toString('utf16le')
}

function readText(cursor: Cursor): string {
  const text = readString(cursor)
  const branch = readLong(cursor)
  if (branch === 0) return text
  if (branch !== 1) throw broken(cursor, `a branch ${branch}`)
  const exact = textOfUnits(readBytes(cursor))
  if (exact === undefined) throw broken(cursor, 'half a code unit')
  return exact
}

function readStats(cursor: Cursor): Stats {
  const stats: Stats = {}
  for (let count = readBlock(cursor); count > 0; count = readBlock(cursor)) {
    for (let i = 0; i < count; i++) setOwn(stats, readString(cursor), readStat(cursor))
  }
  return stats
}

function readStat(cursor: Cursor): StatValue {
  const branch = readLong(cursor)
  if (branch === STAT.long) return readLong(cursor)
  if (branch === STAT.double) return readDouble(cursor)
  if (branch === STAT.null) return null
  if (branch === STAT.boolean) return readBoolean(cursor)
  if (branch === STAT.string) return readString(cursor)
  if (branch === STAT.array) return readDoubles(cursor)
  throw broken(cursor, `a branch ${branch}`)
}

function readDoubles(cursor: Cursor): number[] {
  const values: number[] = []
  for (let count = readBlock(cursor); count > 0; count = readBlock(cursor)) {
    for (let i = 0; i < count; i++) values.push(readDouble(cursor))
  }
  return values
}

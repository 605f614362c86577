import type { Document, Stats, StatValue } from '../document.ts'
import {
  type Pen,
  roomFor,
  writeBoolean,
  writeBytes,
  writeDouble,
  writeLong,
  writeString,
  writeStrings,
} from './writing.ts'

/** Branches of the union of a stat, in the order of document.avsc. */
export const STAT = { null: 0, boolean: 1, long: 2, double: 3, string: 4, array: 5 } as const

const REPLACEMENT = Buffer.from('\ufffd')

/** Most bytes that a document may take. */
export function roomForDocument(document: Document): number {
  const { id, source, text, fields, stats, repairs, skipped } = document
  let room = 64 + roomFor(id) + roomFor(source) + roomFor(text) + fields.length
  // Whether a short text needs its code units besides is not looked at twice: room is cheaper.
  if (text.length < 65_536 || !text.isWellFormed()) room += 5 + 2 * text.length
  for (const key in stats) room += roomFor(key) + roomForStat(stats[key] ?? null)
  for (const name of repairs) room += roomFor(name)
  for (const name of skipped) room += roomFor(name)
  return room
}

/** Writes the fields of document.avsc in their order. */
export function writeDocument(pen: Pen, document: Document): void {
  writeString(pen, document.id)
  writeString(pen, document.source)
  writeLong(pen, document.partition)
  writeLong(pen, document.offset)
  writeLong(pen, document.ordinal)
  writeText(pen, document.text)
  writeBytes(pen, document.fields)
  writeLong(pen, document.textAt)
  writeStats(pen, document.stats)
  writeStrings(pen, document.repairs)
  writeStrings(pen, document.skipped)
}

function writeText(pen: Pen, text: string): void {
  const length = writeString(pen, text)
  const lossy = length > text.length && pen.bytes.subarray(pen.at - length, pen.at).includes(REPLACEMENT)
  // Looking for a replacement character first is cheaper than asking every text whether it is well formed.
  const exact = lossy && !text.isWellFormed() ? exactUnits(text) : null
  writeLong(pen, exact ? 1 : 0)
  if (exact) writeBytes(pen, exact)
}

/** The UTF-16 code units of a text, big-endian. */
export function exactUnits(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16()
}

function writeStats(pen: Pen, stats: Stats): void {
  const keys = Object.keys(stats)
  if (keys.length > 0) {
    writeLong(pen, keys.length)
    for (const key of keys) {
      writeString(pen, key)
      writeStat(pen, stats[key] ?? null)
    }
  }
  writeLong(pen, 0)
}

function writeStat(pen: Pen, value: StatValue): void {
  writeLong(pen, branchOf(value))
  if (typeof value === 'number') writeNumber(pen, value)
  else if (typeof value === 'boolean') writeBoolean(pen, value)
  else if (typeof value === 'string') writeString(pen, value)
  else if (value !== null) writeDoubles(pen, value)
}

function writeNumber(pen: Pen, value: number): void {
  if (isLong(value)) writeLong(pen, value)
  else writeDouble(pen, value)
}

function writeDoubles(pen: Pen, values: readonly number[]): void {
  if (values.length > 0) {
    writeLong(pen, values.length)
    for (const value of values) writeDouble(pen, value)
  }
  writeLong(pen, 0)
}

/** The branch of the union under which a stat is written: integers that a double holds exactly are longs, save -0. */
export function branchOf(value: StatValue): number {
  if (typeof value === 'number') return isLong(value) ? STAT.long : STAT.double
  if (value === null) return STAT.null
  if (typeof value === 'boolean') return STAT.boolean
  return typeof value === 'string' ? STAT.string : STAT.array
}

function isLong(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0)
}

function roomForStat(value: StatValue): number {
  if (typeof value === 'string') return 1 + roomFor(value)
  return Array.isArray(value) ? 12 + 8 * value.length : 11
}

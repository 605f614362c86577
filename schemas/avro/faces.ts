import { CodecError } from '../codec-error.ts'
import { type DeadLetter, STACK_BYTES } from '../dead-letter.ts'
import type { Document, Stats, StatValue } from '../document.ts'
import { setOwn } from '../json/keys.ts'
import type { LedgerEntry, LetterMark } from '../ledger.ts'
import type { Rejection } from '../rejection.ts'
import { hasPlace, textOfUnits } from './document-reader.ts'
import { branchOf, exactUnits } from './document-writer.ts'

/** Values as avsc has them, where they differ from ours: longs are numbers, a stat is wrapped in the name of its branch. */
export interface AvroDocument extends Omit<Document, 'offset' | 'ordinal' | 'fields' | 'textAt' | 'stats'> {
  offset: number
  ordinal: number
  text_utf16: Buffer | null
  fields: string
  text_at: number
  stats: Record<string, Record<string, StatValue> | null>
}
export type AvroRejection = Omit<Rejection, 'document'> & { document: AvroDocument }
export type AvroDeadLetter = Omit<DeadLetter, 'offset'> & { offset: number }
export interface AvroLedgerEntry extends Omit<LedgerEntry, 'from' | 'to' | 'letters'> {
  from: number
  to: number
  letters: { action: string; offsets: number[] } | null
}

const BRANCHES = ['null', 'boolean', 'long', 'double', 'string', 'array']

/** Throws CodecError `avro_broken` where text or fields are not what a document's must be. */
export function documentFromAvro(record: AvroDocument): Document {
  const { text_utf16, text_at, ...rest } = record
  const text = text_utf16 ? textOfUnits(text_utf16) : record.text
  const fields = Buffer.from(record.fields)
  if (text === undefined) throw new CodecError('avro_broken', 'The text ends in half a code unit.')
  if (!hasPlace({ text, fields, textAt: text_at }))
    throw new CodecError('avro_broken', 'The text has no place in its sample.')
  const stats: Stats = {}
  for (const [key, wrapped] of Object.entries(record.stats)) setOwn(stats, key, wrapped ? unwrap(wrapped) : null)
  return {
    ...rest,
    offset: BigInt(record.offset),
    ordinal: BigInt(record.ordinal),
    text,
    fields,
    textAt: text_at,
    stats,
  }
}

export function documentToAvro(document: Document): AvroDocument {
  const { textAt, ...rest } = document
  const stats: AvroDocument['stats'] = {}
  for (const [key, value] of Object.entries(document.stats)) setOwn(stats, key, wrap(value))
  return {
    ...rest,
    offset: Number(document.offset),
    ordinal: Number(document.ordinal),
    text: document.text.toWellFormed(),
    text_utf16: document.text.isWellFormed() ? null : exactUnits(document.text),
    fields: Buffer.from(document.fields).toString(),
    text_at: textAt,
    stats,
  }
}

export function rejectionFromAvro(record: AvroRejection): Rejection {
  return { ...record, document: documentFromAvro(record.document) }
}

export function deadLetterFromAvro(record: AvroDeadLetter): DeadLetter {
  return { ...record, offset: BigInt(record.offset) }
}

export function deadLetterToAvro(letter: DeadLetter): AvroDeadLetter {
  return { ...letter, offset: Number(letter.offset), stack: letter.stack === null ? null : cut(letter.stack) }
}

export function ledgerEntryFromAvro(record: AvroLedgerEntry): LedgerEntry {
  const operators = record.operators.map((tally) => ({ ...tally }))
  return { ...record, operators, from: BigInt(record.from), to: BigInt(record.to), letters: markOf(record.letters) }
}

export function ledgerEntryToAvro(entry: LedgerEntry): AvroLedgerEntry {
  const letters = entry.letters && { ...entry.letters, offsets: entry.letters.offsets.map(Number) }
  return { ...entry, from: Number(entry.from), to: Number(entry.to), letters }
}

/** Whatever is not known to have been discarded counts as replayed: neither is done a second time. */
function markOf(letters: AvroLedgerEntry['letters']): LetterMark | null {
  if (letters === null) return null
  const action = letters.action === 'discarded' ? 'discarded' : 'replayed'
  return { action, offsets: letters.offsets.map(BigInt) }
}

function unwrap(wrapped: Record<string, StatValue>): StatValue {
  return Object.values(wrapped)[0] ?? null
}

function wrap(value: StatValue): Record<string, StatValue> | null {
  return value === null ? null : { [BRANCHES[branchOf(value)] ?? 'null']: value }
}

/** The first `STACK_BYTES` bytes of a stack trace, less a character that would be cut in half. */
function cut(stack: string): string {
  const bytes = Buffer.from(stack)
  if (bytes.length <= STACK_BYTES) return stack
  let end = STACK_BYTES
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return bytes.toString('utf8', 0, end)
}

import { isAscii, isUtf8 } from 'node:buffer'
import { finish, start } from './avro/memory.ts'
import { CodecError } from './codec-error.ts'
import type { Stats, StatValue } from './document.ts'
import { type Exact, parseExact, writeExact } from './json/exact.ts'
import { type Json, keyOf, locate, lookUp, setOwn } from './json/keys.ts'
import { isBlank, type Member, scanObject, skipBlanks } from './json/members.ts'
import { repair } from './json/repair.ts'

/** A JSON line taken apart: a document less its place in a topic. */
export interface Sample extends SampleBytes {
  /** From the member `__dj__stats__`, which earlier runs of Data-Juicer leave; what is no StatValue there is passed over. */
  stats: Stats
  /** Names of the rules that mended the line. */
  repairs: string[]
}

/** A text and the JSON object that it was cut out of, with `null` at byte `textAt` in its place; -1 where there is no text. */
export interface SampleBytes {
  text: string
  fields: Uint8Array
  textAt: number
}

/** The bytes of a sample and where its text belongs. */
type Place = Pick<SampleBytes, 'fields' | 'textAt'>

export interface SampleOptions {
  /** A member's key, or a path with dots into nested objects. */
  textKey: string
  /** Most levels of objects and arrays. */
  maxDepth: number
  /** A sample that has no text, or something else in its place, stays whole and is read with the text ''. */
  textOptional?: boolean
}

const STATS = '__dj__stats__'
const TAGS = '__dj__meta__'
const INTERNAL = '__dj__'
const HASHES = new Set(['hash', 'minhash', 'simhash', 'imagehash', 'videohash'].map((name) => INTERNAL + name))

export interface WriteOptions {
  dropInternal?: boolean
  keepTags?: boolean
  keepHashes?: boolean
}

/** A line that parsed: its bytes, the same with one character per byte, its value, and where its members lie. */
interface Line {
  bytes: Buffer
  view: string
  value: { [key: string]: Json }
  members: Member[]
}

/**
 * Takes one JSON object apart. Every byte but the text's value stays as it came, numbers and duplicate keys included, save
 * white space around the object and line breaks between its tokens, which a JSON line cannot hold and which become spaces.
 * A line that does not parse is repaired where one of the rules fits. NaN and the infinities, which Python writes and reads,
 * become null (rule `nan`), as in what Data-Juicer exports.
 * Throws CodecError `utf8_invalid`, `json_broken`, `json_too_deep`, `text_missing` (absent or null) or `text_not_a_string`.
 */
export function readSample(bytes: Uint8Array, options: SampleOptions): Sample {
  const line = bufferOver(bytes)
  if (!isUtf8(line)) throw new CodecError('utf8_invalid', 'The line is not UTF-8; convert it before it is fed.')
  const plain = parseLine(line, options.maxDepth)
  if (!(plain instanceof SyntaxError)) return takeApart(plain, options, [])
  const mended = repair(line.toString('latin1'), (view) => {
    const again = parseLine(Buffer.from(view, 'latin1'), options.maxDepth)
    return again instanceof SyntaxError ? null : again
  })
  if (mended) return takeApart(mended.parsed, options, mended.repairs)
  throw new CodecError('json_broken', `The line is not a JSON object: ${plain.message}`, { cause: plain })
}

/**
 * Puts the text back into its sample, escaped as JSON.stringify does: other scripts as they are, lone surrogates as \udXXX.
 * `dropInternal` leaves out the members whose keys begin with `__dj__`, of which `keepTags` keeps `__dj__meta__` and
 * `keepHashes` what deduplicators computed. The bytes are a view into shared memory.
 */
export function writeSample(sample: SampleBytes, options: WriteOptions = {}): Buffer {
  const { fields, textAt } = options.dropInternal ? withoutInternal(sample, options) : sample
  if (textAt < 0) return bufferOver(fields)
  const text = JSON.stringify(sample.text)
  const room = text.length < 65_536 ? 3 * text.length : Buffer.byteLength(text)
  const pen = start(fields.length + room)
  pen.bytes.set(fields.subarray(0, textAt), pen.at)
  pen.at += textAt
  pen.at += pen.bytes.write(text, pen.at)
  pen.bytes.set(fields.subarray(textAt + 4), pen.at)
  pen.at += fields.length - textAt - 4
  return finish(pen)
}

/** The value at a key of the sample, dotted keys included; undefined when there is none. The main text reads as null. */
export function readField(sample: Pick<SampleBytes, 'fields'>, key: string): Json | undefined {
  return lookUp(JSON.parse(bufferOver(sample.fields).toString()), key)
}

/** The same without loss, as a function of the key: the members are looked for once. */
export function exactReader(sample: Pick<SampleBytes, 'fields'>): (key: string) => Exact | undefined {
  const { fields, view, members } = scanned(sample)
  return (key) => {
    const place = locate(view, members, key)
    return place && parseExact(fields.toString('utf8', place.valueAt, place.valueEnd))
  }
}

/** The bytes of a sample's fields, the same with one character per byte, and where their members lie. */
interface Scanned extends Pick<Line, 'view' | 'members'> {
  fields: Buffer
}

/** What was scanned last: an operator that reads fields often writes some, and bytes of a sample never change. */
let last: { of: Uint8Array; scanned: Scanned } | null = null

function scanned(sample: Pick<SampleBytes, 'fields'>): Scanned {
  if (last?.of === sample.fields) return last.scanned
  const fields = bufferOver(sample.fields)
  const view = fields.toString('latin1')
  const { members } = scanObject(view, skipBlanks(view, 0))
  last = { of: sample.fields, scanned: { fields, view, members } }
  return last.scanned
}

/** Puts a value at a key: in the place of what is there, else as a new last member under just this key. */
export function writeField(sample: Place, key: string, value: Exact): Place {
  return writeFields(sample, { [key]: value })
}

/** The same for several keys, of which those that are new follow each other in their order. */
export function writeFields(sample: Place, values: { [key: string]: Exact }): Place {
  const { fields, view, members } = scanned(sample)
  const end = members.at(-1)?.valueEnd ?? skipBlanks(view, 0) + 1
  const splices: Splice[] = []
  const added: string[] = []
  for (const [key, value] of Object.entries(values)) {
    const place = locate(view, members, key)
    if (place && holdsText(place, sample)) {
      throw new CodecError('text_not_a_string', `The value under "${key}" holds the sample's text.`)
    }
    if (place) splices.push({ from: place.valueAt, to: place.valueEnd, json: writeExact(value) })
    else added.push(`${JSON.stringify(key)}:${writeExact(value)}`)
  }
  if (added.length > 0) splices.push({ from: end, to: end, json: (members.length > 0 ? ',' : '') + added.join(',') })
  return spliced({ ...sample, fields }, splices)
}

/** Makes room for a text under a key in a sample that has none. */
export function placeText(sample: Place, key: string): Place {
  const { fields } = writeField(sample, key, null)
  const view = bufferOver(fields).toString('latin1')
  const place = locate(view, scanObject(view, skipBlanks(view, 0)).members, key)
  return { fields, textAt: place?.valueAt ?? -1 }
}

/** The line as JSON, or the error that it is none. Depth is looked at first: a parser pays for every level with memory. */
function parseLine(bytes: Buffer, maxDepth: number): Line | SyntaxError {
  const view = bytes.toString('latin1')
  const open = skipBlanks(view, 0)
  if (view[open] !== '{') return new SyntaxError('it does not begin with "{"')
  const { members, depth } = scanObject(view, open, maxDepth)
  if (depth > maxDepth) throw new CodecError('json_too_deep', `The JSON nests deeper than ${maxDepth} levels.`)
  try {
    return { bytes, view, members, value: JSON.parse(isAscii(bytes) ? view : bytes.toString()) }
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return thrown
    throw thrown
  }
}

function takeApart(line: Line, { textKey, textOptional }: SampleOptions, repairs: string[]): Sample {
  const { value, view, members } = line
  const text = lookUp(value, textKey)
  const place = locate(view, members, textKey)
  if (textOptional && typeof text !== 'string') {
    return { text: '', fields: whole(line), textAt: -1, stats: statsOf(value[STATS]), repairs }
  }
  if (text === undefined || text === null || !place) {
    throw new CodecError('text_missing', `The sample has no text under "${textKey}".`)
  }
  if (typeof text !== 'string')
    throw new CodecError('text_not_a_string', `The value under "${textKey}" is not a string.`)
  return { text, ...cutOut(line, place), stats: statsOf(value[STATS]), repairs }
}

/** The line without the text and without line breaks. */
function cutOut({ bytes, view }: Line, text: Member): Place {
  const { from, to } = extent(view)
  const textAt = text.valueAt - from
  const fields = Buffer.allocUnsafe(textAt + 4 + to - text.valueEnd)
  bytes.copy(fields, 0, from, text.valueAt)
  fields.write('null', textAt, 'latin1')
  bytes.copy(fields, textAt + 4, text.valueEnd, to)
  if (view.includes('\n') || view.includes('\r')) replaceLineBreaks(fields)
  return { fields, textAt }
}

/** The line as it is, without line breaks. */
function whole({ bytes, view }: Line): Buffer {
  const { from, to } = extent(view)
  const fields = Buffer.from(bytes.subarray(from, to))
  if (view.includes('\n') || view.includes('\r')) replaceLineBreaks(fields)
  return fields
}

/** Where the object lies between the blanks around it. */
function extent(view: string): { from: number; to: number } {
  let to = view.length
  while (isBlank(view.charCodeAt(to - 1))) to--
  return { from: skipBlanks(view, 0), to }
}

/** Valid JSON has raw line breaks only between its tokens, where a space means the same. */
function replaceLineBreaks(fields: Buffer): void {
  for (let i = 0; i < fields.length; i++) if (fields[i] === 10 || fields[i] === 13) fields[i] = 32
}

function statsOf(value: Json | undefined): Stats {
  const stats: Stats = {}
  if (value === undefined || value === null || typeof value !== 'object' || Array.isArray(value)) return stats
  for (const [key, stat] of Object.entries(value)) if (isStat(stat)) setOwn(stats, key, stat)
  return stats
}

function isStat(value: Json): value is StatValue {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'number')
  return value === null || typeof value !== 'object'
}

/** The sample less its members of Data-Juicer's own, the text's excepted. */
function withoutInternal(sample: SampleBytes, { keepTags, keepHashes }: WriteOptions): Place {
  const fields = bufferOver(sample.fields)
  if (!fields.includes(INTERNAL) && !fields.includes('\\')) return sample
  const view = fields.toString('latin1')
  const { members } = scanObject(view, skipBlanks(view, 0))
  const parts: Buffer[] = []
  let { textAt } = sample
  let end = members[0]?.keyAt ?? 0
  parts.push(fields.subarray(0, end))
  for (const member of members) {
    const isText = holdsText(member, sample)
    const key = keyOf(view, member)
    if (isText || !key.startsWith(INTERNAL) || (keepTags && key === TAGS) || (keepHashes && HASHES.has(key))) {
      // The first member that stays goes without the comma of one that went before it.
      parts.push(fields.subarray(parts.length > 1 ? end : member.keyAt, member.valueEnd))
    }
    end = member.valueEnd
    if (isText) textAt = lengthOf(parts) - (member.valueEnd - sample.textAt)
  }
  parts.push(fields.subarray(end))
  return { fields: Buffer.concat(parts), textAt }
}

function lengthOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0)
}

function holdsText(member: Member, { textAt }: Place): boolean {
  return member.valueAt <= textAt && textAt < member.valueEnd
}

/** Bytes from here to there that become this JSON. */
interface Splice {
  from: number
  to: number
  json: string
}

/** Splices at one place follow each other in their order; none may lie within another. */
function spliced({ fields, textAt }: Place, splices: Splice[]): Place {
  const parts: Uint8Array[] = []
  let end = 0
  let moved = textAt
  for (const { from, to, json } of splices.sort((a, b) => a.from - b.from)) {
    const middle = Buffer.from(json)
    parts.push(fields.subarray(end, from), middle)
    if (from < textAt) moved += middle.length - (to - from)
    end = to
  }
  parts.push(fields.subarray(end))
  return { fields: Buffer.concat(parts), textAt: moved }
}

/** Bytes as a Buffer over the same memory. */
function bufferOver(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

import { constants, gunzipSync, inflateRawSync } from 'node:zlib'
import { ArchiveError, type ArchiveMember, checkArchive } from './members.ts'

const BLOCK = 512
/** A file of zeros can be packed to a thousandth: more than this is not unpacked. */
const LARGEST = 2 ** 30
const FILES = new Set(['0', '\0', '7'])
/** Types without content behind their header. */
const BARE = new Set(['1', '2', '3', '4', '5', '6'])

interface Header {
  name: string
  type: string
  size: number
  /** Where the content begins. */
  data: number
  /** Where the next header is. */
  next: number
}

/** A header of an archive's end, or of none. */
class NoHeader extends ArchiveError {}

/**
 * The files in a tar archive, packed with gzip or not, in order and as tarfile of Python 3.11.7 reads it, names in GNU's and in
 * POSIX's long forms included. Throws ArchiveError, also on the way; for sparse files, and archives packed otherwise.
 */
export function* tarMembers(file: Buffer): Generator<ArchiveMember> {
  const { archive, isCut } = unzipped(file)
  const settings = new Map<string, string>()
  for (let at = 0; ; ) {
    const header = headerOrEnd(archive, at, settings)
    checkArchive(header !== null || !isCut || at + BLOCK <= archive.length, 'The archive ends without an end.')
    if (!header) return
    const { name, size, data } = header
    if (FILES.has(header.type)) yield { name, size, read: () => contentOf(archive, data, size) }
    at = header.next
    checkArchive(at <= archive.length, 'The archive ends within a member.')
  }
}

/** What is damaged behind the archive's own end does no harm, so the packed bytes are taken as far as they go. */
function unzipped(file: Buffer): { archive: Buffer; isCut: boolean } {
  if (file[0] !== 0x1f || file[1] !== 0x8b) return { archive: file, isCut: false }
  try {
    return { archive: gunzipSync(file, { maxOutputLength: LARGEST }), isCut: false }
  } catch {
    return { archive: inflated(file.subarray(gzipHeaderLength(file))), isCut: true }
  }
}

function inflated(packed: Buffer): Buffer {
  try {
    return inflateRawSync(packed, { maxOutputLength: LARGEST, finishFlush: constants.Z_SYNC_FLUSH })
  } catch (cause) {
    throw new ArchiveError('The archive is packed, and damaged or too large.', { cause })
  }
}

/** The fixed fields, and what their flags say: extra fields, a name, a comment, a sum (RFC 1952). */
function gzipHeaderLength(file: Buffer): number {
  const flags = file[3] ?? 0
  let at = 10
  if (flags & 4) at += 2 + (file[at] ?? 0) + 256 * (file[at + 1] ?? 0)
  for (const flag of [8, 16]) if (flags & flag) at = file.indexOf(0, at) + 1
  return flags & 2 ? at + 2 : at
}

function contentOf(archive: Buffer, from: number, size: number): Uint8Array {
  checkArchive(from + size <= archive.length, 'The archive ends within a member.')
  return archive.subarray(from, from + size)
}

/** Whatever is no header ends an archive. */
function headerOrEnd(archive: Buffer, at: number, settings: Map<string, string>): Header | null {
  try {
    return readMember(archive, at, settings)
  } catch (thrown) {
    if (thrown instanceof NoHeader) return null
    throw thrown
  }
}

/** A header with all headers before it that say more of the same member. */
function readMember(archive: Buffer, at: number, settings: Map<string, string>): Header {
  const header = readHeader(archive, at)
  if (header.type === 'L' || header.type === 'K') return readLong(archive, header, settings)
  if (header.type === 'x' || header.type === 'X' || header.type === 'g') return readPax(archive, header, settings)
  checkArchive(header.type !== 'S', 'A sparse file is not supported.')
  return withSettings(header, settings)
}

function readFollowing(archive: Buffer, at: number, settings: Map<string, string>): Header {
  try {
    return readMember(archive, at, settings)
  } catch (cause) {
    throw new ArchiveError('A header without a member behind it.', { cause })
  }
}

/** A name too long for a header, as GNU writes it. */
function readLong(archive: Buffer, header: Header, settings: Map<string, string>): Header {
  const name = textOf(archive.subarray(header.data, header.next))
  const following = readFollowing(archive, header.next, settings)
  if (header.type === 'K') return following
  return { ...following, name: following.type === '5' ? name.replace(/\/$/, '') : name }
}

/** Names and sizes as POSIX writes them, for one member or for all that follow. */
function readPax(archive: Buffer, header: Header, settings: Map<string, string>): Header {
  const own = header.type === 'g' ? settings : new Map(settings)
  for (const [key, value] of paxRecords(archive.subarray(header.data, header.next))) own.set(key, value)
  const following = readFollowing(archive, header.next, settings)
  const isSparse = [...own.keys()].some((key) => key.startsWith('GNU.sparse.'))
  checkArchive(!isSparse, 'A sparse file is not supported.')
  if (header.type === 'g') return following
  const named = withSettings(following, own)
  return own.has('size') ? { ...named, next: behind(named.data, named) } : named
}

function withSettings(header: Header, settings: Map<string, string>): Header {
  const path = settings.get('path')?.replace(/\/+$/, '')
  const size = settings.get('size')
  return {
    ...header,
    ...(path === undefined ? {} : { name: path }),
    ...(size === undefined ? {} : { size: /^\s*\d+\s*$/.test(size) ? Number(size) : 0 }),
  }
}

function paxRecords(content: Buffer): [string, string][] {
  const text = content.toString('latin1')
  const records: [string, string][] = []
  const record = /(\d+) ([^=]+)=/y
  for (let at = 0, match = record.exec(text); match; match = record.exec(text)) {
    const [whole, length = '', key = ''] = match
    if (Number(length) === 0) throw new NoHeader('A record of no length.')
    records.push([key, text.slice(at + whole.length, at + Number(length) - 1)])
    at += Number(length)
    record.lastIndex = at
  }
  return records
}

function readHeader(archive: Buffer, at: number): Header {
  const block = archive.subarray(at, at + BLOCK)
  if (block.length < BLOCK || isBlank(block)) throw new NoHeader('No header.')
  if (!isSum(block, numberOf(block.subarray(148, 156)))) throw new NoHeader('The sum of a header is wrong.')
  for (const [from, to] of NUMBERS) numberOf(block.subarray(from, to))
  const type = String.fromCharCode(block[156] ?? 0)
  const size = numberOf(block.subarray(124, 136))
  const name = textOf(block.subarray(0, 100))
  const prefix = textOf(block.subarray(345, 500))
  const data = at + BLOCK
  const isOldFolder = type === '\0' && name.endsWith('/')
  const header = {
    name: prefix === '' || /[LKS]/.test(type) ? name : `${prefix}/${name}`,
    type: isOldFolder ? '5' : type,
    size,
    data,
  }
  return { ...header, next: behind(data, header) }
}

/** Mode, owner, group, time and devices: numbers that must be in order. */
const NUMBERS = [
  [100, 108],
  [108, 116],
  [116, 124],
  [136, 148],
  [329, 337],
  [337, 345],
] as const

function behind(data: number, { type, size }: { type: string; size: number }): number {
  return BARE.has(type) ? data : data + Math.ceil(size / BLOCK) * BLOCK
}

function isBlank(block: Buffer): boolean {
  return block.length === BLOCK && block.every((byte) => byte === 0)
}

/** The sum of all bytes, the sum's own counted as blanks; bytes may have been taken for signed ones. */
function isSum(block: Buffer, sum: number): boolean {
  let [plain, signed] = [256, 256]
  for (const [at, byte] of block.entries()) {
    if (at >= 148 && at < 156) continue
    plain += byte
    signed += byte > 127 ? byte - 256 : byte
  }
  return sum === plain || sum === signed
}

/** A number in octal digits, or in bytes when the first one says so. */
function numberOf(field: Buffer): number {
  const [first = 0] = field
  if (first === 0x80 || first === 0xff) {
    const rest = Number(BigInt(`0x${field.subarray(1).toString('hex')}`))
    return first === 0x80 ? rest : rest - 256 ** (field.length - 1)
  }
  const digits = textOf(field).trim()
  if (!/^[-+]?[0-7]*$/.test(digits)) throw new NoHeader('A number in a header is none.')
  return Number.parseInt(digits || '0', 8)
}

/** Text up to the first NUL, a character per byte. */
function textOf(field: Buffer): string {
  const end = field.indexOf(0)
  return field.toString('latin1', 0, end < 0 ? field.length : end)
}

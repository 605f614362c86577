import { isAscii, isUtf8 } from 'node:buffer'
import { crc32, inflateRawSync } from 'node:zlib'
import { ArchiveError, type ArchiveMember, checkArchive } from './members.ts'

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
const END_64 = 0x06064b50
const LOCATOR_64 = 0x07064b50
const END_LENGTH = 22
const END_64_LENGTH = 56
const LOCATOR_64_LENGTH = 20
const LONGEST_COMMENT = 0xffff
const NEWEST_VERSION = 63
const FULL = 0xffffffff
const ENCRYPTED = 0x01
const PATCHED = 0x20
const STRONGLY_ENCRYPTED = 0x40
const UTF_8 = 0x800
const STORED = 0
const DEFLATED = 8

/** Where the central directory lies, and by how much the archive is shifted in its file. */
interface Directory {
  start: number
  length: number
  shift: number
}

interface Entry {
  name: Buffer
  flags: number
  method: number
  crc: number
  packed: number
  size: number
  offset: number
}

/**
 * The members of a ZIP archive in the order of its directory, as zipfile of Python 3.11.7 reads it: of several with one name,
 * the last stands for all. Stored and deflated members only. Throws ArchiveError.
 */
export function zipMembers(archive: Buffer): ArchiveMember[] {
  const entries = entriesOf(archive, directoryOf(archive))
  const last = new Map(entries.map((entry) => [keyOf(entry), entry]))
  return entries.map((entry) => {
    const meant = last.get(keyOf(entry)) ?? entry
    return { name: textOf(entry), size: meant.size, read: () => contentOf(archive, meant) }
  })
}

function directoryOf(archive: Buffer): Directory {
  const end = endOf(archive)
  const plain = { length: archive.readUInt32LE(end + 12), offset: archive.readUInt32LE(end + 16) }
  const wide = wideEndOf(archive, end)
  const { length, offset } = wide ?? plain
  const shift = end - length - offset - (wide ? END_64_LENGTH + LOCATOR_64_LENGTH : 0)
  checkArchive(offset + shift >= 0, 'The directory lies outside of the archive.')
  return { start: offset + shift, length, shift }
}

/** The place of the record that ends the archive, before which a comment may stand at most. */
function endOf(archive: Buffer): number {
  const last = archive.length - END_LENGTH
  checkArchive(last >= 0, 'The file is too short for an archive.')
  if (archive.readUInt32LE(last) === END && archive.readUInt16LE(archive.length - 2) === 0) return last
  const found = archive.lastIndexOf('PK\x05\x06', last, 'latin1')
  checkArchive(found >= 0 && found >= last - LONGEST_COMMENT, 'The file has no end of an archive.')
  return found
}

/** The same in an archive for large files; null in another. */
function wideEndOf(archive: Buffer, end: number): { length: number; offset: number } | null {
  const locator = end - LOCATOR_64_LENGTH
  const at = locator - END_64_LENGTH
  if (locator < 0 || archive.readUInt32LE(locator) !== LOCATOR_64) return null
  checkArchive(
    archive.readUInt32LE(locator + 4) === 0 && archive.readUInt32LE(locator + 16) <= 1,
    'It has several parts.',
  )
  if (at < 0 || archive.readUInt32LE(at) !== END_64) return null
  return { length: Number(archive.readBigUInt64LE(at + 40)), offset: Number(archive.readBigUInt64LE(at + 48)) }
}

function entriesOf(archive: Buffer, { start, length, shift }: Directory): Entry[] {
  const directory = archive.subarray(start, start + length)
  const entries: Entry[] = []
  for (let at = 0; at < length; ) {
    checkArchive(at + 46 <= directory.length && directory.readUInt32LE(at) === CENTRAL, 'The directory is damaged.')
    const [name, extra, comment] = [28, 30, 32].map((field) => directory.readUInt16LE(at + field))
    const extraAt = at + 46 + (name ?? 0)
    checkArchive((directory[at + 6] ?? 0) <= NEWEST_VERSION, 'It needs a newer reader.')
    const entry: Entry = {
      name: directory.subarray(at + 46, extraAt),
      flags: directory.readUInt16LE(at + 8),
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      packed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    }
    checkArchive((entry.flags & UTF_8) === 0 || isUtf8(entry.name), 'A name is not UTF-8.')
    widen(entry, directory.subarray(extraAt, extraAt + (extra ?? 0)))
    entries.push({ ...entry, offset: entry.offset + shift })
    at = extraAt + (extra ?? 0) + (comment ?? 0)
  }
  return entries
}

/** Takes the numbers that need 8 bytes from the extra fields. */
function widen(entry: Entry, extra: Buffer): void {
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2)
    checkArchive(at + 4 + length <= extra.length, 'An extra field is damaged.')
    if (extra.readUInt16LE(at) === 1) {
      let place = at + 4
      for (const field of ['size', 'packed', 'offset'] as const) {
        if (entry[field] !== FULL) continue
        checkArchive(place + 8 <= at + 4 + length, 'An extra field is damaged.')
        entry[field] = Number(extra.readBigUInt64LE(place))
        place += 8
      }
    }
    at += 4 + length
  }
}

function contentOf(archive: Buffer, entry: Entry): Uint8Array {
  const { offset, flags, size } = entry
  checkArchive(offset >= 0 && offset + 30 <= archive.length, 'A member begins outside of the archive.')
  checkArchive(archive.readUInt32LE(offset) === LOCAL, 'A member does not begin where the directory says.')
  const nameEnd = offset + 30 + archive.readUInt16LE(offset + 26)
  const local = { name: archive.subarray(offset + 30, nameEnd), flags: archive.readUInt16LE(offset + 6) }
  checkArchive(keyOf(local) === keyOf(entry), 'A member has another name than the directory says.')
  checkArchive((flags & (ENCRYPTED | PATCHED | STRONGLY_ENCRYPTED)) === 0, 'A member is encrypted or a patch.')
  const start = nameEnd + archive.readUInt16LE(offset + 28)
  const packed = archive.subarray(start, start + entry.packed)
  const content = unpacked(packed, entry).subarray(0, size)
  checkArchive(crc32(content) === entry.crc, 'A member is damaged.')
  return content
}

function unpacked(packed: Buffer, { method, size }: Entry): Buffer {
  if (method === STORED) return packed
  checkArchive(method === DEFLATED, 'A member is packed in a way that is not supported.')
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) })
  } catch (cause) {
    throw new ArchiveError('A member is damaged, or larger than it says.', { cause })
  }
}

/** A name that tells its encoding, where that matters. */
function keyOf({ name, flags }: Pick<Entry, 'name' | 'flags'>): string {
  return `${isAscii(name) || (flags & UTF_8) !== 0 ? '' : 'old '}${name.toString('latin1')}`
}

/** The name up to its first NUL. */
function textOf({ name }: Entry): string {
  const [text = ''] = name.toString('latin1').split('\0')
  return text
}

/** A file in an archive. */
export interface ArchiveMember {
  name: string
  /** Bytes that it says it has. */
  size: number
  /** Its content, unpacked. Throws ArchiveError where the archive is damaged. */
  read(): Uint8Array
}

/** An archive that cannot be read, or not to its end. */
export class ArchiveError extends Error {}

export function checkArchive(condition: boolean, message: string): asserts condition {
  if (!condition) throw new ArchiveError(message)
}

import { createHash, type Hash } from 'node:crypto'

/** Where a line lies in its source. `byteOffset` counts decompressed bytes from 0. */
interface Place {
  /** From 1; blank lines count. For a value within a JSON array: the line on which it begins. */
  line: number
  byteOffset: bigint
}

/** A line without its line break. The bytes may be a view into a larger piece of memory. */
export interface WholeLine extends Place {
  oversize: false
  bytes: Uint8Array
}

/** A line too long to be held: its length, its first 64 KiB, and the SHA-256 (hex) of all its bytes but the line feed. */
export interface OversizeLine extends Place {
  oversize: true
  length: number
  head: Uint8Array
  sha256: string
}

export type Line = WholeLine | OversizeLine

/** Takes a source's bytes, piece by piece, and gives the lines that are complete. */
export interface Splitter {
  push(piece: Buffer): Line[]
  /** What is left at the end of the source. */
  finish(): Line[]
  /** Blank lines passed so far. */
  blank(): number
}

const HEAD_BYTES = 65_536

/** Gathers the pieces of a line, and forgets all but the head of one that grows beyond the limit. */
export class LineBuffer {
  readonly #limit: number
  #pieces: Buffer[] = []
  #length = 0
  #hash: Hash | null = null

  constructor(limit: number) {
    this.#limit = limit
  }

  get length(): number {
    return this.#length
  }

  add(piece: Buffer): void {
    if (piece.length === 0) return
    this.#length += piece.length
    if (this.#hash) {
      this.#hash.update(piece)
      return
    }
    this.#pieces.push(piece)
    if (this.#length > this.#limit) this.#shorten()
  }

  /** The line that was gathered; the buffer is empty afterwards. */
  take(place: Place): Line {
    const bytes = this.#pieces.length === 1 ? this.#pieces[0] : Buffer.concat(this.#pieces)
    const length = this.#length
    const sha256 = this.#hash?.digest('hex')
    this.#pieces = []
    this.#length = 0
    this.#hash = null
    const held = bytes ?? Buffer.alloc(0)
    return sha256 === undefined
      ? { ...place, oversize: false, bytes: held }
      : { ...place, oversize: true, length, head: held, sha256 }
  }

  #shorten(): void {
    this.#hash = createHash('sha256')
    for (const piece of this.#pieces) this.#hash.update(piece)
    this.#pieces = [Buffer.concat(this.#pieces).subarray(0, HEAD_BYTES)]
  }
}

/** Whether a line holds nothing but spaces, tabs and carriage returns. */
export function isBlankLine(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte !== 32 && byte !== 9 && byte !== 13) return false
  return true
}

import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unwritable } from '../../connectors/line-sink.ts'
import type { FeedLine } from '../../pipeline/feed.ts'

const HEAD = 8
const WRITE_BYTES = 1_048_576

/**
 * Lines on disk, to be read again in any order; in memory are eight bytes for each. Methods
 * reject with `disk_full` or `output_unwritable`.
 */
export class Shelf {
  readonly #file: FileHandle
  readonly #directory: string
  #offsets = new Float64Array(1_024)
  #count = 0
  #written = 0
  #waiting: Buffer[] = []
  #waitingBytes = 0

  private constructor(file: FileHandle, directory: string) {
    this.#file = file
    this.#directory = directory
  }

  static async open(): Promise<Shelf> {
    const directory = await unwritable(tmpdir(), mkdtemp(join(tmpdir(), 'millrace-mixture-')))
    const path = join(directory, 'samples')
    return new Shelf(await unwritable(path, open(path, 'w+')), directory)
  }

  get count(): number {
    return this.#count
  }

  async add({ bytes, place }: FeedLine): Promise<void> {
    const name = Buffer.from(place)
    const head = Buffer.allocUnsafe(HEAD)
    head.writeUInt32BE(name.length)
    head.writeUInt32BE(bytes.length, 4)
    this.#note(this.#written + this.#waitingBytes)
    this.#waiting.push(Buffer.concat([head, name, bytes]))
    this.#waitingBytes += HEAD + name.length + bytes.length
    if (this.#waitingBytes >= WRITE_BYTES) await this.#flush()
  }

  async read(index: number): Promise<FeedLine> {
    await this.#flush()
    const offset = this.#offsets[index] ?? 0
    const end = index + 1 < this.#count ? (this.#offsets[index + 1] ?? 0) : this.#written
    const record = Buffer.allocUnsafeSlow(end - offset)
    await unwritable(this.#directory, this.#file.read(record, 0, record.length, offset))
    const bytesAt = HEAD + record.readUInt32BE(0)
    return { place: record.toString('utf8', HEAD, bytesAt), bytes: record.subarray(bytesAt) }
  }

  async close(): Promise<void> {
    await this.#file.close().catch(() => undefined)
    await rm(this.#directory, { recursive: true, force: true })
  }

  #note(offset: number): void {
    if (this.#count === this.#offsets.length) {
      const larger = new Float64Array(2 * this.#count)
      larger.set(this.#offsets)
      this.#offsets = larger
    }
    this.#offsets[this.#count++] = offset
  }

  async #flush(): Promise<void> {
    if (this.#waitingBytes === 0) return
    const bytes = Buffer.concat(this.#waiting)
    this.#waiting = []
    this.#waitingBytes = 0
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await unwritable(
        this.#directory,
        this.#file.write(bytes, at, bytes.length - at, this.#written + at),
      )
      at += bytesWritten
    }
    this.#written += bytes.length
  }
}

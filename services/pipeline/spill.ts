import { once } from 'node:events'
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { unwritable } from '../connectors/line-sink.ts'

/** One output document with its place in the order of the input. */
export interface OrderedLine {
  ordinal: bigint
  line: Buffer
}

const HEAD = 12

/**
 * Documents of one partition, in order, on disk until the run has ended: what lets a run of any number of partitions write one
 * file in the order of its input with bounded memory. Per line: ordinal i64, length i32, bytes.
 */
export class Spill {
  readonly #path: string
  readonly #stream: WriteStream
  #failure: Error | null = null

  constructor(path: string) {
    this.#path = path
    this.#stream = createWriteStream(path)
    this.#stream.on('error', (error) => {
      this.#failure = error
    })
  }

  /** Rejects with `disk_full` or `output_unwritable`. */
  add(ordered: OrderedLine): Promise<void> {
    return unwritable(this.#path, this.#add(ordered))
  }

  /** Rejects with `disk_full` or `output_unwritable`. */
  finish(): Promise<void> {
    return unwritable(this.#path, this.#finish())
  }

  async #add({ ordinal, line }: OrderedLine): Promise<void> {
    if (this.#failure) throw this.#failure
    const head = Buffer.allocUnsafe(HEAD)
    head.writeBigInt64BE(ordinal)
    head.writeInt32BE(line.length, 8)
    this.#stream.write(head)
    // `once` rejects when the stream errs instead.
    if (!this.#stream.write(line)) await once(this.#stream, 'drain')
  }

  async #finish(): Promise<void> {
    if (this.#failure) throw this.#failure
    this.#stream.end()
    if (!this.#stream.closed) await once(this.#stream, 'close')
    if (this.#failure) throw this.#failure
  }

  async *lines(): AsyncGenerator<OrderedLine> {
    let rest: Buffer = Buffer.alloc(0)
    for await (const chunk of createReadStream(this.#path, { highWaterMark: 1024 * 1024 })) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      let at = 0
      while (rest.length - at >= HEAD) {
        const end = at + HEAD + rest.readInt32BE(at + 8)
        if (end > rest.length) break
        yield { ordinal: rest.readBigInt64BE(at), line: rest.subarray(at + HEAD, end) }
        at = end
      }
      rest = rest.subarray(at)
    }
  }

  async remove(): Promise<void> {
    this.#stream.destroy()
    await rm(this.#path, { force: true })
  }
}

/** All lines of several spills in the order of their ordinals; each spill is in order already. */
export async function* merged(spills: Spill[]): AsyncGenerator<Buffer> {
  const heads: { next: OrderedLine; from: AsyncGenerator<OrderedLine> }[] = []
  for (const spill of spills) {
    const from = spill.lines()
    const first = await from.next()
    if (!first.done) heads.push({ next: first.value, from })
  }
  while (heads.length > 0) {
    const least = heads.reduce((a, b) => (b.next.ordinal < a.next.ordinal ? b : a))
    yield least.next.line
    const following = await least.from.next()
    if (following.done) heads.splice(heads.indexOf(least), 1)
    else least.next = following.value
  }
}

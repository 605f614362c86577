import { APIS, type ApiName, apiOf } from './layouts.ts'
import { decode, type Fields } from './values.ts'

/** Puts what arrives in pieces together again: frames of Kafka's protocol, each with its size in front. */
export class FrameCutter {
  #chunks: Buffer[] = []
  #bytes = 0

  push(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    const frames: Buffer[] = []
    while (this.#bytes >= this.#wanted()) {
      const whole = Buffer.concat(this.#chunks)
      const size = 4 + whole.readInt32BE()
      frames.push(whole.subarray(0, size))
      this.#chunks = [whole.subarray(size)]
      this.#bytes = whole.length - size
    }
    return frames
  }

  /** Bytes of the next frame, as far as they are known. */
  #wanted(): number {
    if (this.#bytes < 4) return 4
    if ((this.#chunks[0]?.length ?? 0) < 4) this.#chunks = [Buffer.concat(this.#chunks)]
    return 4 + (this.#chunks[0]?.readInt32BE() ?? 0)
  }
}

/** A request as it passes. */
export interface Seen {
  /** Null for requests that are not understood here. */
  api: ApiName | null
  correlation: number
  frame: Buffer
  body: Buffer
}

/** Reads the header of a request (version 1). Throws when a known request comes in a version that is not known here. */
export function seen(frame: Buffer): Seen {
  const api = apiOf(frame.readInt16BE(4))
  const version = frame.readInt16BE(6)
  if (api && APIS[api].version !== version) throw new Error(`${api} comes in version ${version}: add its layout.`)
  const client = frame.readInt16BE(12)
  return { api, correlation: frame.readInt32BE(8), frame, body: frame.subarray(14 + Math.max(client, 0)) }
}

/** The fields of a request that is understood. */
export function fieldsOf({ api, body }: Seen): Fields {
  return api ? decode(APIS[api].request, body) : {}
}

/** The frame of an answer. */
export function answerFrame(correlation: number, body: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeInt32BE(4 + body.length)
  head.writeInt32BE(correlation, 4)
  return Buffer.concat([head, body])
}

/** A frame as both sides write it: its length in 4 bytes, big-endian, and so much JSON. */
export function frame(json: string): Buffer {
  const payload = Buffer.from(json)
  const head = Buffer.alloc(4)
  head.writeUInt32BE(payload.length)
  return Buffer.concat([head, payload])
}

/** Cuts a stream of chunks into the JSON of its frames. */
export class FrameReader {
  #chunks: Buffer[] = []
  #held = 0

  /** Takes a chunk; gives the frames that are whole with it. */
  take(chunk: Buffer): string[] {
    this.#chunks.push(chunk)
    this.#held += chunk.length
    const frames: string[] = []
    for (let length = this.#nextLength(); length !== null && this.#held >= 4 + length; length = this.#nextLength()) {
      const all = this.#joined()
      frames.push(all.toString('utf8', 4, 4 + length))
      this.#chunks = [all.subarray(4 + length)]
      this.#held -= 4 + length
    }
    return frames
  }

  #nextLength(): number | null {
    if (this.#held < 4) return null
    const [first] = this.#chunks
    return first && first.length >= 4 ? first.readUInt32BE() : this.#joined().readUInt32BE()
  }

  #joined(): Buffer {
    const [first] = this.#chunks
    const all = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks)
    this.#chunks = [all]
    return all
  }
}

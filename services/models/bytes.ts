import { Failure } from '../../topologies/failure.ts'

/** Reads a model file from its begin on. All reads throw Failure `asset_invalid` where the file ends early. */
export class ByteReader {
  readonly #name: string
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(name: string, bytes: Uint8Array) {
    this.#name = name
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get at(): number {
    return this.#at
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  byte(): number {
    return this.#view.getUint8(this.#over(1))
  }

  int32(): number {
    return this.#view.getInt32(this.#over(4), true)
  }

  /** As a number, which is exact up to 2^53. */
  int64(): number {
    return Number(this.#view.getBigInt64(this.#over(8), true))
  }

  float32(): number {
    return this.#view.getFloat32(this.#over(4), true)
  }

  float64(): number {
    return this.#view.getFloat64(this.#over(8), true)
  }

  /** A part of the file, not copied. */
  bytes(count: number): Uint8Array {
    const start = this.#over(count)
    return this.#bytes.subarray(start, start + count)
  }

  /** Copied, as floats need not be aligned in a file. */
  floats(count: number): Float32Array {
    return new Float32Array(new Uint8Array(this.bytes(count * 4)).buffer)
  }

  /** The bytes up to a zero, which is read too. */
  zeroTerminated(): Uint8Array {
    const end = this.#bytes.indexOf(0, this.#at)
    if (end < 0) throw this.invalid('ends within a string')
    const found = this.#bytes.subarray(this.#at, end)
    this.#at = end + 1
    return found
  }

  invalid(what: string): Failure {
    return invalidModel(this.#name, what)
  }

  #over(count: number): number {
    if (!(count >= 0) || count > this.left) throw this.invalid(`is cut short: ${this.#bytes.length} bytes are too few`)
    const start = this.#at
    this.#at += count
    return start
  }
}

/** Failure `asset_invalid` for a model file, of which a clause says what is wrong. */
export function invalidModel(name: string, what: string): Failure {
  return new Failure(
    'asset_invalid',
    `The model ${name} ${what}. Fetch it again, and check it by: millrace assets verify.`,
  )
}

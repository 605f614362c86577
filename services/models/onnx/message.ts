const encoder = new TextEncoder()

/** Writes a message of Protocol Buffers, field by field. */
export class Message {
  readonly #parts: Uint8Array[] = []

  /** A number from 0 to 2^53, or one of 64 bits below 0 as its complement. */
  int(field: number, value: number): this {
    this.#parts.push(varint(field * 8), varint(value))
    return this
  }

  bytes(field: number, value: Uint8Array): this {
    this.#parts.push(varint(field * 8 + 2), varint(value.length), value)
    return this
  }

  text(field: number, value: string): this {
    return this.bytes(field, encoder.encode(value))
  }

  message(field: number, value: Message): this {
    return this.bytes(field, value.toBytes())
  }

  toBytes(): Uint8Array {
    const whole = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0))
    let at = 0
    for (const part of this.#parts) {
      whole.set(part, at)
      at += part.length
    }
    return whole
  }
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let left = value < 0 ? BigInt.asUintN(64, BigInt(value)) : BigInt(value)
  do {
    const low = Number(left & 0x7fn)
    left >>= 7n
    bytes.push(left > 0n ? low | 0x80 : low)
  } while (left > 0n)
  return Uint8Array.from(bytes)
}

// WebAssembly instructions as expressions, for kernels that are put together when they are first needed: a round of a hash is
// one function here and eighty times inline there, with nothing to build and no bytes to keep beside their source.

/** Bytes of code that leave one value on the stack, or none. */
export type Code = readonly number[]

/** A local variable of a function. */
export interface Local {
  readonly get: Code
  set(value: Code): Code
}

export function unsignedLeb(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest]
    bytes.push((rest & 0x7f) | 0x80)
  }
}

function signedLeb(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value | 0; ; rest >>= 7) {
    const last = (rest >> 6 === 0 || rest >> 6 === -1) && rest >= -64 && rest < 64
    if (last) return [...bytes, rest & 0x7f]
    bytes.push((rest & 0x7f) | 0x80)
  }
}

/** An operator of one byte on values that come before it. */
const plain =
  (opcode: number) =>
  (...values: Code[]): Code => [...values.flat(), opcode]

/** An operator of the vector set. */
const vector =
  (opcode: number, ...immediates: number[]) =>
  (...values: Code[]): Code => [...values.flat(), 0xfd, ...unsignedLeb(opcode), ...immediates]

/** A load or store: the address, the value to store, and a constant that is added to the address. */
const memory =
  (prefix: number[]) =>
  (values: Code[], offset = 0): Code => [...values.flat(), ...prefix, 0, ...unsignedLeb(offset)]

/** A constant of 32 bits. */
export function int(value: number): Code {
  return [0x41, ...signedLeb(value)]
}

/** A small constant of 64 bits. */
export function long(value: number): Code {
  return [0x42, ...signedLeb(value)]
}

/** Operators on 32-bit numbers. */
export const i32 = {
  load: memory([0x28]),
  store: memory([0x36]),
  eqz: plain(0x45),
  equal: plain(0x46),
  less: plain(0x48),
  lessUnsigned: plain(0x49),
  greater: plain(0x4a),
  greaterUnsigned: plain(0x4b),
  lessEqualUnsigned: plain(0x4d),
  add: plain(0x6a),
  subtract: plain(0x6b),
  multiply: plain(0x6c),
  and: plain(0x71),
  or: plain(0x72),
  shiftLeft: plain(0x74),
  shiftRight: plain(0x76),
  trailingZeros: plain(0x68),
  wrap: plain(0xa7),
}

/** Operators on 64-bit numbers. */
export const i64 = {
  load: memory([0x29]),
  store: memory([0x37]),
  eqz: plain(0x50),
  greaterEqual: plain(0x5a),
  add: plain(0x7c),
  subtract: plain(0x7d),
  multiply: plain(0x7e),
  and: plain(0x83),
  or: plain(0x84),
  xor: plain(0x85),
  shiftLeft: plain(0x86),
  shiftRight: plain(0x88),
  extend: plain(0xad),
}

/** Operators on vectors of four 32-bit numbers. */
export const v128 = {
  load: memory([0xfd, 0x00]),
  /** One number in memory, four times. */
  loadSplat: memory([0xfd, 0x09]),
  store: memory([0xfd, 0x0b]),
  and: vector(0x4e),
  /** The first without the bits of the second. */
  without: vector(0x4f),
  or: vector(0x50),
  xor: vector(0x51),
  /** The bits of the first where those of the third are 1, else of the second. */
  choose: vector(0x52),
  /** The highest bits of the four numbers. */
  bitmask: vector(0xa4, 0x01),
  not: vector(0x4d),
  splat: vector(0x11),
  lessEqualUnsigned: vector(0x3e),
  add: vector(0xae, 0x01),
  multiply: vector(0xb5, 0x01),
  minimum: vector(0xb7, 0x01),
  shiftLeft: vector(0xab, 0x01),
  shiftRight: vector(0xad, 0x01),
}

/** Four times the same constant. */
export function constant(value: number): Code {
  const bytes = [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24]
  return [0xfd, 0x0c, ...bytes, ...bytes, ...bytes, ...bytes]
}

/** Sixteen bytes out of the thirty-two of two vectors, by their numbers. */
export function shuffle(a: Code, b: Code, lanes: readonly number[]): Code {
  return [...a, ...b, 0xfd, 0x0d, ...lanes]
}

/** Every number of a vector with its bits turned to the left. */
export function rotate(value: Local, bits: number): Code {
  return v128.or(v128.shiftLeft(value.get, int(bits)), v128.shiftRight(value.get, int(32 - bits)))
}

/** The first value where the condition is not 0, else the second. */
export const select = (first: Code, second: Code, condition: Code): Code => [...first, ...second, ...condition, 0x1b]

/** Runs the body where the condition is not 0. */
export function when(condition: Code, ...body: Code[]): Code {
  return [...condition, 0x04, 0x40, ...body.flat(), 0x0b]
}

/** Runs the body again and again, at least once, until the condition behind it is 0. */
export function repeat(condition: Code, ...body: Code[]): Code {
  return [0x03, 0x40, ...body.flat(), ...condition, 0x0d, 0x00, 0x0b]
}

/** Runs the body for each step from where the variable stands up to the end, which it may not reach at all. */
export function each(place: Local, { end, step }: { end: Code; step: number }, ...body: Code[]): Code {
  const onward = place.set(i32.add(place.get, int(step)))
  return when(i32.lessUnsigned(place.get, end), repeat(i32.lessUnsigned(place.get, end), ...body, onward))
}

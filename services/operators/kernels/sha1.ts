import { type Code, constant, type Local, rotate, v128 } from './instructions.ts'

/** A hash of Merkle and Damgård's kind with blocks of 64 bytes, on four messages at once. */
export interface Hash {
  initial: readonly number[]
  bigEndian: boolean
  /** Mixes a block, whose sixteen words it may overwrite, into the state. */
  compress(state: readonly Local[], words: readonly Local[], scratch: Local): Code
}

/** By fifth of the eighty rounds: the function of b, c and d, and the constant (FIPS 180-4, 4.1.1 and 4.2.1). */
const STAGES: readonly { mix(b: Code, c: Code, d: Code): Code; constant: number }[] = [
  { mix: (b, c, d) => v128.xor(d, v128.and(b, v128.xor(c, d))), constant: 0x5a827999 },
  { mix: (b, c, d) => v128.xor(v128.xor(b, c), d), constant: 0x6ed9eba1 },
  { mix: (b, c, d) => v128.or(v128.and(b, c), v128.and(d, v128.or(b, c))), constant: 0x8f1bbcdc },
  { mix: (b, c, d) => v128.xor(v128.xor(b, c), d), constant: 0xca62c1d6 },
]

/** SHA-1 (FIPS 180-4). Its rounds are written out, so that every word of the state and the schedule is a register's. */
export const SHA1: Hash = {
  initial: [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0],
  bigEndian: true,
  compress: (state, words, scratch) =>
    Array.from({ length: 80 }, (_, round) => [
      ...(round < 16 ? [] : schedule(words, round, scratch)),
      ...step(state, words, round),
    ]).flat(),
}

/** The word of a round, in the place of that sixteen rounds before. */
function schedule(words: readonly Local[], round: number, scratch: Local): Code {
  const word = (back: number) => at(words, round - back).get
  const mixed = v128.xor(v128.xor(word(3), word(8)), v128.xor(word(14), word(16)))
  return [...scratch.set(mixed), ...at(words, round).set(rotate(scratch, 1))]
}

function step(state: readonly Local[], words: readonly Local[], round: number): Code {
  // the roles of the five words move on by one with every round
  const [a, b, c, d, e] = [0, 1, 2, 3, 4].map((role) => at(state, role - round + 80)) as [
    Local,
    Local,
    Local,
    Local,
    Local,
  ] // five of five
  const { mix, constant: key } = at(STAGES, Math.floor(round / 20))
  const fed = v128.add(v128.add(e.get, v128.add(at(words, round).get, constant(key))), mix(b.get, c.get, d.get))
  return [...e.set(v128.add(fed, rotate(a, 5))), ...b.set(rotate(b, 30))]
}

function at<T>(list: readonly T[], index: number): T {
  return list[index % list.length] as T // no list here is empty
}

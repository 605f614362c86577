import { type Code, constant, type Local, rotate, v128 } from './instructions.ts'
import type { Hash } from './sha1.ts'

/** By fourth of the 64 steps: the function of b, c and d, where the next word lies, and how far it turns (RFC 1321, 3.4). */
const STAGES: readonly {
  mix(b: Code, c: Code, d: Code): Code
  word(step: number): number
  turns: readonly number[]
}[] = [
  {
    mix: (b, c, d) => v128.xor(d, v128.and(b, v128.xor(c, d))),
    word: (step) => step,
    turns: [7, 12, 17, 22],
  },
  {
    mix: (b, c, d) => v128.xor(c, v128.and(d, v128.xor(b, c))),
    word: (step) => 5 * step + 1,
    turns: [5, 9, 14, 20],
  },
  { mix: (b, c, d) => v128.xor(v128.xor(b, c), d), word: (step) => 3 * step + 5, turns: [4, 11, 16, 23] },
  { mix: (b, c, d) => v128.xor(c, v128.or(b, v128.not(d))), word: (step) => 7 * step, turns: [6, 10, 15, 21] },
]

/** MD5 (RFC 1321). */
export const MD5: Hash = {
  initial: [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476],
  bigEndian: false,
  compress: (state, words, scratch) => Array.from({ length: 64 }, (_, i) => step({ state, words, scratch }, i)).flat(),
}

function step(parts: { state: readonly Local[]; words: readonly Local[]; scratch: Local }, i: number): Code {
  const { state, words, scratch } = parts
  // the roles of the four words move on by one with every step
  const [a, b, c, d] = [0, 1, 2, 3].map((role) => at(state, role - i + 64)) as [Local, Local, Local, Local] // four of four
  const { mix, word, turns } = at(STAGES, Math.floor(i / 16))
  const key = Math.floor(2 ** 32 * Math.abs(Math.sin(i + 1)))
  const fed = v128.add(v128.add(a.get, v128.add(at(words, word(i)).get, constant(key))), mix(b.get, c.get, d.get))
  return [...scratch.set(fed), ...a.set(v128.add(b.get, rotate(scratch, at(turns, i))))]
}

function at<T>(list: readonly T[], index: number): T {
  return list[index % list.length] as T // no list here is empty
}

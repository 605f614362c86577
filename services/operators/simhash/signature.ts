import { digestFunction } from '../kernels/digests.ts'
import { DIGESTS, USER } from '../kernels/layout.ts'
import { MD5 } from '../kernels/md5.ts'
import { assemble, type CompiledModule } from '../kernels/module.ts'
import { cutter } from '../shingles/cutting.ts'
import { type Hashing, hashShingles } from '../shingles/messages.ts'
import { preparation, type ShingleParameters } from '../shingles/parameters.ts'
import { workbench } from '../shingles/workbench.ts'

/** Bytes of a SimHash. */
export const BYTES = 8
/** Numbers of 32 bits in a digest; the hash has the first two. */
const DIGEST_WORDS = 4
/** Counts go up to 2 to this power, which no text has as many shingles as. */
const PLANES = 32

let compiled: CompiledModule | undefined

function kernel(): CompiledModule {
  compiled ??= assemble({ hash: digestFunction(MD5, 'four words') })
  return compiled
}

/**
 * Data-Juicer's SimHash of texts: a bit is set that is set in more than half of the shingles' hashes, the first 8 bytes of MD5.
 * A shingle counts as often as it comes. Big-endian; zeros for a text of fewer tokens than the window. Throws
 * `operator_failed` for a text that has no UTF-8.
 */
export function simHash(parameters: ShingleParameters): (value: string) => Uint8Array {
  const bench = workbench(kernel(), USER, () => undefined)
  const prepare = preparation(parameters)
  // what a pattern is taken out of is in lower case already
  const cut = cutter(parameters.tokenization, parameters.lowercase && !parameters.ignore_pattern)
  const counters = [new Int32Array(PLANES), new Int32Array(PLANES)]
  let total = 0
  const hashing: Hashing = {
    bench,
    hash: (first, end, blocks) => bench.call('hash')(first, end, blocks),
    take: (count) => {
      total += count
      for (const [half, planes] of counters.entries()) countBits(planes, bench.words, { half, count })
    },
  }
  return (value) => {
    total = 0
    for (const planes of counters) planes.fill(0)
    const tokens = cut(prepare(value), bench)
    hashShingles(tokens, parameters.window_size, hashing)
    const result = new Int32Array(counters.map((planes) => majority(planes, total)))
    return new Uint8Array(result.buffer)
  }
}

/** Adds up the bits of one half of each digest, in counters of which a plane holds one bit each. */
function countBits(planes: Int32Array, words: Uint32Array, { half, count }: { half: number; count: number }): void {
  const end = DIGESTS / 4 + half + count * DIGEST_WORDS
  for (let at = DIGESTS / 4 + half; at < end; at += DIGEST_WORDS) {
    let carry = words[at] as number | 0
    for (let plane = 0; carry !== 0; plane++) {
      const before = planes[plane] as number
      planes[plane] = before ^ carry
      carry &= before
    }
  }
}

/** The bits that are set in more than half of the total. */
function majority(planes: Int32Array, total: number): number {
  let bits = 0
  for (let bit = 0; bit < 32; bit++) {
    let count = 0
    for (const [plane, word] of planes.entries()) count += ((word >>> bit) & 1) * 2 ** plane
    if (2 * count > total) bits |= 1 << bit
  }
  return bits
}

/** Bits in which two hashes differ. */
export function distance(a: Uint8Array, b: Uint8Array): number {
  let bits = 0
  for (let i = 0; i < BYTES; i++) bits += ONES[(a[i] as number) ^ (b[i] as number)] as number
  return bits
}

const ONES = Uint8Array.from({ length: 0x100 }, (_, byte) => byte.toString(2).replaceAll('0', '').length)

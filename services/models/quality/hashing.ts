/**
 * MurmurHash3 of 32 bits (x86 variant, Austin Appleby, public domain) of a word's UTF-8, as Spark 3's HashingTF takes it
 * (`hashUnsafeBytes2`).
 */
export function murmur3(bytes: Uint8Array, length: number, seed: number): number {
  let hash = seed
  const blocks = length & ~3
  for (let i = 0; i < blocks; i += 4) {
    const block =
      (bytes[i] as number) |
      ((bytes[i + 1] as number) << 8) |
      ((bytes[i + 2] as number) << 16) |
      ((bytes[i + 3] as number) << 24)
    hash ^= scrambled(block)
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0
  }
  let tail = 0
  for (let i = length - 1; i >= blocks; i--) tail = (tail << 8) | (bytes[i] as number)
  if (length > blocks) hash ^= scrambled(tail)
  return finished(hash ^ length)
}

function scrambled(block: number): number {
  const product = Math.imul(block, 0xcc9e2d51)
  return Math.imul((product << 15) | (product >>> 17), 0x1b873593)
}

function finished(hash: number): number {
  const first = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35)
  return second ^ (second >>> 16)
}

/** Seed of HashingTF. */
const SEED = 42
const encoder = new TextEncoder()
let room = new Uint8Array(1 << 10)

/** The bucket of a word among so many, as HashingTF has it: never below 0. */
export function bucketOf(word: string, buckets: number): number {
  if (room.length < word.length * 3) room = new Uint8Array(word.length * 3)
  const { written } = encoder.encodeInto(word, room)
  const rest = murmur3(room, written, SEED) % buckets
  return rest < 0 ? rest + buckets : rest
}

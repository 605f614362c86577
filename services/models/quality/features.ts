import { bucketOf } from './hashing.ts'

/** How often each bucket occurs in a text: a vector of which most members are 0. */
export interface Counts {
  /** In the order in which they were met first, each once. */
  buckets: Int32Array
  counts: Float64Array
}

/** Gives each word of a text. */
export type Words = (text: string, take: (word: string) => void) => void

/** Counts the words of texts by buckets, as HashingTF does. What it gives is good until the next text is counted. */
export function bucketCounter(buckets: number, eachWord: Words): (text: string) => Counts {
  const remembered = new Map<string, number>()
  const counted = new Float64Array(buckets)
  let met = new Int32Array(1 << 10)
  let counts = new Float64Array(1 << 10)
  return (text) => {
    let size = 0
    eachWord(text, (word) => {
      let bucket = remembered.get(word)
      if (bucket === undefined) {
        bucket = bucketOf(word, buckets)
        remember(remembered, word, bucket)
      }
      if (counted[bucket] === 0) {
        if (size === met.length) met = widened(met)
        met[size++] = bucket
      }
      counted[bucket] = (counted[bucket] as number) + 1
    })
    if (counts.length < size) counts = new Float64Array(met.length)
    for (let i = 0; i < size; i++) {
      counts[i] = counted[met[i] as number] as number
      counted[met[i] as number] = 0
    }
    return { buckets: met.subarray(0, size), counts: counts.subarray(0, size) }
  }
}

const MOST_REMEMBERED = 1 << 16
const LONGEST_REMEMBERED = 40

/** Words are few, and met again and again. */
function remember(remembered: Map<string, number>, word: string, bucket: number): void {
  if (word.length > LONGEST_REMEMBERED) return
  if (remembered.size >= MOST_REMEMBERED) remembered.clear()
  remembered.set(word, bucket)
}

function widened(met: Int32Array): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(met.length * 2)
  wider.set(met)
  return wider
}

import { type Code, constant, each, i32, int, type Local, repeat, select, shuffle, v128 } from './instructions.ts'
import { DIGESTS, LENGTHS, MARKS, MASKS, MESSAGE_BLOCK, STARTS } from './layout.ts'
import type { KernelFunction, Locals } from './module.ts'
import type { Hash } from './sha1.ts'

/** Messages that are hashed at a time, one in each quarter of the vectors. */
const QUARTERS = 4
const WORDS = 16
const SWAP = [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12]
// halves of two vectors, their numbers in turn
const LOW_NUMBERS = [0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23]
const HIGH_NUMBERS = [8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31]
const LOW_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]
const HIGH_HALVES = [8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31]

/**
 * Hashes the messages from the first to before the end, of `blocks` message blocks each, their padding included, and writes the
 * first words of each digest as 16 bytes, or the first alone. Up to three messages behind them are hashed too.
 */
export function digestFunction(hash: Hash, written: 'one word' | 'four words'): KernelFunction {
  return {
    parameters: 3,
    body(parameter, locals) {
      const [message, end, blocks] = [parameter(0), parameter(1), parameter(2)]
      const block = locals.i32()
      const state = hash.initial.map(() => locals.v128())
      const sums = hash.initial.map(() => locals.v128())
      const words = Array.from({ length: WORDS }, () => locals.v128())
      const scratch = locals.v128()
      const loaded = loadBlocks({ message, block, blocks, words, bigEndian: hash.bigEndian }, locals)
      const body = [
        ...sums.flatMap((sum, i) => sum.set(constant(hash.initial[i] ?? 0))),
        ...block.set(int(0)),
        ...repeat(
          i32.lessUnsigned(block.get, blocks.get),
          loaded,
          ...state.map((word, i) => word.set(at(sums, i).get)),
          hash.compress(state, words, scratch),
          ...sums.map((sum, i) => sum.set(v128.add(sum.get, at(state, i).get))),
          block.set(i32.add(block.get, int(1))),
        ),
        ...(written === 'one word'
          ? writeFirst(at(sums, 0), { message, hash })
          : writeFour(sums, { message, hash, scratch })),
      ]
      return each(message, { end: end.get, step: QUARTERS }, body)
    },
  }
}

interface Loading {
  message: Local
  block: Local
  blocks: Local
  words: readonly Local[]
  bigEndian: boolean
}

/** The next block of four messages, each word of the four in one vector, with mark and length behind the last bytes. */
function loadBlocks({ message, block, blocks, words, bigEndian }: Loading, locals: Locals): Code {
  const lengths = locals.v128()
  const rows = Array.from({ length: WORDS }, () => locals.v128())
  const place = { message, block, from: locals.i32(), rest: locals.i32(), mask: locals.i32(), mark: locals.i32() }
  const order = (row: Code) => (bigEndian ? shuffle(row, row, SWAP) : row)
  const loaded = Array.from({ length: QUARTERS }, (_, quarter) => [
    ...findBlock(place, quarter),
    ...Array.from({ length: 4 }, (_, part) => at(rows, quarter * 4 + part).set(order(rowOf(place, part * 16)))).flat(),
  ]).flat()
  const turned = Array.from({ length: 4 }, (_, part) => transpose(rows, words, part)).flat()
  const high = v128.shiftRight(lengths.get, int(29))
  const low = v128.shiftLeft(lengths.get, int(3))
  const [first, second] = bigEndian ? [high, low] : [low, high]
  const last = v128.splat(i32.subtract(int(0), i32.equal(i32.add(block.get, int(1)), blocks.get)))
  const [w14, w15] = [at(words, 14), at(words, 15)]
  return [
    ...loaded,
    ...turned,
    ...lengths.set(v128.load([shifted(message, 2)], LENGTHS)),
    ...w14.set(v128.or(w14.get, v128.and(first, last))),
    ...w15.set(v128.or(w15.get, v128.and(second, last))),
  ]
}

interface Place {
  message: Local
  block: Local
  from: Local
  rest: Local
  mask: Local
  mark: Local
}

/** Where the block of one message lies, and which of its bytes are the message's: none of them in a block of padding. */
function findBlock({ message, block, from, rest, mask, mark }: Place, quarter: number): Code {
  const skipped = shifted(block, 6)
  const whole = int(MESSAGE_BLOCK)
  const length = i32.load([shifted(message, 2)], LENGTHS + 4 * quarter)
  const start = i32.load([shifted(message, 2)], STARTS + 4 * quarter)
  const beyond = i32.less(rest.get, int(0))
  return [
    ...rest.set(i32.subtract(length, skipped)),
    // what is read of a block of padding does not count, so it is read where the memory is sure to reach
    ...from.set(i32.add(start, select(int(0), skipped, beyond))),
    ...rest.set(select(whole, rest.get, i32.greater(rest.get, whole))),
    ...mask.set(i32.subtract(whole, select(int(0), rest.get, beyond))),
    ...mark.set(i32.subtract(whole, select(whole, rest.get, beyond))),
  ]
}

function rowOf({ from, mask, mark }: Place, offset: number): Code {
  const bytes = v128.and(v128.load([from.get], offset), v128.load([mask.get], MASKS + offset))
  return v128.or(bytes, v128.load([mark.get], MARKS + offset))
}

/** Four words of four messages: from one row for each message to one vector for each word. */
function transpose(rows: readonly Local[], words: readonly Local[], part: number): Code {
  const row = (quarter: number) => at(rows, quarter * 4 + part).get
  const [a, b, c, d] = [0, 1, 2, 3].map((i) => at(words, part * 4 + i)) as [Local, Local, Local, Local] // four of four
  const [e, f] = [at(rows, part), at(rows, 4 + part)]
  return [
    ...a.set(shuffle(row(0), row(1), LOW_NUMBERS)),
    ...b.set(shuffle(row(2), row(3), LOW_NUMBERS)),
    ...c.set(shuffle(row(0), row(1), HIGH_NUMBERS)),
    ...d.set(shuffle(row(2), row(3), HIGH_NUMBERS)),
    ...e.set(shuffle(a.get, b.get, LOW_HALVES)),
    ...f.set(shuffle(a.get, b.get, HIGH_HALVES)),
    ...a.set(e.get),
    ...b.set(f.get),
    ...e.set(shuffle(c.get, d.get, LOW_HALVES)),
    ...f.set(shuffle(c.get, d.get, HIGH_HALVES)),
    ...c.set(e.get),
    ...d.set(f.get),
  ]
}

interface Writing {
  message: Local
  hash: Hash
}

/** The first word of each digest, read as little-endian. */
function writeFirst(sum: Local, { message, hash }: Writing): Code {
  const value = hash.bigEndian ? shuffle(sum.get, sum.get, SWAP) : sum.get
  return v128.store([shifted(message, 2), value], DIGESTS)
}

/** The first 16 bytes of each digest. */
function writeFour(sums: readonly Local[], { message, hash, scratch }: Writing & { scratch: Local }): Code {
  const order = (value: Code) => (hash.bigEndian ? shuffle(value, value, SWAP) : value)
  const pairs = [
    shuffle(at(sums, 0).get, at(sums, 1).get, LOW_NUMBERS),
    shuffle(at(sums, 2).get, at(sums, 3).get, LOW_NUMBERS),
    shuffle(at(sums, 0).get, at(sums, 1).get, HIGH_NUMBERS),
    shuffle(at(sums, 2).get, at(sums, 3).get, HIGH_NUMBERS),
  ]
  return [0, 1, 2, 3].flatMap((quarter) => {
    const [left, right] = quarter < 2 ? [at(pairs, 0), at(pairs, 1)] : [at(pairs, 2), at(pairs, 3)]
    const digest = shuffle(left, right, quarter % 2 === 0 ? LOW_HALVES : HIGH_HALVES)
    const address = shifted(message, 4)
    return [...scratch.set(digest), ...v128.store([address, order(scratch.get)], DIGESTS + 16 * quarter)]
  })
}

function shifted(value: Local, bits: number): Code {
  return i32.shiftLeft(value.get, int(bits))
}

function at<T>(list: readonly T[], index: number): T {
  return list[index] as T // every index here is within its list
}

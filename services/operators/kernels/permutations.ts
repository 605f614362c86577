import {
  type Code,
  constant,
  each,
  i32,
  i64,
  int,
  type Local,
  long,
  repeat,
  select,
  v128,
  when,
} from './instructions.ts'
import { BLOCK, CHUNK, DIGESTS, LANES, USER } from './layout.ts'
import type { KernelFunction, Locals } from './module.ts'

// MinHash asks, for each permutation (a, b), for the least of ((h·a + b) mod 2^64) mod (2^61 - 1), low 32 bits, over all hashes h.
// As 2^61 = 1 mod (2^61 - 1), that number is the low 32 bits of h·a + b plus its three highest bits, but for an overflow that
// only low bits of 2^32 - 8 and more can have. So the low bits, which four lanes multiply at once, say within 7 where the least
// number is: `lower` here is those bits plus 8 mod 2^32, which is 1 to 8 above the number wherever it is at least 8. Only hashes
// whose `lower` comes that close to the least one are worked out to the last bit.

/** How far `lower` is above the low bits, and so at most above the number itself. */
const MARGIN = 8
const ALL_ONES = -1
/** Bytes of a vector. */
const VECTOR = 16

/** Where the numbers of the permutations lie. Bytes. */
export interface PermutationPlaces {
  /** Permutations, filled up to whole lanes. */
  room: number
  lowFactors: number
  lowAddends: number
  factors: number
  addends: number
  /** The least number so far, by permutation. */
  values: number
  /** The least `lower` of the chunk, by permutation. */
  least: number
  /** The largest `lower` that a hash of the chunk may have to count, by permutation. */
  limits: number
  /** How many blocks of the chunk have such a hash, as a negative number, by permutation. */
  found: number
  /** The last of these blocks, as the distance of its first hash from that of the chunk in bytes, by permutation. */
  last: number
  /** The least `lower` of each block of the chunk, by block and permutation. */
  blocks: number
  end: number
}

/** The places for this many permutations. */
export function placesOf(permutations: number): PermutationPlaces {
  const room = Math.ceil(permutations / LANES) * LANES
  let end = USER
  const take = (bytes: number) => {
    end += bytes * room
    return end - bytes * room
  }
  const [factors, addends] = [take(8), take(8)]
  const [lowFactors, lowAddends, values, least] = [take(4), take(4), take(4), take(4)]
  const [limits, found, last, blocks] = [take(4), take(4), take(4), take((4 * CHUNK) / BLOCK)]
  return { room, factors, addends, lowFactors, lowAddends, values, least, limits, found, last, blocks, end }
}

/** Writes the permutations into a memory, as multipliers and addends below 2^64. */
export function writePermutations(buffer: ArrayBuffer, factors: BigUint64Array, addends: BigUint64Array): void {
  const places = placesOf(factors.length)
  new BigUint64Array(buffer, places.factors).set(factors)
  new BigUint64Array(buffer, places.addends).set(addends)
  const lowFactors = new Uint32Array(buffer, places.lowFactors, places.room)
  const lowAddends = new Uint32Array(buffer, places.lowAddends, places.room)
  lowFactors.set(Array.from(factors, (factor) => Number(factor & 0xffffffffn)))
  lowAddends.set(Array.from(addends, (addend) => Number((addend + BigInt(MARGIN)) & 0xffffffffn)))
}

/** Lowers the least numbers by `count` hashes, a whole multiple of BLOCK. */
export function permute(permutations: number): KernelFunction {
  const places = placesOf(permutations)
  return {
    parameters: 1,
    body(parameter, locals) {
      const count = parameter(0)
      return [
        ...bound(count, locals, places),
        ...search(count, locals, places),
        ...settle({ count, permutations, places }, locals),
      ]
    },
  }
}

/** The least `lower` of every block and of all, by permutation. */
function bound(count: Local, locals: Locals, places: PermutationPlaces): Code {
  const [group, hash, store] = [locals.i32(), locals.i32(), locals.i32()]
  const four = () => [locals.v128(), locals.v128(), locals.v128(), locals.v128()]
  const [factors, addends, minima, totals] = [four(), four(), four(), four()]
  const splat = locals.v128()
  const of = (list: Local[], k: number) => list[k] as Local // four of each
  const all = (work: (k: number) => Code) => [0, 1, 2, 3].flatMap(work)
  const lowered = (k: number) => v128.add(v128.multiply(splat.get, of(factors, k).get), of(addends, k).get)
  const taken = Array.from({ length: BLOCK }, (_, i) => [
    ...splat.set(v128.loadSplat([i32.shiftLeft(hash.get, int(2))], DIGESTS + 4 * i)),
    ...all((k) => of(minima, k).set(v128.minimum(of(minima, k).get, lowered(k)))),
  ]).flat()
  const block = [
    ...all((k) => of(minima, k).set(constant(ALL_ONES))),
    ...taken,
    ...all((k) => of(totals, k).set(v128.minimum(of(totals, k).get, of(minima, k).get))),
    ...all((k) => v128.store([store.get, of(minima, k).get], 16 * k)),
    ...store.set(i32.add(store.get, int(4 * places.room))),
  ]
  const body = [
    ...all((k) => of(factors, k).set(v128.load([group.get], places.lowFactors + 16 * k))),
    ...all((k) => of(addends, k).set(v128.load([group.get], places.lowAddends + 16 * k))),
    ...all((k) => of(totals, k).set(constant(ALL_ONES))),
    ...store.set(i32.add(group.get, int(places.blocks))),
    ...hash.set(int(0)),
    ...each(hash, { end: count.get, step: BLOCK }, block),
    ...all((k) => v128.store([group.get, of(totals, k).get], places.least + 16 * k)),
  ]
  return [...group.set(int(0)), ...each(group, { end: int(4 * places.room), step: 4 * LANES }, body)]
}

/** By permutation, which blocks have hashes that must be worked out: how many, and the last of them. */
function search(count: Local, locals: Locals, places: PermutationPlaces): Code {
  const [group, store, at] = [locals.i32(), locals.i32(), locals.i32()]
  const [limit, hit, found, last] = [locals.v128(), locals.v128(), locals.v128(), locals.v128()]
  const block = [
    ...hit.set(v128.lessEqualUnsigned(v128.load([store.get]), limit.get)),
    ...found.set(v128.add(found.get, hit.get)),
    ...last.set(v128.choose(v128.splat(at.get), last.get, hit.get)),
    ...store.set(i32.add(store.get, int(4 * places.room))),
  ]
  const body = [
    ...limit.set(limitOf(v128.load([group.get], places.least), v128.load([group.get], places.values))),
    ...found.set(constant(0)),
    ...last.set(constant(0)),
    ...store.set(i32.add(group.get, int(places.blocks))),
    ...at.set(int(0)),
    ...each(at, { end: i32.shiftLeft(count.get, int(2)), step: 4 * BLOCK }, block),
    ...v128.store([group.get, limit.get], places.limits),
    ...v128.store([group.get, found.get], places.found),
    ...v128.store([group.get, last.get], places.last),
  ]
  return [...group.set(int(0)), ...each(group, { end: int(4 * places.room), step: VECTOR }, body)]
}

/** The largest `lower` of a hash that may have the least number: everything when low bits may have overflown. */
function limitOf(least: Code, value: Code): Code {
  const smaller = v128.minimum(least, value)
  const overflown = v128.lessEqualUnsigned(least, constant(MARGIN - 1))
  const last = v128.lessEqualUnsigned(constant(-MARGIN), smaller)
  return v128.or(v128.add(smaller, constant(MARGIN - 1)), v128.or(overflown, last))
}

interface Settling {
  count: Local
  permutations: number
  places: PermutationPlaces
}

/** What the blocks of one permutation are looked through with. */
interface Looking {
  at: Local
  hash: Local
  value: Local
  factor: Local
  addend: Local
}

/** The least number of every permutation, from the few hashes that may have it. */
function settle({ count, permutations, places }: Settling, locals: Locals): Code {
  const looking = {
    at: locals.i32(),
    hash: locals.i32(),
    value: locals.i32(),
    factor: locals.i64(),
    addend: locals.i64(),
  }
  const { at, hash, value, factor, addend } = looking
  const [found, store] = [locals.i32(), locals.i32()]
  const within = lookThrough(looking, places, locals)
  const load = (place: number) => i32.load([at.get], place)
  const all = [
    ...store.set(i32.add(at.get, int(places.blocks))),
    ...hash.set(int(0)),
    ...each(
      hash,
      { end: i32.shiftLeft(count.get, int(2)), step: 4 * BLOCK },
      when(i32.lessEqualUnsigned(i32.load([store.get]), load(places.limits)), within),
      store.set(i32.add(store.get, int(4 * places.room))),
    ),
  ]
  const body = [
    ...found.set(load(places.found)),
    ...when(
      found.get,
      value.set(load(places.values)),
      factor.set(i64.load([i32.shiftLeft(at.get, int(1))], places.factors)),
      addend.set(i64.load([i32.shiftLeft(at.get, int(1))], places.addends)),
      hash.set(load(places.last)),
      within,
      // one block is the rule by far
      when(i32.less(found.get, int(-1)), all),
      i32.store([at.get, value.get], places.values),
    ),
  ]
  return [...at.set(int(0)), ...each(at, { end: int(4 * permutations), step: 4 }, body)]
}

/** Works out the hashes of a block whose `lower` is within the limit, which is one by far the most often. */
function lookThrough({ at, hash, value, factor, addend }: Looking, places: PermutationPlaces, locals: Locals): Code {
  const [mask, chosen, product, number] = [locals.i32(), locals.i32(), locals.i64(), locals.i32()]
  const [factors, addends, limits] = [locals.v128(), locals.v128(), locals.v128()]
  const bits = Array.from({ length: BLOCK / 4 }, (_, i) => {
    const lower = v128.add(v128.multiply(v128.load([hash.get], DIGESTS + VECTOR * i), factors.get), addends.get)
    return i32.shiftLeft(v128.bitmask(v128.lessEqualUnsigned(lower, limits.get)), int(4 * i))
  })
  const prime = i64.subtract(i64.shiftLeft(long(1), long(61)), long(1))
  const one = [
    ...chosen.set(i32.load([i32.add(hash.get, i32.shiftLeft(i32.trailingZeros(mask.get), int(2)))], DIGESTS)),
    ...product.set(i64.add(i64.multiply(i64.extend(chosen.get), factor.get), addend.get)),
    ...product.set(i64.add(i64.and(product.get, prime), i64.shiftRight(product.get, long(61)))),
    // minus the prime is plus 1, as far as the low bits go
    ...number.set(i32.add(i32.wrap(product.get), i64.greaterEqual(product.get, prime))),
    ...value.set(select(number.get, value.get, i32.lessUnsigned(number.get, value.get))),
    ...mask.set(i32.and(mask.get, i32.subtract(mask.get, int(1)))),
  ]
  return [
    ...factors.set(v128.loadSplat([at.get], places.lowFactors)),
    ...addends.set(v128.loadSplat([at.get], places.lowAddends)),
    ...limits.set(v128.loadSplat([at.get], places.limits)),
    ...mask.set(bits.reduce((all, some) => i32.or(all, some))),
    ...when(mask.get, repeat(mask.get, one)),
  ]
}

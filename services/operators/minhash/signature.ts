import { digestFunction } from '../kernels/digests.ts'
import { BLOCK, CHUNK, DIGESTS } from '../kernels/layout.ts'
import { assemble, type CompiledModule } from '../kernels/module.ts'
import { permute, placesOf, writePermutations } from '../kernels/permutations.ts'
import { SHA1 } from '../kernels/sha1.ts'
import type { Cutter } from '../shingles/cutting.ts'
import { blocksOf, type Hashing, hashMessages, hashShingles } from '../shingles/messages.ts'
import { preparation, type ShingleParameters } from '../shingles/parameters.ts'
import { type Workbench, workbench } from '../shingles/workbench.ts'
import type { Bands } from './bands.ts'
import { permutationsOf } from './permutations.ts'

const KEY_BYTES = 16

/** MinHash values of texts and the keys of their bands. */
export interface MinHash {
  /** Takes a text; what is asked of it below holds until the next one. Throws `operator_failed` for one that has no UTF-8. */
  take(value: string): void
  /** By permutation the least number of the shingles; 2^32 - 1 where there is none. */
  values(): Uint32Array
  /** One key for each band: documents with the same one have the same values there. */
  keys(): Uint8Array[]
}

const modules = new Map<number, CompiledModule>()

/** One module for each number of permutations, as long as the process lives. */
function moduleOf(permutations: number): CompiledModule {
  const known = modules.get(permutations)
  if (known) return known
  const made = assemble({
    hash: digestFunction(SHA1, 'one word'),
    digest: digestFunction(SHA1, 'four words'),
    permute: permute(permutations),
  })
  modules.set(permutations, made)
  return made
}

/** How a text becomes shingles. */
export interface MinHashSettings extends Pick<ShingleParameters, 'window_size' | 'lowercase' | 'ignore_pattern'> {
  cut: Cutter
}

/** Data-Juicer's MinHash of SHA-1 over shingles. */
export function minHash(parameters: MinHashSettings, permutations: number, bands: Bands): MinHash {
  const places = placesOf(permutations)
  const { factors, addends } = permutationsOf(permutations)
  const messages = messagesOf(permutations, bands, places.end)
  const bench = workbench(moduleOf(permutations), messages.end, (buffer) => writePermutations(buffer, factors, addends))
  const prepare = preparation(parameters)
  const { cut } = parameters
  const values = () => bench.words.subarray(places.values / 4, places.values / 4 + permutations)
  const hashing: Hashing = {
    bench,
    hash: (first, end, blocks) => bench.call('hash')(first, end, blocks),
    take: (count) => bench.call('permute')(filledUp(bench, count)),
  }
  return {
    take(value) {
      const tokens = cut(prepare(value), bench)
      values().fill(0xffffffff)
      hashShingles(tokens, parameters.window_size, hashing)
    },
    values,
    keys: () => bandKeys(places.values, messages, bench),
  }
}

/** Repeats the last hash until the block is full, which changes no least number. */
function filledUp({ words }: Workbench, count: number): number {
  const full = Math.ceil(count / BLOCK) * BLOCK
  const first = DIGESTS / 4
  for (let at = count; at < full; at++) words[first + at] = words[first + count - 1] as number
  return full
}

/** Where the message of each band lies from which its key is made: the band's number, then its values. Bytes. */
interface BandMessages {
  starts: number[]
  lengths: number[]
  end: number
}

/**
 * Bands that reach beyond the values are cut off, as Python cuts slices; one that lies behind them all is the same for every
 * document, so that those behind it add nothing.
 */
function messagesOf(permutations: number, { bands, rows }: Bands, begin: number): BandMessages {
  const count = Math.min(bands, Math.ceil(permutations / rows) + 1)
  const lengths = Array.from(
    { length: count },
    (_, band) => 4 + 4 * Math.min(rows, Math.max(0, permutations - band * rows)),
  )
  let end = begin
  const starts = lengths.map((length) => {
    end += length
    return end - length
  })
  return { starts, lengths, end }
}

function bandKeys(valuesAt: number, { starts, lengths }: BandMessages, bench: Workbench): Uint8Array[] {
  const { words } = bench
  const keys = new Uint8Array(KEY_BYTES * starts.length)
  let value = valuesAt / 4
  let first = 0
  for (const [band, start] of starts.entries()) {
    const length = lengths[band] as number
    const at = start / 4
    words[at] = band
    for (let row = 1; row < length / 4; row++) words[at + row] = words[value++] as number
    bench.starts[band - first] = start
    bench.lengths[band - first] = length
    const isLast = band - first + 1 === CHUNK || lengths[band + 1] !== length
    if (!isLast) continue
    hashMessages(0, band - first + 1, { blocks: blocksOf(length), hashing: { bench, hash: bench.call('digest') } })
    keys.set(bench.bytes.subarray(DIGESTS, DIGESTS + KEY_BYTES * (band - first + 1)), KEY_BYTES * first)
    first = band + 1
  }
  return starts.map((_, band) => keys.subarray(KEY_BYTES * band, KEY_BYTES * (band + 1)))
}

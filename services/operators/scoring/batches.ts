/**
 * Most tokens of a batch, padding included: what bounds the memory of a run. A CPU is no faster with more (test/bench: scoring);
 * for a GPU the number is a guess.
 */
const MOST_CELLS = { cpu: 1024, cuda: 8192 }
/** Most rows of a batch. */
const MOST_ROWS = 64
/** How much longer than its shortest row the longest of a batch may be: what bounds the padding. */
const STRETCH = 1.25
/** Rows that are shorter than this may share a batch anyhow. */
const SHORT = 16

/**
 * Cuts rows into batches of like lengths, longest first, so that hardly anything of a batch is padding; gives the places of the
 * rows. Batches do not depend on the order of the rows but among those of one length.
 */
export function batchesOf(lengths: readonly number[], device: 'cpu' | 'cuda' = 'cpu'): number[][] {
  const places = Array.from(lengths.keys()).sort((a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0) || a - b)
  const batches: number[][] = []
  let batch: number[] = []
  let width = 0
  for (const place of places) {
    const length = lengths[place] ?? 0
    const isFull = batch.length >= MOST_ROWS || (batch.length + 1) * width > MOST_CELLS[device]
    if (batch.length > 0 && (isFull || (width > SHORT && width > length * STRETCH))) {
      batches.push(batch)
      batch = []
    }
    if (batch.length === 0) width = length
    batch.push(place)
  }
  if (batch.length > 0) batches.push(batch)
  return batches
}

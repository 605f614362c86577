/** Numbers in [0, 1), always the same for a seed (mulberry32): a sample drawn twice is the same sample. */
export function draws(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/**
 * Says for each thing that comes in which of `room` places it takes, or null where it is left out, so that at any time those
 * that hold a place are a uniform sample of all that came (Vitter's algorithm R).
 */
export function reservoir(room: number, draw: () => number): () => number | null {
  let seen = 0
  return () => {
    const at = seen < room ? seen : Math.floor(draw() * (seen + 1))
    seen++
    return at < room ? at : null
  }
}

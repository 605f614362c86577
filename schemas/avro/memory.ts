import type { Pen } from './writing.ts'

/** Bytes of one piece of shared memory. */
const PIECE = 1 << 20

let piece = Buffer.alloc(0)
let used = 0

/**
 * A pen with room for so many bytes. Small records share pieces of memory, since one allocation a record would cost more
 * than writing it. `finish` must follow before the next `start`.
 */
export function start(room: number): Pen {
  if (room > PIECE / 4) return { bytes: Buffer.allocUnsafeSlow(room), at: 0 }
  if (used + room > piece.length) {
    piece = Buffer.allocUnsafeSlow(PIECE)
    used = 0
  }
  return { bytes: piece, at: used }
}

/** What the pen has written, as a view. */
export function finish(pen: Pen): Buffer {
  if (pen.bytes !== piece) return pen.bytes.subarray(0, pen.at)
  const from = used
  used = pen.at
  return piece.subarray(from, used)
}

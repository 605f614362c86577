/** A piece of one text or of both. */
export interface Piece {
  kind: 'same' | 'removed' | 'added'
  text: string
}

/** Beyond so many edits the middle of two texts is given as replaced whole: the cost grows with their square. */
const MOST_EDITS = 800

/**
 * How a text became another one, word by word: what is the same and removed gives the first, what is the same and added the
 * second. Shortest in words (Myers 1986) up to MOST_EDITS edits.
 */
export function wordDiff(before: string, after: string): Piece[] {
  const a = wordsOf(before)
  const b = wordsOf(after)
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < Math.min(a.length, b.length) - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const middle = edits(a.slice(head, a.length - tail), b.slice(head, b.length - tail))
  return joined([
    ...a.slice(0, head).map((text): Piece => ({ kind: 'same', text })),
    ...middle,
    ...a.slice(a.length - tail).map((text): Piece => ({ kind: 'same', text })),
  ])
}

/** Pieces with no more than so many characters of what is the same on either side of a change; an ellipsis stands for the rest. */
export function excerpts(pieces: readonly Piece[], around: number): Piece[] {
  return pieces.map((piece, i) => {
    const { kind, text } = piece
    if (kind !== 'same') return piece
    const first = i === 0
    const last = i === pieces.length - 1
    if (first && last) return { kind, text: text.length > around ? `${text.slice(0, around)}…` : text }
    if (first) return { kind, text: text.length > around ? `…${text.slice(-around)}` : text }
    if (last) return { kind, text: text.length > around ? `${text.slice(0, around)}…` : text }
    return { kind, text: text.length > 2 * around ? `${text.slice(0, around)} … ${text.slice(-around)}` : text }
  })
}

/** Words, blanks, and every other character for itself, Chinese ones among them. */
function wordsOf(text: string): string[] {
  return text.match(/[[\p{L}\p{N}\p{M}_]--\p{Script=Han}]+|\s+|./gsv) ?? []
}

/** Myers' greedy walk: the furthest places that are reached with ever more edits, kept for the way back. */
function edits(a: string[], b: string[]): Piece[] {
  const replaced = [...a.map((text) => piece('removed', text)), ...b.map((text) => piece('added', text))]
  if (a.length === 0 || b.length === 0) return replaced
  const most = Math.min(a.length + b.length, MOST_EDITS)
  const reached: Int32Array[] = []
  const furthest = new Int32Array(2 * most + 3)
  for (let edit = 0; edit <= most; edit++) {
    reached.push(furthest.slice())
    for (let diagonal = -edit; diagonal <= edit; diagonal += 2) {
      let x = stepFrom(furthest, diagonal, { edit, middle: most + 1 })
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x++
      furthest[most + 1 + diagonal] = x
      if (x >= a.length && x - diagonal >= b.length) return wayBack(a, b, { reached, middle: most + 1 })
    }
  }
  return replaced
}

/** Where the next edit on a diagonal begins: below the one beside it, or to its right, whichever is further. */
function stepFrom(furthest: Int32Array, diagonal: number, { edit, middle }: { edit: number; middle: number }): number {
  const left = furthest[middle + diagonal - 1] ?? 0
  const right = furthest[middle + diagonal + 1] ?? 0
  const down = diagonal === -edit || (diagonal !== edit && left < right)
  return down ? right : left + 1
}

function wayBack(a: string[], b: string[], { reached, middle }: { reached: Int32Array[]; middle: number }): Piece[] {
  const pieces: Piece[] = []
  let x = a.length
  let y = b.length
  for (let edit = reached.length - 1; edit >= 0; edit--) {
    const furthest = reached[edit] ?? new Int32Array()
    const diagonal = x - y
    const left = furthest[middle + diagonal - 1] ?? 0
    const right = furthest[middle + diagonal + 1] ?? 0
    const down = diagonal === -edit || (diagonal !== edit && left < right)
    const fromX = edit === 0 ? 0 : down ? right : left
    const fromY = edit === 0 ? 0 : fromX - (down ? diagonal + 1 : diagonal - 1)
    while (x > fromX && y > fromY) {
      pieces.push(piece('same', a[--x] ?? ''))
      y--
    }
    if (edit === 0) break
    if (down) pieces.push(piece('added', b[--y] ?? ''))
    else pieces.push(piece('removed', a[--x] ?? ''))
  }
  return pieces.reverse()
}

function piece(kind: Piece['kind'], text: string): Piece {
  return { kind, text }
}

function joined(pieces: readonly Piece[]): Piece[] {
  const whole: Piece[] = []
  for (const { kind, text } of pieces) {
    const last = whole.at(-1)
    if (last?.kind === kind) last.text += text
    else if (text !== '') whole.push({ kind, text })
  }
  return whole
}

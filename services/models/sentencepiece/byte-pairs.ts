import { Pairs } from '../words/pairs.ts'
import { isInText, type ModelFile, UNUSED, USER_DEFINED } from './model-file.ts'
import { characterLength } from './normalizer.ts'
import type { Cut, Segmenter } from './segmenting.ts'
import { longestAt, type Trie, trieOf } from './trie.ts'

interface Vocabulary {
  model: ModelFile
  /** Numbers of pieces by their bytes, each as one unit of a string. */
  known: Map<string, number>
  symbols: Trie | null
}

/** A part of the stretch: a character, a symbol of the user, or what some became. */
interface Part {
  start: number
  /** The same as `start` for a part that became part of another. */
  end: number
  before: number
  behind: number
  frozen: boolean
}

/** The segmenter of a byte-pair model: neighbours that make the best piece become one, the leftmost of equally good ones first. */
export function bytePairSegmenter(model: ModelFile): Segmenter {
  const inText = [...model.pieces.entries()].filter(([, { type }]) => isInText(type))
  const symbols = inText.filter(([, { type }]) => type === USER_DEFINED)
  const vocabulary: Vocabulary = {
    model,
    known: new Map(inText.map(([id, { bytes }]) => [keyOf(bytes, 0, bytes.length), id])),
    symbols: symbols.length > 0 ? trieOf(symbols.map(([value, { bytes }]) => ({ bytes, value }))) : null,
  }
  return {
    cut: (text, { start, end }) => cut(keyOf(text, start, end), text.subarray(start, end), vocabulary),
    scores: new Float32Array(model.pieces.length),
  }
}

function keyOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')
}

function cut(word: string, bytes: Uint8Array, vocabulary: Vocabulary): Cut {
  const { model, known } = vocabulary
  const parts = partsOf(bytes, vocabulary)
  const pairs = new Pairs()
  /** How pieces came about that are not used: they are taken apart again. */
  const seams = new Map<string, number>()
  const consider = (left: number, right: number) => {
    const [a, b] = [parts[left], parts[right]]
    if (!a || !b || a.frozen || b.frozen) return
    const key = word.slice(a.start, b.end)
    const id = known.get(key)
    if (id === undefined) return
    pairs.push({ left, right, score: model.pieces[id]?.score ?? 0, size: key.length })
    if (model.pieces[id]?.type === UNUSED) seams.set(key, a.end - a.start)
  }
  for (let i = 1; i < parts.length; i++) consider(i - 1, i)
  for (let pair = pairs.pop(); pair; pair = pairs.pop()) {
    const [a, b] = [parts[pair.left], parts[pair.right]]
    if (!a || !b || a.end === a.start || b.end === b.start || b.end - b.start + a.end - a.start !== pair.size) continue
    a.end = b.end
    b.start = b.end
    a.behind = b.behind
    const behind = parts[b.behind]
    if (behind) behind.before = pair.left
    consider(a.before, pair.left)
    consider(pair.left, a.behind)
  }
  return finished(word, parts, { vocabulary, seams })
}

function partsOf(bytes: Uint8Array, { symbols }: Vocabulary): Part[] {
  const parts: Part[] = []
  for (let start = 0; start < bytes.length; ) {
    const symbol = symbols ? longestAt(symbols, bytes, start) : 0
    const end = start + (symbol || Math.min(characterLength(bytes[start] as number), bytes.length - start))
    const count = parts.length
    parts.push({ start, end, before: count - 1, behind: end < bytes.length ? count + 1 : -1, frozen: symbol > 0 })
    start = end
  }
  return parts
}

interface Finishing {
  vocabulary: Vocabulary
  seams: Map<string, number>
}

function finished(word: string, parts: Part[], { vocabulary, seams }: Finishing): Cut {
  const { model, known } = vocabulary
  const path: number[] = []
  const ends: number[] = []
  const add = (start: number, end: number): void => {
    const key = word.slice(start, end)
    const id = known.get(key) ?? model.unknown
    const isUnused = model.pieces[id]?.type === UNUSED
    const seam = isUnused ? seams.get(key) : undefined
    if (seam === undefined) {
      path.push(isUnused ? model.unknown : id)
      ends.push(end)
      return
    }
    add(start, start + seam)
    add(start + seam, end)
  }
  for (let i = parts.length > 0 ? 0 : -1; i >= 0; ) {
    const part = parts[i]
    if (!part) break
    add(part.start, part.end)
    i = part.behind
  }
  return {
    count: path.length,
    path: Int32Array.from(path),
    ends: Int32Array.from(ends),
    sum: 0,
    steadyBelow: Number.POSITIVE_INFINITY,
  }
}

import { CLASSES, IS_SPECIAL } from '../text/character-classes.ts'
import { lower } from '../text/python-strings.ts'
import { type Span, spanOf, stringOf } from './vocabulary.ts'

/** From here on there are no capitals. */
const IDEOGRAPHS = 0x20000
const UNASKED = -1
/** Several characters in lower case, or another one by what is beside it. */
const DEPENDS = -2
/** Each character in lower case, as far as it was asked for. */
const SMALL = new Int32Array(IDEOGRAPHS).fill(UNASKED)
const CAPITAL_SIGMA = 0x3a3

const KEPT_LENGTH = 1 << 12
const kept = new Int32Array(KEPT_LENGTH)

/**
 * A word in lower case and without the special characters around it; empty when nothing is left. Good until the next word is
 * refined. Words may be lower-cased one by one, because no rule of Unicode looks beyond a blank.
 */
export function refine(word: Span): Span {
  const { points, start, end } = word
  const made = end - start > KEPT_LENGTH ? new Int32Array(end - start) : kept
  for (let i = start; i < end; i++) {
    const point = points[i] as number
    const small = point < IDEOGRAPHS ? smallOf(point) : point
    if (small === DEPENDS) return strip(spanOf(lower(stringOf(word))))
    made[i - start] = small
  }
  return strip({ points: made, start: 0, end: end - start })
}

function smallOf(point: number): number {
  const known = SMALL[point] as number
  if (known !== UNASKED) return known
  const { points, end } = spanOf(lower(String.fromCodePoint(point)))
  const small = point === CAPITAL_SIGMA || end > 1 ? DEPENDS : (points[0] as number)
  SMALL[point] = small
  return small
}

function strip({ points, start, end }: Span): Span {
  let from = start
  let to = end
  while (from < to && isSpecial(points[from])) from++
  while (to > from && isSpecial(points[to - 1])) to--
  return { points, start: from, end: to }
}

function isSpecial(point = 0): boolean {
  return ((CLASSES[point] as number) & IS_SPECIAL) !== 0
}

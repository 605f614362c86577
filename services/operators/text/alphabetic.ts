import type { Text } from '../../../topologies/text.ts'
import { CLASSES, CODE_POINTS, IS_UNSTEADY } from './character-classes.ts'

const LETTER = /^\p{L}$/u
let letters: Uint8Array | null = null

/** `str.isalpha` of every character, summed up. */
export function alphabetic({ value }: Text): number {
  letters ??= lettersOfUnicode()
  let count = 0
  for (let i = 0; i < value.length; i++) {
    const point = value.codePointAt(i) as number
    if (point > 0xffff) i++
    count += letters[point] as number
  }
  return count
}

/** Letters that Unicode 14 does not know are none for Python 3.11. */
function lettersOfUnicode(): Uint8Array {
  return Uint8Array.from({ length: CODE_POINTS }, (_, point) => {
    const isUnknown = point > 0x24f && ((CLASSES[point] as number) & IS_UNSTEADY) !== 0 && point !== 0x295
    return !isUnknown && LETTER.test(String.fromCodePoint(point)) ? 1 : 0
  })
}

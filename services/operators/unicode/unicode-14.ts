import { unpack } from '../text/character-classes.ts'
import { UNASSIGNED } from '../text/unicode-tables.ts'

/** Unicode normalization forms, as `String.prototype.normalize` names them. */
export type NormalizationForm = 'NFC' | 'NFD' | 'NFKC' | 'NFKD'

/**
 * Code points that Unicode 14 does not know, as the body of a character class under the flag `u`. Python 3.11, which
 * Data-Juicer is compared on, has Unicode 14: there they are no letters, no digits, and normalization leaves them alone.
 */
export const NEWER_THAN_14 = unpack(UNASSIGNED)
  .map(([start, stop]) => `\\u{${start.toString(16)}}-\\u{${(stop - 1).toString(16)}}`)
  .join('')

const NEWER = new RegExp(`[${NEWER_THAN_14}]`, 'u')
const PIECES = new RegExp(`([${NEWER_THAN_14}]+)`, 'u')

/**
 * Normalizes as Unicode 14 does. A code point unassigned there neither decomposes nor composes nor moves, so that the pieces
 * between such code points are normalized each on its own.
 */
export function normalizeAsUnicode14(text: string, form: NormalizationForm): string {
  if (!NEWER.test(text)) return text.normalize(form)
  return text
    .split(PIECES)
    .map((piece, index) => (index % 2 === 1 ? piece : piece.normalize(form)))
    .join('')
}

import { isBad } from './badness.ts'
import { BYTE_CHARSETS, type ByteCharset, c1AsWindows1252, encode, possibleCharsets } from './byte-charsets.ts'
import { lengthOfEmbeddedUtf8 } from './embedded-utf8.ts'
import { decodeUtf8, replaceLossySequences, restoreBlankedBytes } from './utf8-repair.ts'

/** The text when its bytes in a charset are UTF-8 (perhaps damaged), else null. */
function readAsUtf8(text: string, charset: ByteCharset): string | null {
  let bytes = encode(text, charset)
  // In MacRoman a blanked sequence is also an en dash before a blank.
  if (charset.name !== 'macroman') bytes = restoreBlankedBytes(bytes)
  if (charset.sloppy) bytes = replaceLossySequences(bytes)
  return decodeUtf8(bytes)
}

/** Repairs mojibake that stands among sound text, each piece on its own. */
function repairEmbedded(text: string): string {
  let repaired = ''
  let done = 0
  for (let index = 0; index < text.length; ) {
    const length = lengthOfEmbeddedUtf8(text, index)
    // A piece must be shorter than the text, or the repair would not end.
    if (length > 0 && length < text.length) {
      const piece = text.slice(index, index + length)
      repaired += text.slice(done, index) + repairEncoding(piece)
      done = index + length
    }
    index += Math.max(length, 1)
  }
  return repaired + text.slice(done)
}

function repairOnce(text: string): string {
  const possible = possibleCharsets(text)
  for (const [index, charset] of BYTE_CHARSETS.entries()) {
    const decoded = possible & (1 << index) ? readAsUtf8(text, charset) : null
    if (decoded !== null) return decoded
  }
  const repaired = repairEmbedded(text)
  return repaired === text ? c1AsWindows1252(text) : repaired
}

/** Repairs text that was decoded with the wrong charset, as often as it was (ftfy 6.3.1, `fix_encoding`). */
export function repairEncoding(text: string): string {
  let current = text
  while (isBad(current)) {
    const next = repairOnce(current)
    if (next === current) break
    current = next
  }
  return current
}

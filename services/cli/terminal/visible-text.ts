/** What a terminal would obey or swallow: controls, lone surrogates, and the marks that turn the direction of writing. */
const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]|\p{Surrogate}/gu

/** A text that a terminal can only show, never obey: hidden characters stand as `\x1b` or `\u202e`; tabs and line ends stay. */
export function visible(text: string): string {
  return text.replace(HIDDEN, escaped)
}

/** The same on one line: tabs and line ends stand as `\t` and `\n`. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll('\t', '\\t').replaceAll('\n', '\\n')
}

/** At most so many characters of a text, on one line, with an ellipsis for what is left out. */
export function shortened(text: string, most: number): string {
  const line = visibleLine(text.slice(0, most + 1))
  return line.length > most ? `${line.slice(0, most - 1)}…` : line
}

/** Bytes as visible text; a byte that is no UTF-8 stands as `\xff`. */
export function visibleBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = buffer.toString('utf8')
  if (!text.includes('\ufffd')) return visible(text)
  return visible(decodedByPieces(buffer))
}

/** UTF-8 where it is, and an escape for every byte where it is not. */
function decodedByPieces(bytes: Buffer): string {
  let text = ''
  let at = 0
  while (at < bytes.length) {
    const length = sequenceAt(bytes, at)
    text += length === 0 ? byteEscape(bytes[at] ?? 0) : bytes.toString('utf8', at, at + length)
    at += Math.max(length, 1)
  }
  return text
}

/** Length of the character that begins here; 0 when none does. */
function sequenceAt(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0
  if (first < 0x80) return 1
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
  const piece = bytes.toString('utf8', at, at + length)
  const valid = first >= 0xc2 && !piece.includes('\ufffd')
  return valid || bytes.subarray(at, at + 3).equals(REPLACEMENT) ? length : 0
}

/** The replacement character itself, as a text may hold it. */
const REPLACEMENT = Buffer.from('\ufffd')

function byteEscape(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`
}

function escaped(character: string): string {
  const code = character.charCodeAt(0)
  return code < 0x100 ? byteEscape(code) : `\\u${code.toString(16).padStart(4, '0')}`
}

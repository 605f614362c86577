import { isUtf8 } from 'node:buffer'

/*
 * Bytes are held as strings of characters U+0000 to U+00FF, so that patterns can be searched in them.
 * The sequences are those of ftfy 6.3.1 (ALTERED_UTF8_RE, A_GRAVE_WORD_RE, LOSSY_UTF8_RE and its utf-8-variants codec).
 */

/** A continuation byte that may stand beside a blank; 85 and A0 would be too common as something else. */
const NEIGHBOUR = '[\\x80-\\x84\\x86-\\x9f\\xa1-\\xbf]'
const CONTINUATION = '[\\x80-\\xbf]'

/** Sequences that are UTF-8 for a likely character once their blank is a byte A0 again. */
const BLANKED = [
  '[\\xc2\\xc3\\xc5\\xce\\xd0\\xd9] ',
  `[\\xe2\\xe3] ${NEIGHBOUR}`,
  `[\\xe0-\\xe3]${NEIGHBOUR} `,
  `\\xf0 ${CONTINUATION}${CONTINUATION}`,
  `\\xf0${CONTINUATION} ${CONTINUATION}`,
  `\\xf0${CONTINUATION}${CONTINUATION} `,
].join('|')

const HAS_BLANKED = new RegExp(BLANKED)
const EACH_BLANKED = new RegExp(BLANKED, 'g')

/** "à" as a word of its own keeps the blank behind it, but for the Portuguese words that go on ("àquele", "às"). */
const A_GRAVE_WORD = /\xc3 (?! |quele|quela|quilo|s )/g

/** Gives back the bytes A0 that became blanks on the way, where that makes convincing UTF-8. */
export function restoreBlankedBytes(bytes: string): string {
  if (!HAS_BLANKED.test(bytes)) return bytes
  return bytes.replace(A_GRAVE_WORD, '\xc3\xa0 ').replace(EACH_BLANKED, (sequence) => sequence.replaceAll(' ', '\xa0'))
}

/** A continuation byte, or a lost one (1A); at most one byte of a sequence may be lost as `?`. */
const KEPT = '[\\x1a\\x80-\\xbf]'
const GONE = '[\\x1a?]'

const LOSSY = new RegExp(
  [
    '[\\xc2-\\xdf]\\x1a',
    '[\\xc2-\\xc3]\\?',
    '\\xed[\\xa0-\\xaf][\\x1a?]\\xed[\\xb0-\\xbf][\\x1a?\\x80-\\xbf]',
    '\\xed[\\xa0-\\xaf][\\x1a?\\x80-\\xbf]\\xed[\\xb0-\\xbf][\\x1a?]',
    `[\\xe0-\\xef]${GONE}${KEPT}`,
    `[\\xe0-\\xef]${KEPT}${GONE}`,
    `[\\xf0-\\xf4]${GONE}${KEPT}${KEPT}`,
    `[\\xf0-\\xf4]${KEPT}${GONE}${KEPT}`,
    `[\\xf0-\\xf4]${KEPT}${KEPT}${GONE}`,
    '\\x1a',
  ].join('|'),
  'g',
)

const REPLACEMENT_BYTES = '\xef\xbf\xbd'

/** UTF-8 sequences of which a byte was lost become U+FFFD in UTF-8. */
export function replaceLossySequences(bytes: string): string {
  return bytes.replace(LOSSY, REPLACEMENT_BYTES)
}

/** The text of strict UTF-8, or null when the bytes are not. A byte order mark is kept. */
function decodeStrict(bytes: string): string | null {
  const buffer = Buffer.from(bytes, 'latin1')
  return isUtf8(buffer) ? buffer.toString() : null
}

/**
 * Where UTF-8's variants differ: Java's null (C0 80) and surrogates in three bytes each (CESU-8). A line feed at the very
 * end counts as a missing byte, as in the Python pattern, whose `$` also matches before a last line feed.
 */
const CUT = '(?=\\n?$)'
const SPECIAL = new RegExp(`\\xc0(?:\\x80|${CUT})|\\xed(?:[\\xa0-\\xbf]|${CUT})(?:[\\x80-\\xbf]|${CUT})`, 'g')
const SURROGATES = new RegExp(`\\xed[\\xa0-\\xaf][\\x80-\\xbf]\\xed[\\xb0-\\xbf](?:[\\x80-\\xbf]|${CUT})`, 'y')

function surrogatePair(bytes: string, at: number): string {
  const bits = (offset: number, mask: number) => bytes.charCodeAt(at + offset) & mask
  const high = (bits(1, 0x0f) << 6) | bits(2, 0x3f)
  const low = (bits(4, 0x0f) << 6) | bits(5, 0x3f)
  return String.fromCodePoint(0x10000 + (high << 10) + low)
}

/** The special sequence at `at` and how many bytes it takes, or null when it cannot be decoded. */
function decodeSpecial(bytes: string, at: number): { text: string; length: number } | null {
  const left = bytes.length - at
  if (bytes.charCodeAt(at) === 0xc0) return left > 1 ? { text: '\0', length: 2 } : null
  SURROGATES.lastIndex = at
  return left >= 6 && SURROGATES.test(bytes) ? { text: surrogatePair(bytes, at), length: 6 } : null
}

function decodeVariants(bytes: string): string | null {
  let text = ''
  let position = 0
  while (position < bytes.length) {
    SPECIAL.lastIndex = position
    const special = SPECIAL.exec(bytes)?.index ?? bytes.length
    const plain = decodeStrict(bytes.slice(position, special))
    if (plain === null) return null
    text += plain
    if (special === bytes.length) return text
    const decoded = decodeSpecial(bytes, special)
    if (decoded === null) return null
    text += decoded.text
    position = special + decoded.length
  }
  return text
}

/** The text of bytes in UTF-8, or in its variants when a byte C0 or ED hints at them; null when they are neither. */
export function decodeUtf8(bytes: string): string | null {
  return bytes.includes('\xed') || bytes.includes('\xc0') ? decodeVariants(bytes) : decodeStrict(bytes)
}

import { type Charsmap, readCharsmap } from './charsmap.ts'
import { type ModelFile, USER_DEFINED } from './model-file.ts'
import { longestAt, type Trie, trieOf } from './trie.ts'

const BLANK = 0x20
const BLANK_BYTES = Uint8Array.of(BLANK)
/** U+2581, which stands for a blank. */
export const BLANK_MARK: Uint8Array = Uint8Array.of(0xe2, 0x96, 0x81)

/** Texts as a model wants them. */
export interface Normalizer {
  /** A text in UTF-8, normalised. The bytes are good until the next call. */
  normalize(text: Uint8Array): Uint8Array
  /**
   * By UTF-16 unit up to a blank: whether a text may be normalised in parts between such ones, which hold no mark for blanks
   * themselves: the results, one behind the other, are that of the whole. Null where it may not.
   */
  blanks: Uint8Array | null
}

/** The normaliser of a model. Throws Failure `asset_invalid`. */
export function normalizerOf(name: string, model: ModelFile): Normalizer {
  const charsmap = model.charsmap.length > 0 ? readCharsmap(name, model.charsmap) : null
  const own = model.pieces.filter(({ type }) => type === USER_DEFINED).map(({ bytes }, value) => ({ bytes, value }))
  const symbols = own.length > 0 ? trieOf(own) : null
  const writer = new Writer()
  return {
    normalize: (text) => normalize(text, { model, charsmap, symbols, writer }),
    blanks: blanksOf(model, charsmap, own),
  }
}

function blanksOf(model: ModelFile, charsmap: Charsmap | null, own: { bytes: Uint8Array }[]): Uint8Array | null {
  const isUsual = model.removesExtraBlanks && model.addsDummyPrefix && model.escapesBlanks && !model.blanksAsSuffix
  if (!isUsual || charsmap?.givesMark) return null
  const blanks = Uint8Array.from({ length: BLANK + 1 }, (_, byte) => {
    const isWithin = charsmap?.isInside[byte] === 1 || own.some(({ bytes }) => bytes.includes(byte))
    return !isWithin && becomesBlank(byte, charsmap) ? 1 : 0
  })
  return blanks[BLANK] === 1 ? blanks : null
}

function becomesBlank(byte: number, charsmap: Charsmap | null): boolean {
  if (!charsmap || charsmap.match(Uint8Array.of(byte), 0) === 0) return byte === BLANK
  const substitute = charsmap.substitute()
  return substitute.length === 1 && substitute[0] === BLANK
}

interface Rules {
  model: ModelFile
  charsmap: Charsmap | null
  /** Symbols of the user, which stay as they are. */
  symbols: Trie | null
  writer: Writer
}

/** Bytes that are written one behind the other, and may be taken back. */
class Writer {
  bytes = new Uint8Array(1 << 12)
  length = 0

  add(bytes: Uint8Array, from: number, to: number): void {
    if (this.length + to - from > this.bytes.length) this.#widen(to - from)
    for (let i = from; i < to; i++) this.bytes[this.length++] = bytes[i] as number
  }

  endsWith(bytes: Uint8Array): boolean {
    const start = this.length - bytes.length
    return start >= 0 && bytes.every((byte, i) => this.bytes[start + i] === byte)
  }

  #widen(more: number): void {
    const wider = new Uint8Array(2 * (this.length + more))
    wider.set(this.bytes.subarray(0, this.length))
    this.bytes = wider
  }
}

function normalize(text: Uint8Array, rules: Rules): Uint8Array {
  const { model, writer } = rules
  writer.length = 0
  let at = model.removesExtraBlanks ? behindBlanks(text, rules) : 0
  if (at === text.length) return writer.bytes.subarray(0, 0)
  const blank = model.escapesBlanks ? BLANK_MARK : BLANK_BYTES
  if (!model.blanksAsSuffix && model.addsDummyPrefix) writer.add(blank, 0, blank.length)
  let isBehindBlank = model.removesExtraBlanks
  while (at < text.length) {
    const { bytes, start, end, length } = prefixAt(text, at, rules)
    let from = start
    while (isBehindBlank && from < end && bytes[from] === BLANK) from++
    if (from < end) {
      write(bytes, { from, to: end, blank, writer })
      isBehindBlank = bytes[end - 1] === BLANK
    }
    at += length
    if (!model.removesExtraBlanks) isBehindBlank = false
  }
  if (model.removesExtraBlanks) while (writer.endsWith(blank)) writer.length -= blank.length
  if (model.blanksAsSuffix && model.addsDummyPrefix) writer.add(blank, 0, blank.length)
  return writer.bytes.subarray(0, writer.length)
}

function behindBlanks(text: Uint8Array, rules: Rules): number {
  let at = 0
  while (at < text.length) {
    const { bytes, start, end, length } = prefixAt(text, at, rules)
    if (end - start !== 1 || bytes[start] !== BLANK) break
    at += length
  }
  return at
}

interface Writing {
  from: number
  to: number
  blank: Uint8Array
  writer: Writer
}

function write(bytes: Uint8Array, { from, to, blank, writer }: Writing): void {
  for (let i = from; i < to; i++) {
    if (bytes[i] === BLANK) writer.add(blank, 0, blank.length)
    else writer.add(bytes, i, i + 1)
  }
}

/** The prefix of what is left of a text, as it becomes: used again by the next call. */
const prefix = { bytes: new Uint8Array(0), start: 0, end: 0, length: 0 }

/** What the text becomes at a place: a symbol of the user, what a rule says, or the character itself. */
function prefixAt(text: Uint8Array, at: number, { charsmap, symbols }: Rules): typeof prefix {
  const symbol = symbols ? longestAt(symbols, text, at) : 0
  const matched = symbol === 0 && charsmap ? charsmap.match(text, at) : 0
  if (matched > 0 && charsmap) {
    prefix.bytes = charsmap.substitute() as Uint8Array<ArrayBuffer>
    prefix.start = 0
    prefix.end = prefix.bytes.length
    prefix.length = matched
    return prefix
  }
  prefix.bytes = text as Uint8Array<ArrayBuffer>
  prefix.start = at
  prefix.length = symbol > 0 ? symbol : Math.min(characterLength(text[at] as number), text.length - at)
  prefix.end = at + prefix.length
  return prefix
}

/** Bytes of the character that begins with this one, in UTF-8. */
export function characterLength(byte: number): number {
  return byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
}

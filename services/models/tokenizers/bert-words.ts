import type { Members } from './json-members.ts'
import { YOUNGER } from './unicode-8.ts'

/** How BERT makes a text plain before it is cut into words. */
export interface BertNormalization {
  cleansText: boolean
  partsChinese: boolean
  stripsAccents: boolean
  lowers: boolean
}

/** Of a normaliser's members; accents go with capitals where nothing else is said. */
export function bertNormalization(step: Members): BertNormalization {
  const lowers = step.lowercase !== false
  return {
    cleansText: step.clean_text !== false,
    partsChinese: step.handle_chinese_chars !== false,
    stripsAccents: typeof step.strip_accents === 'boolean' ? step.strip_accents : lowers,
    lowers,
  }
}

/** Classes of UTF-16 units: part of a word, blank, a word of its own. */
const PART = 0
const BLANK = 1
const APART = 2

const WHITE = /^\p{White_Space}$/u
/** What cleaning takes away: controls, formats, private use; blanks among them are those of a line only. */
const REMOVED = /^(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u{0}\u{fffd}]$/u
/** Punctuation of Unicode 8, and all of ASCII that is no letter or digit. */
const PUNCTUATION = /^[\p{P}$+<=>^`|~\u{166d}]$/u
/** A word of these is plain already but for its case, however long it is. */
const ASCII = /^[0-9A-Za-z]+$/
const MARKS = /\p{Mn}/gu

const isRemoved = (character: string) => REMOVED.test(character) && !YOUNGER.test(character)
const isPunctuation = (character: string) => PUNCTUATION.test(character) && !YOUNGER.test(character)

/** Blocks of Chinese characters, of each the first and the last, as the tokenizer has them. */
const CHINESE: [first: number, last: number][] = [
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xf900, 0xfaff],
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b73f],
  [0x2b740, 0x2b81f],
  [0x2b920, 0x2ceaf],
  [0x2f800, 0x2fa1f],
]

function isChinese(code: number): boolean {
  return code >= 0x3400 && CHINESE.some(([first, last]) => code >= first && code <= last)
}

/** Cuts texts as BERT does: at blanks, and around punctuation and Chinese characters. */
export interface WordCutter {
  /** Takes word by word as it is written; false from `take` ends it. */
  each(text: string, take: (text: string, start: number, end: number) => boolean): void
  /** A word as it is written made plain: there may be none in it, or several. */
  plainWords(word: string): string[]
}

/** The cutter of a normalisation; making one looks at all UTF-16 units once. */
export function wordCutter(how: BertNormalization): WordCutter {
  const classes = classesFor(how)
  return {
    each(text, take) {
      let start = 0
      for (let i = 0; i < text.length; i++) {
        const found = classes[text.charCodeAt(i)] as number
        if (found === PART) continue
        if (i > start && !take(text, start, i)) return
        if (found === APART && !take(text, i, i + 1)) return
        start = i + 1
      }
      if (start < text.length) take(text, start, text.length)
    },
    plainWords: (word) => (ASCII.test(word) ? [how.lowers ? word.toLowerCase() : word] : partsOf(plain(word, how))),
  }
}

function classesFor({ cleansText, partsChinese }: BertNormalization): Uint8Array {
  const classes = new Uint8Array(1 << 16)
  for (let unit = 0; unit < classes.length; unit++) {
    const character = String.fromCharCode(unit)
    if (cleansText && isRemoved(character)) continue
    if (WHITE.test(character)) classes[unit] = BLANK
    else if (isPunctuation(character) || (partsChinese && isChinese(unit))) classes[unit] = APART
  }
  return classes
}

function plain(word: string, { cleansText, partsChinese, stripsAccents, lowers }: BertNormalization): string {
  let cleaned = ''
  for (const character of word) {
    if (cleansText && isRemoved(character)) continue
    const parts = partsChinese && isChinese(character.codePointAt(0) ?? 0)
    cleaned += parts ? ` ${character} ` : character
  }
  const bare = stripsAccents
    ? cleaned.normalize('NFD').replace(MARKS, (mark) => (YOUNGER.test(mark) ? mark : ''))
    : cleaned
  // By character, because a sigma at the end of a word is no other letter there.
  return lowers ? Array.from(bare, (character) => character.toLowerCase()).join('') : bare
}

function partsOf(text: string): string[] {
  const parts: string[] = []
  let part = ''
  const end = () => {
    if (part !== '') parts.push(part)
    part = ''
  }
  for (const character of text) {
    const isApart = isPunctuation(character)
    if (isApart || WHITE.test(character)) end()
    if (isApart) parts.push(character)
    else if (!WHITE.test(character)) part += character
  }
  end()
  return parts
}

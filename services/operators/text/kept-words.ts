import { CLASSES, IS_SPECIAL, IS_SURROGATE } from './character-classes.ts'

const TAB = 0x09
const LINE_FEED = 0x0a
const BLANK = 0x20

/** A word of a text: its place, and how many surrogate pairs are in it. */
export interface Word {
  start: number
  end: number
  pairs: number
}

/** What was kept so far: `made`, and then the text from `from` to `to` as it stands. */
interface Kept {
  made: string
  from: number
  to: number
}

/**
 * The text with only those words that `keep` likes. Words are parted by line feeds, tabs and blanks; those that stay are
 * joined by one separator, the strongest of those between them. The same string when that changes nothing. `keep` is given
 * the same object each time.
 */
export function keepWords(text: string, keep: (word: Word) => boolean): string {
  const kept: Kept = { made: '', from: 0, to: 0 }
  const word: Word = { start: 0, end: 0, pairs: 0 }
  let separator = 0
  for (let i = 0; i < text.length; ) {
    const unit = text.charCodeAt(i)
    if (unit <= BLANK && isSeparator(unit)) {
      separator = Math.max(separator, strength(unit))
      i++
      continue
    }
    i = readWord(text, i, word)
    if (!keep(word)) continue
    addWord(text, word, { kept, separator })
    separator = 0
  }
  return kept.made === '' && kept.to - kept.from === text.length ? text : kept.made + text.slice(kept.from, kept.to)
}

function isSeparator(unit: number): boolean {
  return unit === BLANK || unit === LINE_FEED || unit === TAB
}

function strength(unit: number): number {
  if (unit === LINE_FEED) return 3
  return unit === TAB ? 2 : 1
}

/** Sets `word` to the one that begins at `start`; gives its end. */
function readWord(text: string, start: number, word: Word): number {
  let pairs = 0
  let before = 0
  let i = start
  for (; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit <= BLANK && isSeparator(unit)) break
    if ((unit & 0xfc00) === 0xdc00 && (before & 0xfc00) === 0xd800) pairs++
    before = unit
  }
  word.start = start
  word.end = i
  word.pairs = pairs
  return i
}

/** Takes a word in: as part of the run before it when the text has just the separator that is wanted there. */
function addWord(text: string, { start, end }: Word, { kept, separator }: { kept: Kept; separator: number }): void {
  const first = kept.to === 0
  if (!first && start - kept.to === 1) {
    kept.to = end
    return
  }
  if (!first) kept.made += text.slice(kept.from, kept.to) + '\0 \t\n'.charAt(separator)
  kept.from = start
  kept.to = end
}

/** The place of a word without the special characters at both its ends; empty when it has no others. */
export function stripSpecial(text: string, { start, end }: Word): { start: number; end: number } {
  let from = start
  let to = end
  while (from < to) {
    const width = specialWidth(text, from)
    if (width === 0) break
    from += width
  }
  while (to > from) {
    const isPair = to - from > 1 && isLow(text.charCodeAt(to - 1)) && isHigh(text.charCodeAt(to - 2))
    const width = specialWidth(text, isPair ? to - 2 : to - 1)
    if (width === 0) break
    to -= width
  }
  return { start: from, end: to }
}

/** How many units the special character at `index` has; 0 when what is there is not special. */
function specialWidth(text: string, index: number): number {
  const unit = text.charCodeAt(index)
  const classes = CLASSES[unit] as number
  if (!(classes & IS_SURROGATE)) return classes & IS_SPECIAL ? 1 : 0
  const point = text.codePointAt(index) ?? unit
  return point > 0xffff && (CLASSES[point] as number) & IS_SPECIAL ? 2 : 0
}

function isHigh(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800
}

function isLow(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00
}

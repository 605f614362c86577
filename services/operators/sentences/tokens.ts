import { CLASSES, IS_SPACE } from '../text/character-classes.ts'

/** What a unit is for Punkt, as bits. */
export const SPACE = 1
/** What Python's `string.whitespace` has. */
export const ASCII_SPACE = 2
/** `.`, `?` and `!`. */
export const SENTENCE_END = 4
/** Cannot be within a token; a full stop before one is looked at. */
export const NO_WORD = 8
/** Cannot begin a word, and so is a token of its own. */
const NO_START = 16
/** Begins a token of several characters, perhaps: a hyphen or a full stop. */
const MULTIPLE = 32
const COMMA = 64
/** Closes what was opened within a sentence, and belongs to it. */
export const CLOSER = 128

const HYPHEN = 0x2d
const FULL_STOP = 0x2e
const LINE_FEED = 0x0a

/** The kind of every unit; 0 for those within words. */
export const KINDS = buildKinds()

function buildKinds(): Uint8Array {
  const kinds = new Uint8Array(0x10000)
  const mark = (characters: string, bit: number) => {
    for (const character of characters) kinds[character.charCodeAt(0)] = (kinds[character.charCodeAt(0)] ?? 0) | bit
  }
  for (let unit = 0; unit < kinds.length; unit++) if ((CLASSES[unit] as number) & IS_SPACE) kinds[unit] = SPACE
  mark(' \t\n\r\x0b\x0c', ASCII_SPACE)
  mark('.?!', SENTENCE_END)
  mark(')";}]*:@\'({[‘’“”«»?!', NO_WORD)
  mark('("`{[:;&#*@)}]-,', NO_START)
  mark('-.', MULTIPLE)
  mark(',', COMMA)
  mark('"\')]}‘’“”«»', CLOSER)
  return kinds
}

/** Where the token that begins at `start` ends; `end` is that of all that is looked at. There must be no blank at `start`. */
export function tokenEnd(text: string, start: number, end: number): number {
  const kind = KINDS[text.charCodeAt(start)] as number
  const multiple = kind & MULTIPLE ? multipleEnd(text, start, end) : start
  if (multiple > start) return multiple
  let at = start + 1
  if (kind & NO_START) return at
  while (at < end && !endsWord(text, at, end)) at++
  return at
}

/** Whether a word cannot go on at this place. */
function endsWord(text: string, at: number, end: number): boolean {
  const kind = KINDS[text.charCodeAt(at)] as number
  if (kind === 0) return false
  if (kind & (SPACE | NO_WORD)) return true
  if (kind & MULTIPLE) return multipleEnd(text, at, end) > at
  return (kind & COMMA) !== 0 && endsAfterComma(text, at + 1, end)
}

function endsAfterComma(text: string, at: number, end: number): boolean {
  if (at >= end) return true
  const kind = KINDS[text.charCodeAt(at)] as number
  return (kind & (SPACE | NO_WORD)) !== 0 || ((kind & MULTIPLE) !== 0 && multipleEnd(text, at, end) > at)
}

/**
 * Where two or more hyphens, two or more full stops, or three or more full stops with one blank between each two end that
 * begin at `start`; `start` itself when there are none. Tokens are within lines, so that a line feed is no such blank.
 */
function multipleEnd(text: string, start: number, end: number): number {
  const unit = text.charCodeAt(start)
  if (unit !== HYPHEN && unit !== FULL_STOP) return start
  let at = start + 1
  while (at < end && text.charCodeAt(at) === unit) at++
  if (at > start + 1) return at
  return unit === FULL_STOP ? spacedEnd(text, start, end) : start
}

function spacedEnd(text: string, start: number, end: number): number {
  let at = start
  while (at + 2 < end && isInnerSpace(text.charCodeAt(at + 1)) && text.charCodeAt(at + 2) === FULL_STOP) at += 2
  return at - start >= 4 ? at + 1 : start
}

function isInnerSpace(unit: number): boolean {
  return unit !== LINE_FEED && ((KINDS[unit] as number) & SPACE) !== 0
}

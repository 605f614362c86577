import { BADNESS_TRAITS } from './badness.ts'
import { PLAIN_FORMS } from './plain-forms.ts'
import type { NormalizationForm } from './unicode-14.ts'

/*
 * What the repair must know of each UTF-16 unit, in one table, so that one look tells most texts to be clean.
 * The low bits are the traits of badness.ts.
 */
export const AMPERSAND = 0x80
/** Has a plain form. */
export const PLAINER = 0x100
export const CONTROL = 0x200
/** Normalization may change it, or what stands before it. */
export const NORMALIZED = 0x400
export const SURROGATE = 0x800
export const ESCAPE = 0x1000
/** Has a plain form that can be part of nothing that a later step looks for: the line needs no second look. */
export const SETTLES = 0x2000

/** Ends of the large blocks that no form changes, or that are looked at in pairs: CJK ideographs, surrogates, private use. */
const INERT_BLOCKS = [
  [0x00, 0x7f],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xd800, 0xf8ff],
] as const
/** Medial and final jamo, which compose with what stands before them; everything else that does is a mark. */
const JAMO = /[\u1161-\u1175\u11a8-\u11c2]/
const MARK = /\p{M}/u

/** Control characters that have no place in a text (ftfy 6.3.1, CONTROL_CHARS), as the body of a character class. */
export const CONTROL_CHARACTERS = '\\0-\\x08\\x0b\\x0e-\\x1f\\x7f\\u206a-\\u206f\\ufeff\\ufff9-\\ufffc'
const IS_CONTROL = new RegExp(`[${CONTROL_CHARACTERS}]`)

/**
 * One ASCII character that is in no character reference and no terminal escape. The rules of badness that it can be in have an
 * Â, an Ã or a suspicious pair besides, which is found without it; a blank makes the one exception, and is looked at in its place.
 */
const SETTLING = /^[^\0-\x09\x0b-\x1f0-9A-Za-z&#;[\x7f-\uffff]$/

const tables = new Map<NormalizationForm, Uint16Array>()

function isChangedBy(character: string, form: NormalizationForm): boolean {
  return character.normalize(form) !== character || MARK.test(character) || JAMO.test(character)
}

function addNormalized(table: Uint16Array, form: NormalizationForm): void {
  const ends = new Map<number, number>(INERT_BLOCKS)
  for (let unit = 0; unit < 0x10000; unit++) {
    const end = ends.get(unit)
    if (end !== undefined) unit = end
    else if (isChangedBy(String.fromCharCode(unit), form)) table[unit] = (table[unit] ?? 0) | NORMALIZED
  }
}

function makeTraits(form: NormalizationForm): Uint16Array {
  const table = Uint16Array.from(BADNESS_TRAITS)
  const add = (unit: number, trait: number) => {
    table[unit] = (table[unit] ?? 0) | trait
  }
  addNormalized(table, form)
  for (const [character, plain] of PLAIN_FORMS) {
    const unit = character.charCodeAt(0)
    const changes = [...plain].some((part) => isChangedBy(part, form))
    table[unit] = BADNESS_TRAITS[unit] ?? 0
    add(unit, PLAINER | (changes ? NORMALIZED : 0) | (SETTLING.test(plain) ? SETTLES : 0))
  }
  for (let unit = 0; unit < 0x10000; unit++) if (IS_CONTROL.test(String.fromCharCode(unit))) add(unit, CONTROL)
  for (let unit = 0xd800; unit < 0xe000; unit++) add(unit, SURROGATE)
  add(0x26, AMPERSAND)
  add(0x1b, ESCAPE)
  return table
}

/** The traits of each UTF-16 unit when texts are normalized to `form`. Made once for each form. */
export function traitsFor(form: NormalizationForm): Uint16Array {
  const known = tables.get(form) ?? makeTraits(form)
  tables.set(form, known)
  return known
}

/** Whether normalization may change a code point above U+FFFF; said of more than it is true of. */
export function isAstralNormalized(codePoint: number): boolean {
  const isPictograph = codePoint >= 0x1f300 && codePoint <= 0x1faff
  const isIdeograph = (codePoint >= 0x20000 && codePoint < 0x2f800) || codePoint >= 0x30000
  return !isPictograph && !isIdeograph
}

import {
  AHOM_CONSONANT_SIGN_MEDIAL_RA,
  CLASSES,
  classesOf,
  IS_SPACE,
  IS_UNSTEADY,
  LATIN_LETTER_PHARYNGEAL_VOICED_FRICATIVE,
} from './character-classes.ts'

/**
 * `str.lower()` of Python 3.11, whose Unicode is 14. JavaScript's Unicode is newer, so characters that version 14 does not
 * know are set aside before the work and put back after it.
 */
export function lower(value: string): string {
  const unsteady = unsteadyPlaces(value)
  if (unsteady.length === 0) return value.toLowerCase()
  return restore(value, standIns(value, unsteady).toLowerCase(), unsteady)
}

/** Where characters begin that JavaScript must not see. */
function unsteadyPlaces(value: string): number[] {
  const places: number[] = []
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i)
    if ((unit & 0xfc00) === 0xd800) {
      const point = value.codePointAt(i) ?? 0
      if ((CLASSES[point] as number) & IS_UNSTEADY) places.push(i)
      if (point > 0xffff) i++
    } else if ((CLASSES[unit] as number) & IS_UNSTEADY) places.push(i)
  }
  return places
}

/** The value with every such character replaced by a steady one of the same width that final sigma takes the same way. */
function standIns(value: string, places: number[]): string {
  let made = ''
  let from = 0
  for (const place of places) {
    const point = value.codePointAt(place) ?? 0
    made += value.slice(from, place) + standIn(point)
    from = place + widthOf(point)
  }
  return made + value.slice(from)
}

function standIn(point: number): string {
  if (point === LATIN_LETTER_PHARYNGEAL_VOICED_FRICATIVE) return 'ß'
  if (point === AHOM_CONSONANT_SIGN_MEDIAL_RA) return '\u{1d167}'
  return point > 0xffff ? '\u{20000}' : '一'
}

/** Puts the characters back. Lower case keeps every width but that of İ, which becomes two units. */
function restore(value: string, lowered: string, places: number[]): string {
  let made = ''
  let from = 0
  let shift = 0
  let seen = 0
  for (const place of places) {
    for (let i = value.indexOf('İ', seen); i >= 0 && i < place; i = value.indexOf('İ', i + 1)) shift++
    seen = place
    const width = widthOf(value.codePointAt(place) ?? 0)
    made += lowered.slice(from, place + shift) + value.slice(place, place + width)
    from = place + shift + width
  }
  return made + lowered.slice(from)
}

function widthOf(point: number): number {
  return point > 0xffff ? 2 : 1
}

/** `str.strip()`: without the blanks at both ends, as Python knows blanks. The same string when there are none. */
export function strip(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isSpace(text.charCodeAt(start))) start++
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

/** All of Python's blanks are single code units. */
function isSpace(unit: number): boolean {
  return (classesOf(unit) & IS_SPACE) !== 0
}

/** `len()` of a part of a text: a surrogate pair is one character. */
export function characterCount(text: string, start: number, end: number): number {
  let count = end - start
  for (let i = start + 1; i < end; i++) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xdc00 && (text.charCodeAt(i - 1) & 0xfc00) === 0xd800) count--
  }
  return count
}

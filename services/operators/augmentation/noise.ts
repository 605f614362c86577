import { pointCount } from '../python/code-points.ts'
import { strip } from '../text/python-strings.ts'
import type { Draws } from './draws.ts'
import { tokensOf } from './word-tokens.ts'

/** What noise is laid on: a text without blanks at its ends, and its tokens. */
export interface Original {
  text: string
  tokens: readonly string[]
}

/** Makes another text of one; draws at random. The original is not blank. */
export type Noise = (original: Original, draws: Draws) => string

/** Three tenths of the tokens or characters are changed, but never more than ten. */
const SHARE = 0.3
const MOST = 10

/** The text as noise takes it. */
export function originalOf(text: string): Original {
  const stripped = strip(text)
  return { text: stripped, tokens: tokensOf(stripped) }
}

/** Lays noise on a text; one of blanks only becomes the empty text. */
export function withNoise(noise: Noise, original: Original, draws: Draws): string {
  return original.text === '' ? '' : noise(original, draws)
}

/** Draws which of the candidates are changed: a share of all that there is, at least `fewest`, as far as there are candidates. */
export function drawPlaces(candidates: readonly number[], all: number, { draws, fewest = 1 }: PlaceOptions): number[] {
  const wanted = Math.min(Math.max(Math.ceil(SHARE * all), fewest), MOST)
  return draws.sample(candidates, Math.min(wanted, candidates.length))
}

export interface PlaceOptions {
  draws: Draws
  fewest?: number
}

/** The places for which something holds. */
export function placesWhere(items: readonly string[], holds: (item: string) => boolean): number[] {
  const places: number[] = []
  for (let i = 0; i < items.length; i++) if (holds(items[i] as string)) places.push(i)
  return places
}

/** Whether a token has at least this many characters. */
export function isAsLongAs(token: string, characters: number): boolean {
  if (token.length < characters) return false
  return token.length >= 2 * characters || pointCount(token) >= characters
}

/** Numbers from the highest to the lowest. */
export function descending(numbers: readonly number[]): number[] {
  return numbers.toSorted((a, b) => b - a)
}

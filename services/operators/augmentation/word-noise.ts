import { firstPoints, pointCount } from '../python/code-points.ts'
import { lower } from '../text/python-strings.ts'
import type { Draws } from './draws.ts'
import { capitalize, wordCase } from './letter-case.ts'
import type { Misspellings } from './misspellings.ts'
import { descending, drawPlaces, isAsLongAs, type Noise, placesWhere } from './noise.ts'
import { joinedTokens } from './word-tokens.ts'

/** Marks that word noise leaves alone: `string.punctuation`. */
const MARK = /^[!-/:-@[-`{-~]$/
/** Shorter words are not split. */
const SPLIT_FROM = 4

/** Takes words away. A token that the first one is taken from comes back, with its capital. */
export const deleteWords: Noise = ({ text, tokens }, draws) => {
  const places = drawPlaces(placesWhere(tokens, isNoMark), tokens.length, { draws })
  if (places.length === 0 || tokens.length < 2) return text
  const made = [...tokens]
  for (const place of places) made[place] = ''
  if (places.includes(0)) made[1] = inCaseOf(tokenAt(tokens, 0), tokenAt(tokens, 1))
  return joinedTokens(made)
}

/** Lets words change places with a neighbour, which may be a mark. */
export const swapWords: Noise = ({ text, tokens }, draws) => {
  const places = drawPlaces(placesWhere(tokens, isNoMark), tokens.length, { draws })
  if (places.length === 0 || tokens.length < 2) return text
  const made = [...tokens]
  for (const place of places) swap(made, place, neighbour(place, tokens.length, draws))
  return joinedTokens(made)
}

/** Cuts words in two. */
export const splitWords: Noise = ({ text, tokens }, draws) => {
  const places = drawPlaces(
    placesWhere(tokens, (token) => isAsLongAs(token, SPLIT_FROM)),
    tokens.length,
    { draws },
  )
  if (places.length === 0) return text
  const made = [...tokens]
  for (const place of descending(places)) {
    const word = tokenAt(tokens, place)
    const head = firstPoints(word, draws.within(1, pointCount(word) - 2))
    made.splice(place, 1, head, word.slice(head.length))
  }
  return joinedTokens(made)
}

/** Misspells words that are on the list, in one direction or the other. */
export function misspellWords(misspellings: Misspellings): Noise {
  return ({ text, tokens }, draws) => {
    const known = placesWhere(tokens, (token) => isNoMark(token) && misspellings.has(token))
    const places = drawPlaces(known, tokens.length, { draws })
    if (places.length === 0) return text
    const made = [...tokens]
    for (const place of descending(places).reverse()) {
      const word = tokenAt(tokens, place)
      const written = draws.one(misspellings.get(word) ?? [])
      made[place] = place === 0 ? inCaseOf(word, written) : written
    }
    return joinedTokens(made)
  }
}

function isNoMark(token: string): boolean {
  return !MARK.test(token)
}

function tokenAt(tokens: readonly string[], place: number): string {
  return tokens[place] ?? ''
}

/** Which neighbour a place swaps with, in a row of that many. */
export function neighbour(place: number, count: number, draws: Draws): number {
  if (place === 0) return 1
  if (place === count - 1) return place - 1
  return place + draws.one([-1, 1])
}

function swap(tokens: string[], place: number, other: number): void {
  const [moved, met] = [tokenAt(tokens, place), tokenAt(tokens, other)]
  if (place !== 0 && other !== 0) {
    tokens[place] = met
    tokens[other] = moved
    return
  }
  if (place === 0) swapFirst(tokens, moved, met)
  else swapWithFirst(tokens, place, moved, met)
  for (const at of [place, other]) if (tokens[at] === 'i') tokens[at] = 'I'
}

/** The first word goes to the second place, and gives its capital to the one that comes. */
function swapFirst(tokens: string[], moved: string, met: string): void {
  const isCapital = wordCase(moved) === 'capitalize'
  tokens[0] = isCapital && wordCase(met) === 'lower' ? capitalize(met) : met
  tokens[1] = isCapital ? lower(moved) : moved
}

/** The second word goes to the first place, and gets a capital whatever the first one had. */
function swapWithFirst(tokens: string[], place: number, moved: string, met: string): void {
  tokens[0] = wordCase(moved) === 'lower' ? capitalize(moved) : moved
  tokens[place] = wordCase(met) === 'capitalize' ? lower(met) : met
}

/** A small word with the capital of the one whose place it takes. */
function inCaseOf(former: string, word: string): string {
  return wordCase(former) === 'capitalize' && wordCase(word) === 'lower' ? capitalize(word) : word
}

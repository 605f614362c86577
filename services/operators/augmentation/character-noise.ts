import { lower } from '../text/python-strings.ts'
import type { Confusions } from './confusions.ts'
import type { Draws } from './draws.ts'
import { isUpper, upper } from './letter-case.ts'
import { descending, drawPlaces, isAsLongAs, type Noise, placesWhere } from './noise.ts'
import { neighbour } from './word-noise.ts'
import { joinedTokens } from './word-tokens.ts'

/** What may be put between characters. */
const INSERTED = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*()_+']
/** Shorter tokens are left alone. */
const SHORTEST = 4

interface ConfusionOptions {
  /** Shorter tokens are left alone. */
  shortest: number
  /** At least so many characters of a token are changed, as far as they are on the list. */
  fewest: number
}

/** Replaces characters by such as they are confused with. */
export function confuseCharacters(confusions: Confusions, { shortest, fewest }: ConfusionOptions): Noise {
  return inTokens(shortest, (characters, draws) => {
    const known = placesWhere(characters, (character) => confusions.has(character))
    for (const place of ascending(drawPlaces(known, characters.length, { draws, fewest }))) {
      characters[place] = draws.one(confusions.get(characters[place] ?? '') ?? [])
    }
  })
}

/** Takes characters away. */
export const deleteCharacters: Noise = inTokens(SHORTEST, (characters, draws) => {
  for (const place of anyPlaces(characters, draws)) characters[place] = ''
})

/** Puts a random letter, digit or sign before characters. */
export const insertCharacters: Noise = inTokens(SHORTEST, (characters, draws) => {
  for (const place of descending(anyPlaces(characters, draws))) characters.splice(place, 0, draws.one(INSERTED))
})

/** Lets characters change places with a neighbour; capitals stay where they are. */
export const swapCharacters: Noise = inTokens(SHORTEST, (characters, draws) => {
  for (const place of anyPlaces(characters, draws)) {
    swap(characters, place, neighbour(place, characters.length, draws))
    // nlpaug draws a character here and does not use it.
    draws.one(INSERTED)
  }
})

/** Changes the characters of drawn tokens, in the order of the text. */
function inTokens(shortest: number, change: (characters: string[], draws: Draws) => void): Noise {
  return ({ tokens }, draws) => {
    const made = [...tokens]
    const candidates = placesWhere(tokens, (token) => isAsLongAs(token, shortest))
    for (const place of ascending(drawPlaces(candidates, tokens.length, { draws }))) {
      const characters = [...(tokens[place] ?? '')]
      change(characters, draws)
      made[place] = characters.join('')
    }
    return joinedTokens(made)
  }
}

function ascending(places: readonly number[]): number[] {
  return places.toSorted((a, b) => a - b)
}

function anyPlaces(characters: readonly string[], draws: Draws): number[] {
  return drawPlaces([...characters.keys()], characters.length, { draws })
}

function swap(characters: string[], place: number, other: number): void {
  const [moved = '', met = ''] = [characters[place], characters[other]]
  characters[place] = isUpper(moved) ? upper(met) : lower(met)
  characters[other] = isUpper(met) ? upper(moved) : lower(moved)
}

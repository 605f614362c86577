import { strip } from '../text/python-strings.ts'
import type { Draws } from './draws.ts'

/** How likely each place is changed. */
export const RATE = 0.05
/** A method is tried this many times per copy that is wanted, the text counted as one, and once more. */
const TRIES = 2 / RATE

/** Gives one more random version of a text, which may be the same again. */
export type Attempt = (draws: Draws) => string

/** Looks at a text; null where no version of it can differ, so that none needs to be tried. */
export type Rewriting = (text: string) => Attempt | null

/** A part of a text that may be replaced by one of its choices, perhaps the part itself; or taken away when it has none. */
export interface Candidate {
  start: number
  end: number
  choices: readonly string[]
}

/**
 * The text without line feeds and blanks at its ends, and up to `copies` versions of it, all different. Draws again for what was
 * there already, but not forever.
 */
export function versionsOf(text: string, copies: number, { rewriting, draws }: RewritingOptions): string[] {
  const first = bare(text)
  const attempt = rewriting(first)
  if (!attempt) return [first]
  const versions = [first]
  const wanted = copies + 1
  for (let tried = 1; versions.length < wanted; tried++) {
    const version = attempt(draws)
    if (!versions.includes(version)) versions.push(version)
    if (tried > wanted * TRIES) break
  }
  return versions
}

let lastBare = { text: '', bare: '' }

/** Without line feeds and blanks at its ends; one text after another is asked of several methods. */
function bare(text: string): string {
  if (text !== lastBare.text) lastBare = { text, bare: strip(text.replaceAll('\n', '')) }
  return lastBare.bare
}

export interface RewritingOptions {
  rewriting: Rewriting
  draws: Draws
}

/** Replaces each candidate with the rate's probability. The text itself when none is replaced. */
export function replacing(text: string, candidates: readonly Candidate[]): Attempt {
  return (draws) => {
    let made = ''
    let from = 0
    for (const { start, end, choices } of candidates) {
      if (!draws.happens(RATE)) continue
      made += text.slice(from, start) + (choices.length === 0 ? '' : draws.one(choices))
      from = end
    }
    return from === 0 ? text : made + text.slice(from)
  }
}

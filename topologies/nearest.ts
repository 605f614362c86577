import { distance } from 'fastest-levenshtein'

/** Longer words are never compared: edit distance is quadratic, and nobody misspells a name of this length. */
const LONGEST_WORD = 200

/**
 * The candidate nearest to a word by Levenshtein distance, or undefined when none is near enough: at most one edit in three
 * characters. Case, dashes and spaces count for nothing, so `Clean-Email-Mapper` finds `clean_email_mapper`.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const plain = normalised(word)
  if (plain === '' || plain.length > LONGEST_WORD) return undefined
  let best: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const edits = distance(plain, normalised(candidate))
    if (edits >= least) continue
    best = candidate
    least = edits
  }
  return least <= Math.max(1, Math.floor(plain.length / 3)) ? best : undefined
}

/** `nearest` as a hint for a problem: `{ hint }`, or nothing. */
export function nearestHint(word: string, candidates: Iterable<string>): { hint?: string } {
  const found = nearest(word, candidates)
  return found === undefined ? {} : { hint: `Did you mean ${found}?` }
}

function normalised(word: string): string {
  return word.toLowerCase().replace(/[-\s]+/g, '_')
}

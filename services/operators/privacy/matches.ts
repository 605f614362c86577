/** A match: where it lies, and what its groups matched. */
export interface Match {
  start: number
  end: number
  groups: string[]
}

/** The first match that begins at `from` or behind it; null when there is none. */
export type Find = (text: string, from: number) => Match | null

/** Replaces every match from left to right; the same string when there is none. `replacement` gets the whole match and its groups. */
export function replaceMatches(text: string, find: Find, replacement: (match: string[]) => string): string {
  let made = ''
  let from = 0
  for (let match = find(text, 0); match; match = find(text, from)) {
    const { start, end, groups } = match
    made += text.slice(from, start) + replacement([text.slice(start, end), ...groups])
    from = end
  }
  return from === 0 ? text : made + text.slice(from)
}

/** Finds by a global expression for candidates, of which `end` says where they end, or -1 for none. */
export function findCandidates(candidates: RegExp, end: (text: string, match: RegExpExecArray) => number): Find {
  return (text, from) => {
    candidates.lastIndex = from
    for (let match = candidates.exec(text); match; match = candidates.exec(text)) {
      const stop = end(text, match)
      if (stop >= 0) return { start: match.index, end: stop, groups: match.slice(1).map((group) => group ?? '') }
      candidates.lastIndex = match.index + 1
    }
    return null
  }
}

/** A text, with the knowledge of what there is no more of. */
export interface Source {
  text: string
  find(character: string, from: number): number
  search(pattern: RegExp, from: number): { start: number; end: number } | null
}

/** A text to be read from front to back: once there is no more of something, it is not looked for again. */
export function sourceOf(text: string): Source {
  const last = new Map<string, number>()
  const none = new Set<RegExp>()
  return {
    text,
    find(character, from) {
      const end = last.get(character) ?? text.lastIndexOf(character)
      last.set(character, end)
      return from > end ? -1 : text.indexOf(character, from)
    },
    search(pattern, from) {
      if (none.has(pattern)) return null
      pattern.lastIndex = from
      const match = pattern.exec(text)
      if (match) return { start: match.index, end: pattern.lastIndex }
      none.add(pattern)
      return null
    },
  }
}

import { classesOf, IS_SPACE } from '../text/character-classes.ts'

/** A piece of LaTeX with what is known of its brackets, so that nothing is looked for twice. */
export interface Fragment {
  text: string
  /** By the character: from where it was looked for, and where it was found (the text's length when nowhere). */
  found: { [character: string]: { from: number; at: number } }
  /** For every opening brace where the one lies that closes it, or -1. Made when first asked for. */
  braces: Int32Array | null
}

/** An argument in braces: its content, and where the text goes on behind it. */
export interface Argument {
  content: string
  end: number
}

export function fragmentOf(text: string): Fragment {
  return { text, found: {}, braces: null }
}

/** The next place of a closing bracket or brace, or of a comma; -1 for none. */
export function next(fragment: Fragment, character: ']' | '}' | ',', from: number): number {
  const known = fragment.found[character]
  if (!known || from < known.from || from > known.at) {
    const at = fragment.text.indexOf(character, from)
    fragment.found[character] = { from, at: at < 0 ? fragment.text.length : at }
  }
  const at = fragment.found[character]?.at ?? fragment.text.length
  return at < fragment.text.length ? at : -1
}

/** Where an optional argument in brackets ends; the same place when there is none. */
export function skipOption(fragment: Fragment, at: number): number {
  if (fragment.text[at] !== '[') return at
  const close = next(fragment, ']', at)
  return close < 0 ? at : close + 1
}

/** The argument in braces that begins here, with all braces in it balanced; null for none. */
export function balanced(fragment: Fragment, at: number): Argument | null {
  if (fragment.text[at] !== '{') return null
  fragment.braces ??= bracesOf(fragment.text)
  const close = fragment.braces[at] ?? -1
  return close < 0 ? null : { content: fragment.text.slice(at + 1, close), end: close + 1 }
}

/** The argument that begins here and goes to the next closing brace; null for none, and for an empty one. */
export function flat(fragment: Fragment, at: number): Argument | null {
  if (fragment.text[at] !== '{') return null
  const close = next(fragment, '}', at)
  return close <= at + 1 ? null : { content: fragment.text.slice(at + 1, close), end: close + 1 }
}

/** Where white space ends that begins here, as the PyPI module regex knows it. */
export function skipSpace(text: string, at: number): number {
  let place = at
  while (isSpace(text.charCodeAt(place))) place++
  return place
}

/** `\s` of the module regex: Python's blanks without the four information separators. */
export function isSpace(unit: number): boolean {
  return (classesOf(unit) & IS_SPACE) !== 0 && (unit < 0x1c || unit > 0x1f)
}

function bracesOf(text: string): Int32Array {
  const braces = new Int32Array(text.length).fill(-1)
  const open: number[] = []
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === 0x7b) open.push(i)
    else if (unit === 0x7d) {
      const start = open.pop()
      if (start !== undefined) braces[start] = i
    }
  }
  return braces
}

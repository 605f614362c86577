import { Failure } from '../../../topologies/failure.ts'
import { translatePattern } from './python-pattern.ts'
import { strip } from './python-strings.ts'

const HIGH_SURROGATE = /[\ud800-\udbff]/

/** How long chunks may be, and how much of one the next repeats, in code points. */
export interface Limit {
  length: number
  overlap: number
}

/**
 * A pattern of Python's module re to split at. Throws Failure `parameters_invalid` for one that cannot be translated, and,
 * where its groups become chunks, for one with a group that Python remembers otherwise.
 */
export function splitter(pattern: string, groupsAreChunks: boolean): RegExp {
  const { regExp, groups } = translatePattern(pattern, 're')
  const unsteady = groups.findIndex((group) => group.unsteady) + 1
  if (groupsAreChunks && unsteady > 0) {
    throw new Failure(
      'parameters_invalid',
      `Group ${unsteady} of the pattern ${pattern} is repeated or looked for, and Python remembers it otherwise; write (?:…).`,
    )
  }
  return regExp
}

/** What lies between the matches, and what their groups matched, less what is blank: `re.split`. */
export function chunkBetween(text: string, pattern: RegExp): string[] {
  const chunks: string[] = []
  const add = (chunk: string | undefined) => {
    if (chunk !== undefined && strip(chunk) !== '') chunks.push(chunk)
  }
  let from = 0
  for (const match of text.matchAll(pattern)) {
    add(text.slice(from, match.index))
    for (let i = 1; i < match.length; i++) add(match[i])
    from = match.index + match[0].length
  }
  add(text.slice(from))
  return chunks
}

/** Windows of the given length that begin ever so much later; the last ones may be shorter, and lie within others. */
export function chunkByLength(text: string, { length, overlap }: Limit): string[] {
  if (text.length <= length) return [text]
  const ahead = stepper(text)
  if (ahead(0, length) >= text.length) return [text]
  const chunks: string[] = []
  for (let from = 0; from < text.length; from = ahead(from, length - overlap)) {
    chunks.push(text.slice(from, ahead(from, length)))
  }
  return chunks
}

/**
 * Cuts before the last match within the length, which is left out, or else at the length, where the next chunk begins with the
 * overlap. Blank chunks are left out, but never the last. Throws `operator_failed` for a pattern that never gets on.
 */
export function chunkByPattern(text: string, pattern: RegExp, { length, overlap }: Limit): string[] {
  if (text.length <= length) return [text]
  const ahead = stepper(text)
  const chunks: string[] = []
  let from = 0
  for (let end = ahead(from, length); end < text.length; end = ahead(from, length)) {
    const window = text.slice(from, end)
    const last = lastMatch(window, pattern)
    const chunk = last ? window.slice(0, last.start) : window
    if (strip(chunk) !== '') chunks.push(chunk)
    if (last?.end === 0) {
      throw new Failure('operator_failed', 'The pattern matches nothing at the start of what is left, for ever again.')
    }
    from = last ? from + last.end : ahead(from, length - overlap)
  }
  chunks.push(text.slice(from))
  return chunks
}

/** Where the last of all matches from left to right lies. */
function lastMatch(text: string, pattern: RegExp): { start: number; end: number } | null {
  let last: { start: number; end: number } | null = null
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const end = pattern.lastIndex
    last = { start: match.index, end }
    if (end === match.index) pattern.lastIndex += isPair(text, end) ? 2 : 1
  }
  return last
}

/** The place so many code points ahead of another, at most the end. */
function stepper(text: string): (from: number, count: number) => number {
  if (!HIGH_SURROGATE.test(text)) return (from, count) => Math.min(from + count, text.length)
  return (from, count) => {
    let at = from
    for (let i = 0; i < count && at < text.length; i++) at += isPair(text, at) ? 2 : 1
    return at
  }
}

function isPair(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00
}

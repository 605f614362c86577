import { endsSentence } from './decisions.ts'
import type { PunktParameters } from './parameters.ts'
import { ASCII_SPACE, CLOSER, KINDS, NO_WORD, SENTENCE_END, SPACE, tokenEnd } from './tokens.ts'

const FULL_STOP = 0x2e
const HYPHEN = 0x2d
const SENTENCE_ENDS = '.?!'

/** A place where a sentence may end. */
interface Candidate {
  /** Where the word before it begins. */
  start: number
  /** Place of the character that may end the sentence. */
  at: number
  /** Where the token behind it begins: right behind it, or after blanks. */
  next: number
}

/** A part of a text. */
interface Span {
  start: number
  end: number
}

/** The text with a line feed in place of the blanks between its sentences, by Punkt as NLTK 3.10 has it. */
export function splitSentences(text: string, parameters: PunktParameters): string {
  const spans = realigned(text, sentences(text, parameters))
  const [first] = spans
  if (spans.length === 1 && first?.start === 0 && first.end === text.length) return text
  return spans.map(({ start, end }) => text.slice(start, end)).join('\n')
}

/** The sentences, without the blanks between them. */
function sentences(text: string, parameters: PunktParameters): Span[] {
  const spans: Span[] = []
  let start = 0
  eachCandidate(text, (candidate) => {
    if (!isBoundary(text, candidate, parameters)) return
    spans.push({ start, end: candidate.at + 1 })
    start = candidate.next
  })
  spans.push({ start, end: lengthWithoutSpaces(text, 0, text.length) })
  return spans
}

/**
 * Visits the places where a sentence may end: a full stop, question or exclamation mark with blanks and something else
 * behind it, or with a character that cannot be within a word. Of those that share their word the last one counts.
 */
function eachCandidate(text: string, visit: (candidate: Candidate) => void): void {
  let held: Candidate | null = null
  const nextEnd = searchOfEnds(text)
  for (let at = nextEnd(0); at < text.length; at = nextEnd(at + 1)) {
    const next = nextToken(text, at)
    if (next < 0) continue
    const start = wordStart(text, at, held)
    if (held && held.at <= start) visit(held)
    held = { start, at, next }
  }
  if (held) visit(held)
}

/** Finds the next character that may end a sentence; the text's length for none. Each of them is looked for by itself, which V8 does at the speed of memory. */
function searchOfEnds(text: string): (from: number) => number {
  const places = [-1, -1, -1]
  return (from) => {
    let least = text.length
    for (let i = 0; i < places.length; i++) {
      let place = places[i] as number
      if (place < from) {
        const found = text.indexOf(SENTENCE_ENDS.charAt(i), from)
        place = found < 0 ? text.length : found
        places[i] = place
      }
      if (place < least) least = place
    }
    return least
  }
}

/** Where the word begins that the candidate at `at` ends, seen from the candidate before it. */
function wordStart(text: string, at: number, held: Candidate | null): number {
  // a blank at the very place where the last one ended is as good as none
  const least = held?.at ?? 0
  for (let i = at - 1; i > least; i--) if ((KINDS[text.charCodeAt(i)] as number) & ASCII_SPACE) return i + 1
  return held?.start ?? 0
}

/** Where the token behind a sentence end begins; -1 when there is none that makes it a candidate. */
function nextToken(text: string, at: number): number {
  let next = at + 1
  if (next >= text.length) return -1
  const kind = KINDS[text.charCodeAt(next)] as number
  if (kind & NO_WORD) return next
  if (!(kind & SPACE)) return -1
  while (next < text.length && (KINDS[text.charCodeAt(next)] as number) & SPACE) next++
  return next < text.length ? next : -1
}

/** Whether one of the tokens from the word before the candidate on, but for the last one, ends a sentence. */
function isBoundary(text: string, { start, at, next }: Candidate, parameters: PunktParameters): boolean {
  const end = next === at + 1 ? next + 1 : unspacedEnd(text, next)
  let before: Span | null = null
  for (let i = start; i < end; ) {
    if ((KINDS[text.charCodeAt(i)] as number) & SPACE) {
      i++
      continue
    }
    const token: Span = { start: i, end: tokenEnd(text, i, end) }
    if (before && isEnd(text, before, token, parameters)) return true
    before = token
    i = token.end
  }
  return false
}

function isEnd(text: string, before: Span, token: Span, parameters: PunktParameters): boolean {
  const last = text.charCodeAt(before.end - 1)
  if (!((KINDS[last] as number) & SENTENCE_END)) return false
  if (last !== FULL_STOP && before.end - before.start > 1) return false
  return endsSentence(text.slice(before.start, before.end), text.slice(token.start, token.end), parameters)
}

function unspacedEnd(text: string, start: number): number {
  let end = start
  while (end < text.length && !((KINDS[text.charCodeAt(end)] as number) & SPACE)) end++
  return end
}

/** Where a part of a text ends when blanks at its end are left out. */
function lengthWithoutSpaces(text: string, start: number, stop: number): number {
  let end = stop
  while (end > start && (KINDS[text.charCodeAt(end - 1)] as number) & SPACE) end--
  return end
}

/** Gives closing quotes and brackets at the beginning of a sentence to the one before it, and leaves out empty ones. */
function realigned(text: string, spans: Span[]): Span[] {
  const made: Span[] = []
  let moved = 0
  for (const [i, { start, end }] of spans.entries()) {
    const from = start + moved
    const next = spans[i + 1]
    const closed = next ? closersEnd(text, next) : -1
    moved = next && closed >= 0 ? closed - next.start : 0
    if (next && closed >= 0) made.push({ start: from, end: lengthWithoutSpaces(text, next.start, closed) })
    else if (end > from) made.push({ start: from, end })
  }
  return made
}

/** Where the closers at the beginning of a sentence, and the blanks behind them, end; -1 when they are part of a word. */
function closersEnd(text: string, { start, end }: Span): number {
  let at = start
  while (at < end && (KINDS[text.charCodeAt(at)] as number) & CLOSER) at++
  if (at === start) return -1
  if (at >= end || isDash(text, at, end)) return at
  if (!((KINDS[text.charCodeAt(at)] as number) & SPACE)) return -1
  while (at < end && (KINDS[text.charCodeAt(at)] as number) & SPACE) at++
  return at
}

function isDash(text: string, at: number, end: number): boolean {
  return at + 1 < end && text.charCodeAt(at) === HYPHEN && text.charCodeAt(at + 1) === HYPHEN
}

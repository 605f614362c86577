import { isEdge, isWordBefore } from './characters.ts'
import type { Find } from './matches.ts'

const BEGIN = '-----BEGIN '
const END = '-----END '
const DASHES = '-----'
const LABELS = asciiTable(/[A-Z0-9 -]/)
const TOKEN = asciiTable(/[A-Za-z0-9_=-]/)

function asciiTable(characters: RegExp): boolean[] {
  return Array.from({ length: 128 }, (_, code) => characters.test(String.fromCharCode(code)))
}

/**
 * A block of PEM: `-----BEGIN [A-Z0-9 -]+-----[\s\S]*?-----END [A-Z0-9 -]+-----`. A label may hold dashes itself, so the first one
 * reaches as far as an end can still follow. Without any end behind it no beginning is looked at twice.
 */
export const findPem: Find = (text, from) => {
  let start = text.indexOf(BEGIN, from)
  if (start < 0) return null
  const lastEnd = lastFooter(text, start)
  for (; start >= 0; start = text.indexOf(BEGIN, start + 1)) {
    const header = headerEnd(text, start + BEGIN.length, lastEnd)
    if (header === null) continue
    if (header > lastEnd) return null
    for (let foot = text.indexOf(END, header); foot >= 0; foot = text.indexOf(END, foot + 1)) {
      const end = labelEnd(text, foot + END.length)
      if (end >= 0) return { start, end, groups: [] }
    }
  }
  return null
}

/** Where the last end of a block begins; -1 for none. */
function lastFooter(text: string, from: number): number {
  for (let foot = text.lastIndexOf(END); foot >= from; foot = text.lastIndexOf(END, foot - 1)) {
    if (firstDashes(text, foot + END.length) >= 0) return foot
    if (foot === 0) break
  }
  return -1
}

/** Where a label's run ends. */
function runEnd(text: string, start: number, table: boolean[]): number {
  let end = start
  while (table[text.charCodeAt(end)]) end++
  return end
}

/** The first dashes behind one character or more of a label; -1 for none. */
function firstDashes(text: string, label: number): number {
  if (!LABELS[text.charCodeAt(label)]) return -1
  const dashes = text.indexOf(DASHES, label + 1)
  for (let at = label + 1; at < dashes; at++) if (!LABELS[text.charCodeAt(at)]) return -1
  return dashes
}

/** The end of the last dashes of a label that a footer can still follow; the first dashes' end when none can; null without dashes. */
function headerEnd(text: string, label: number, lastEnd: number): number | null {
  const first = firstDashes(text, label)
  if (first < 0) return null
  const stop = Math.min(runEnd(text, label, LABELS), lastEnd)
  const last = text.lastIndexOf(DASHES, stop - DASHES.length)
  return Math.max(last, first) + DASHES.length
}

/** The end of a footer whose label begins here, as far as it goes; -1 for none. */
function labelEnd(text: string, label: number): number {
  if (firstDashes(text, label) < 0) return -1
  return text.lastIndexOf(DASHES, runEnd(text, label, LABELS) - DASHES.length) + DASHES.length
}

/** A signed token: `\beyJ[A-Za-z0-9_=-]+\.[A-Za-z0-9_=-]+\.[A-Za-z0-9_=-]+\b`. All that begin in one run stand or fall together. */
export const findJwt: Find = (text, from) => {
  for (let start = text.indexOf('eyJ', from); start >= 0; ) {
    const isInWord = isWordBefore(text, start)
    const first = isInWord ? start + 3 : runEnd(text, start, TOKEN)
    const end = first > start + 3 ? tokenEnd(text, first) : -1
    if (end >= 0) return { start, end, groups: [] }
    start = text.indexOf('eyJ', first)
  }
  return null
}

/** The end of a token whose first part ends here; -1 for none. */
function tokenEnd(text: string, first: number): number {
  if (text[first] !== '.') return -1
  const second = runEnd(text, first + 1, TOKEN)
  if (second === first + 1 || text[second] !== '.') return -1
  let end = runEnd(text, second + 1, TOKEN)
  while (end > second + 1 && !isEdge(text, end)) end--
  return end > second + 1 ? end : -1
}

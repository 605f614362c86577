import { classBody } from '../text/python-classes.ts'
import { textOf } from './message-text.ts'
import type { Message } from './messages.ts'

const BLANK = `[${classBody('s', 're')}]`
/** Where a skill's file is named, in Python's idea of ignoring case: dotted and dotless i are one letter. */
const FILE = /[/\\]SK[iİı]LL\.MD/giu
const LETTER = /[a-zİı]/iu
const NAME = /[a-z0-9_İı]/iu
const CHECK = new RegExp(`Check${BLANK}+["']`, 'giu')
/** A heading that is a name in English letters, with at most one dot. */
const HEADING = new RegExp(`##${BLANK}+([a-zA-Z][a-zA-Z0-9_]*(?:\\.[a-zA-Z0-9_]+)?)${BLANK}*(?:\\n|$)`, 'gu')

/** The names of skills that messages speak of, each once: folders of SKILL.md, headings, and files that are to be checked. */
export function skillsOf(messages: Message[]): string[] {
  return [...new Set(messages.flatMap(({ content }) => skillsIn(textOf(content))))]
}

function skillsIn(text: string): string[] {
  const files = Array.from(text.matchAll(FILE), ({ index }) => index)
  return [...folders(text, files), ...headings(text), ...checked(text, files)]
}

function folders(text: string, files: number[]): string[] {
  return files.flatMap((file) => {
    const start = nameStart(text, file, 0)
    return /[/\\]/.test(text[start - 1] ?? '') && LETTER.test(text[start] ?? '') ? [text.slice(start, file)] : []
  })
}

function headings(text: string): string[] {
  return text.includes('##') ? Array.from(text.matchAll(HEADING), ([, name = '']) => name) : []
}

/** Of each line, the first file behind a `Check "`; between two such matches nothing is looked at twice. */
function checked(text: string, files: number[]): string[] {
  const names: string[] = []
  if (files.length === 0) return names
  let from = 0
  let next = 0
  for (const { 0: opening, index } of text.matchAll(CHECK)) {
    const quoted = index + opening.length
    if (index < from) continue
    while (next < files.length && (files[next] ?? 0) < quoted) next++
    const end = text.indexOf('\n', quoted)
    for (; next < files.length && (end < 0 || (files[next] ?? 0) < end); next++) {
      const file = files[next] ?? 0
      const start = text[file] === '/' ? firstLetter(text, nameStart(text, file, quoted), file) : file
      if (start === file) continue
      names.push(text.slice(start, file))
      from = file + '/SKILL.md'.length
      break
    }
  }
  return names
}

/** Where the letters, digits and low lines begin that end here, no earlier than `from`. */
function nameStart(text: string, end: number, from: number): number {
  let start = end
  while (start > from && NAME.test(text[start - 1] ?? '')) start--
  return start
}

function firstLetter(text: string, start: number, end: number): number {
  let at = start
  while (at < end && !LETTER.test(text[at] ?? '')) at++
  return at
}

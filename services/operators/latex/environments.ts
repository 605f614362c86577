import { type Fragment, fragmentOf, next } from './fragment.ts'

/** An environment of LaTeX: where it begins and ends in the text, and where its body begins and ends. */
export interface Environment {
  start: number
  bodyStart: number
  bodyEnd: number
  end: number
}

const STRIPPED =
  /\\begin\{((?:figure|table|tabular|equation|align|alignat|gather|multline|flalign|algorithm)\*?|wrapfigure|lstlisting|verbatim|minted)\}/g

/**
 * The environments whose names `begin` matches as its first group, one behind the other, each up to the nearest end of that
 * name. Arguments at the beginning, first in brackets and then in braces, are passed over as long as an end follows.
 */
export function environments(text: string, begin: RegExp): Environment[] {
  const fragment = fragmentOf(text)
  return walk(text, begin, (at, last) => {
    const starts = argumentEnds(fragment, at)
    return starts.findLast((start) => start <= last)
  })
}

/** The text without floats, displayed formulas, algorithms and listings. */
export function withoutDisplays(text: string): string {
  let made = ''
  let from = 0
  for (const { start, end } of walk(text, STRIPPED, (at) => at)) {
    made += text.slice(from, start)
    from = end
  }
  return from === 0 ? text : made + text.slice(from)
}

/** Where a body may begin; undefined for nowhere. `last` is the place of the last end of that name. */
type BodyStart = (at: number, last: number) => number | undefined

function walk(text: string, begin: RegExp, bodyStart: BodyStart): Environment[] {
  const found: Environment[] = []
  const lastEnds = new Map<string, number>()
  begin.lastIndex = 0
  for (let match = begin.exec(text); match; match = begin.exec(text)) {
    const ending = `\\end{${match[1]}}`
    const last = lastEnds.get(ending) ?? text.lastIndexOf(ending)
    lastEnds.set(ending, last)
    const start = last < begin.lastIndex ? undefined : bodyStart(begin.lastIndex, last)
    if (start === undefined) {
      begin.lastIndex = match.index + 1
      continue
    }
    const bodyEnd = text.indexOf(ending, start)
    begin.lastIndex = bodyEnd + ending.length
    found.push({ start: match.index, bodyStart: start, bodyEnd, end: begin.lastIndex })
  }
  return found
}

/** Behind none, one, two … of the arguments that stand here. */
function argumentEnds(fragment: Fragment, at: number): number[] {
  const ends = [at]
  for (const [open, close] of [
    ['[', ']'],
    ['{', '}'],
  ] as const) {
    for (let place = ends.at(-1) ?? at; fragment.text[place] === open; place = ends.at(-1) ?? at) {
      const end = next(fragment, close, place)
      if (end < 0) break
      ends.push(end + 1)
    }
  }
  return ends
}

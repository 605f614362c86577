import { isBlank, isEscaped, skipBlanks, skipString } from './members.ts'

/** Mends one kind of damage; gives the view back as it is where it finds none. A view is JSON with one character per byte. */
type Rule = (view: string, parse: Parser<unknown>) => string

/** What each rule mends. Their names are written into the documents they mended, in this order. */
export const REPAIRS: Record<string, Rule> = {
  bom: dropBom,
  nul_padding: dropNulPadding,
  control_characters: escapeControlCharacters,
  nan: replaceNaN,
  trailing_comma: dropTrailingCommas,
  truncated_escape: dropTruncatedEscapes,
  lone_backslash: dropLoneBackslash,
}

/** How many places of a lone backslash are tried. */
const ATTEMPTS = 8

/** A parser that gives null for what it cannot parse. */
type Parser<T> = (view: string) => T | null

/** Applies the rules in order until the line parses. Null when it never does. Only for lines that do not parse as they are. */
export function repair<T>(view: string, parse: Parser<T>): { parsed: T; repairs: string[] } | null {
  const repairs: string[] = []
  let mended = view
  for (const [name, rule] of Object.entries(REPAIRS)) {
    const next = rule(mended, parse)
    if (next === mended) continue
    mended = next
    repairs.push(name)
    const parsed = parse(mended)
    if (parsed !== null) return { parsed, repairs }
  }
  return null
}

/** A byte order mark at the start. */
function dropBom(view: string): string {
  let at = 0
  while (view.startsWith('\xef\xbb\xbf', at)) at += 3
  return view.slice(at)
}

/** Zero bytes before or behind the object, as a block device or a crash leaves them. */
function dropNulPadding(view: string): string {
  const padding = (code: number) => code === 0 || isBlank(code)
  let start = 0
  let end = view.length
  while (start < end && padding(view.charCodeAt(start))) start++
  while (end > start && padding(view.charCodeAt(end - 1))) end--
  const cut = view.slice(0, start) + view.slice(end)
  return cut.includes('\0') ? view.slice(start, end) : view
}

/** Raw control characters inside of strings: written as escapes. */
function escapeControlCharacters(view: string): string {
  return mapParts(view, {
    string: (part) => part.replace(/[\0-\x1f]/g, (character) => JSON.stringify(character).slice(1, -1)),
  })
}

/** Python's NaN, Infinity and -Infinity, which JSON does not have: null, as Data-Juicer writes them. */
function replaceNaN(view: string): string {
  return mapParts(view, { gap: (part) => part.replace(/(?<![\w.+-])(?:NaN|-?Infinity)(?![\w.])/g, 'null') })
}

/** A comma before a closing bracket. */
function dropTrailingCommas(view: string): string {
  return mapParts(view, { gap: (part) => part.replace(/,(?=[ \t\r\n]*[}\]])/g, '') })
}

/** An escape that a cut left unfinished before the closing quote, such as \u12. */
function dropTruncatedEscapes(view: string): string {
  return mapParts(view, {
    string(part) {
      const cut = /\\u[0-9a-fA-F]{0,3}"$/.exec(part)
      return cut && !isEscaped(part, cut.index) ? `${part.slice(0, cut.index)}"` : part
    },
  })
}

/** A backslash that a cut left before the closing quote: the first one without which the line parses. */
function dropLoneBackslash(view: string, parse: Parser<unknown>): string {
  let quote = view.indexOf('\\"')
  for (let attempts = 0; quote !== -1 && attempts < ATTEMPTS; quote = view.indexOf('\\"', quote + 2)) {
    const next = view[skipBlanks(view, quote + 2)]
    if (isEscaped(view, quote) || next === undefined || !',}]:'.includes(next)) continue
    const mended = view.slice(0, quote) + view.slice(quote + 1)
    if (parse(mended) !== null) return mended
    attempts++
  }
  return view
}

type Rewrite = (part: string) => string

/** Rewrites the strings of a view, quotes included, or what lies between them. */
function mapParts(view: string, rewrite: { string?: Rewrite; gap?: Rewrite }): string {
  const asItIs: Rewrite = (part) => part
  const { string = asItIs, gap = asItIs } = rewrite
  const parts: string[] = []
  let at = 0
  while (at < view.length) {
    const quote = view.indexOf('"', at)
    const open = quote === -1 ? view.length : quote
    const close = quote === -1 ? view.length : skipString(view, quote)
    parts.push(gap(view.slice(at, open)), string(view.slice(open, close)))
    at = close
  }
  return parts.join('')
}

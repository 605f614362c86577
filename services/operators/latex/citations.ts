import { type Fragment, fragmentOf, isSpace, next, skipSpace } from './fragment.ts'

/** A citation in a paragraph: where the braces stand around its list of labels. */
interface Citation {
  open: number
  close: number
}

/** What is looked for, and the numbers of the paragraphs in which it was found, by label. */
interface Search {
  found: Map<string, number[]>
  longest: number
  withComma: string[]
}

/**
 * The paragraphs that cite labels with these commands, by label, as numbers. A label counts where it is a whole entry of a list
 * that commas part; white space may stand around entries, but not before the first.
 */
export function citingParagraphs(paragraphs: string[], commands: string[], labels: string[]): Map<string, number[]> {
  const names = commands.map((command) => RegExp.escape(command.replace(/^\\+/, '')))
  const begin = new RegExp(`\\\\(?:${names.join('|')})(?=\\{)`, 'g')
  const wanted = labels.filter((label) => label !== '')
  const search: Search = {
    found: new Map(wanted.map((label) => [label, []])),
    longest: wanted.reduce((longest, label) => Math.max(longest, label.length), 0),
    withComma: wanted.filter((label) => label.includes(',')),
  }
  for (const [number, paragraph] of paragraphs.entries()) {
    const fragment = fragmentOf(paragraph)
    const citations = citationsIn(fragment, begin)
    for (const entry of entriesOf(fragment, citations, search.longest)) mark(search, entry, number)
    for (const label of search.withComma) if (isCited(label, paragraph, citations)) mark(search, label, number)
  }
  return search.found
}

function mark({ found }: Search, label: string, number: number): void {
  const numbers = found.get(label)
  if (numbers && numbers.at(-1) !== number) numbers.push(number)
}

function citationsIn(fragment: Fragment, begin: RegExp): Citation[] {
  const citations: Citation[] = []
  begin.lastIndex = 0
  for (let match = begin.exec(fragment.text); match; match = begin.exec(fragment.text)) {
    const open = begin.lastIndex
    const close = next(fragment, '}', open)
    if (close < 0) break
    citations.push({ open, close })
    begin.lastIndex = match.index + 1
  }
  return citations
}

/** The entries of all lists. Of a list that ends where the one before it ends, only the first entry is new. */
function* entriesOf(fragment: Fragment, citations: Citation[], longest: number): Generator<string> {
  let end = -1
  for (const { open, close } of citations) {
    let from = open + 1
    for (let entry = 0; from <= close; entry++) {
      if (entry > 0 && close === end) break
      const comma = next(fragment, ',', from)
      const to = comma < 0 || comma > close ? close : comma
      const trimmed = spaceBefore(fragment.text, to, from)
      if (trimmed - from <= longest) yield fragment.text.slice(from, trimmed)
      from = to === close ? close + 1 : skipSpace(fragment.text, to + 1)
    }
    end = close
  }
}

/** Where the white space begins that ends here. */
function spaceBefore(text: string, end: number, from: number): number {
  let start = end
  while (start > from && isSpace(text.charCodeAt(start - 1))) start--
  return start
}

/** Whether a label that itself holds commas is cited: at the beginning of a list or behind a comma, and before one or the end. */
function isCited(label: string, paragraph: string, citations: Citation[]): boolean {
  for (let at = paragraph.indexOf(label); at >= 0; at = paragraph.indexOf(label, at + 1)) {
    const behind = paragraph[skipSpace(paragraph, at + label.length)]
    if (behind !== ',' && behind !== '}') continue
    const before = spaceBefore(paragraph, at, 0) - 1
    const comma = paragraph[before] === ',' ? before : -1
    if (citations.some(({ open, close }) => at < close && (open + 1 === at || open < comma))) return true
  }
  return false
}

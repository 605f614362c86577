import { Failure } from '../../../topologies/failure.ts'
import { classBody } from '../text/python-classes.ts'
import type { Source } from './source.ts'

const BLANKS = `[${classBody('s', 're')}]*`
const NAME = new RegExp(`[a-zA-Z][-_.a-zA-Z0-9]*${BLANKS}`, 'uy')
const COMMENT_END = new RegExp(`--${BLANKS}>`, 'gu')
const SECTION_END = new RegExp(`\\]${BLANKS}\\]${BLANKS}>`, 'gu')
const OFFICE_SECTION_END = new RegExp(`\\]${BLANKS}>`, 'gu')
const SECTIONS = new Set(['temp', 'cdata', 'ignore', 'include', 'rcdata'])
const OFFICE_SECTIONS = new Set(['if', 'else', 'endif'])
const DOCTYPE = '<!doctype'

/** What begins with `<!` or `<?`: its kind, its content, and where the text goes on behind it. */
export interface Declaration {
  kind: 'comment' | 'doctype' | 'section' | 'instruction'
  content: string
  end: number
}

/**
 * Reads a comment, a document type, a marked section or a processing instruction; null when it is not complete. Throws
 * `operator_failed` for a marked section without a name that is known, on which Python's html.parser gives up.
 */
export function readDeclaration(source: Source, start: number): Declaration | null {
  const { text } = source
  if (text.startsWith('<!--', start)) return readTo(source, 'comment', { from: start + 4, end: COMMENT_END })
  if (text.startsWith('<![', start)) return readSection(source, start)
  const isInstruction = text.startsWith('<?', start)
  const isDoctype = text.slice(start, start + DOCTYPE.length).toLowerCase() === DOCTYPE
  const close = source.find('>', isDoctype ? start + DOCTYPE.length : start + 2)
  if (close < 0) return null
  const content = text.slice(start + 2, close)
  if (isInstruction) return { kind: 'instruction', content, end: close + 1 }
  if (!isDoctype) return { kind: 'comment', content, end: close + 1 }
  return { kind: 'doctype', content: content.slice('doctype '.length), end: close + 1 }
}

function readSection(source: Source, start: number): Declaration | null {
  const { text } = source
  const from = start + '<!['.length
  if (from === text.length) return null
  NAME.lastIndex = from
  const [found] = NAME.exec(text) ?? []
  if (found === undefined) throw rejected(text, from)
  if (from + found.length === text.length) return null
  const name = found.replace(/[^-_.a-zA-Z0-9]+$/, '').toLowerCase()
  if (SECTIONS.has(name)) return readTo(source, 'section', { from, end: SECTION_END })
  if (OFFICE_SECTIONS.has(name)) return readTo(source, 'section', { from, end: OFFICE_SECTION_END })
  throw rejected(text, from)
}

function rejected(text: string, at: number): Failure {
  const place = JSON.stringify(text.slice(at - 3, at + 20))
  return new Failure(
    'operator_failed',
    `The HTML has a marked section of an unknown kind at character ${at - 2}: ${place}.`,
  )
}

function readTo(
  source: Source,
  kind: Declaration['kind'],
  { from, end }: { from: number; end: RegExp },
): Declaration | null {
  const match = source.search(end, from)
  return match && { kind, content: source.text.slice(from, match.start), end: match.end }
}

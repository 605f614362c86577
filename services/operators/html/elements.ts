import type { Tag } from './tag.ts'

/** What the tree rules of HTML know of elements, as bits. */
export const SPECIAL = 1
/** Where "has an element in scope" stops. */
export const SCOPE = 2
/** Where it stops besides for list items, and for buttons. */
export const LIST_SCOPE = 4
export const BUTTON_SCOPE = 8
/** Where "has an element in table scope" stops; the only one that counts there. */
export const TABLE_SCOPE = 16
/** Closed by others without an end tag of their own. */
export const IMPLIED = 32
/** Those, and the parts of tables: closed at the end of a template. */
export const IMPLIED_THOROUGHLY = 64
/** Where text and most elements are put before the table instead. */
export const TABLE_PART = 128
/** Text within follows the rules of HTML again. */
export const HTML_INTEGRATION = 256
export const MATH_TEXT = 512
/** In the body, its end tag does more than to close it even where it is the current element. */
export const OWN_END = 1024

const TABLE: [bits: number, names: string][] = [
  [
    SPECIAL,
    'address applet area article aside base basefont bgsound blockquote body br button caption center col colgroup dd details ' +
      'dir div dl dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html ' +
      'iframe img input keygen li link listing main marquee menu meta nav noembed noframes noscript object ol p param ' +
      'plaintext pre script search section select source style summary table tbody td template textarea tfoot th thead title ' +
      'tr track ul wbr xmp',
  ],
  [SCOPE, 'applet caption html table td th marquee object select template'],
  [LIST_SCOPE, 'ol ul'],
  [BUTTON_SCOPE, 'button'],
  [TABLE_SCOPE, 'html table template'],
  [IMPLIED, 'dd dt li optgroup option p rb rp rt rtc'],
  [IMPLIED_THOROUGHLY, 'caption colgroup dd dt li optgroup option p rb rp rt rtc tbody td tfoot th thead tr'],
  [TABLE_PART, 'table tbody tfoot thead tr'],
  [OWN_END, 'a applet b big body code em font form html i marquee nobr object s small strike strong template tt u'],
]
const FOREIGN: [bits: number, names: string][] = [
  [SPECIAL | SCOPE | MATH_TEXT, 'math:mi math:mo math:mn math:ms math:mtext'],
  [SPECIAL | SCOPE, 'math:annotation-xml'],
  [SPECIAL | SCOPE | HTML_INTEGRATION, 'svg:foreignobject svg:desc svg:title'],
]

const BITS = new Map<string, number>()
for (const [bits, names] of [...TABLE, ...FOREIGN]) {
  for (const name of names.split(' ')) BITS.set(name, (BITS.get(name) ?? 0) | bits)
}

export type Namespace = 'html' | 'svg' | 'math'

/** Text in document order; what a table pushes before itself later has a place of its own. */
export type Content = (string | Content)[]

/** All elements of one name and namespace in a document. */
export interface Kind {
  bits: number
  /** How many are open: most questions about the stack end here. */
  open: number
}

export interface OpenElement {
  name: string
  namespace: Namespace
  bits: number
  kind: Kind
  /** Where text inside of it goes; null when it is no text of the document (templates). */
  content: Content | null
  /** Of a table: where text goes that must not be in it. */
  before: Content | null
  /** A `p` element is in button scope here. */
  paragraph: boolean
  /** Of a formatting element: its tag, and its attributes in one text once that was needed. */
  tag: Tag | null
  signature: string | null
  /** It is on the stack. */
  opened: boolean
}

/** A kind of which none is open, by its name in small letters, with the namespace before it if that is not HTML. */
export function kindOf(name: string): Kind {
  return { bits: BITS.get(name) ?? 0, open: 0 }
}

/** All text of a content in one string. */
export function joinContent(content: Content): string {
  let made = ''
  const rest: { content: Content; at: number }[] = [{ content, at: 0 }]
  for (let last = rest.at(-1); last; last = rest.at(-1)) {
    const piece = last.content[last.at++]
    if (piece === undefined) rest.pop()
    else if (typeof piece === 'string') made += piece
    else rest.push({ content: piece, at: 0 })
  }
  return made
}
